// Installs the pinned Monty runtime for one platform. The build runs it if the runtime is missing or the lock file has changed.
// Usage: node restore.mjs PLATFORM DIRECTORY
//   PLATFORM   the platform in npm's notation, e.g. linux-x64-gnu, which need not be the platform of this machine
//   DIRECTORY  the target of the executable and of a copy of package-lock.json, the stamp that identifies the installed version
// Exit codes: 0 installed, 127 no usable Node.js or npm (as shells report a missing command), 1 any other error, with a message on stderr.
// Several instances can run at the same time: one takes the lock, and the others wait until it is done.
import { spawnSync } from 'node:child_process';
import {
  chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const oldestNode = 20;
const npmTimeoutMs = 10 * 60_000;
const staleLockMs = 15 * 60_000; // longer than npmTimeoutMs
const lockWithoutPidMs = 10_000; // the time an owner has to write its pid into a new lock
const pollMs = 100;
const npmTailLines = 10;

const here = dirname(fileURLToPath(import.meta.url));
const windows = process.platform === 'win32';

const [platform, directory] = process.argv.slice(2);
if (!platform || !directory) fail(1, 'usage: node restore.mjs PLATFORM DIRECTORY');

const packageName = `@pydantic/monty-${platform}`;
const executable = platform.startsWith('win32') ? 'monty.exe' : 'monty';
const target = resolve(directory);
const lock = `${target}.lock`;
const temporaryPrefix = `${target}.tmp-`;
const lockFile = join(here, 'package-lock.json');
const stamp = join(target, 'package-lock.json');

if (Number(process.versions.node.split('.')[0]) < oldestNode) {
  fail(127, `The Monty runtime cannot be installed: Node.js ${process.versions.node} is too old. Install version ${oldestNode} or newer.`);
}

mkdirSync(dirname(target), { recursive: true });
takeLock();
try {
  if (!isInstalled()) {
    removeLeftovers();
    install(`${temporaryPrefix}${process.pid}`);
  }
} finally {
  rmSync(lock, { recursive: true, force: true });
}

function isInstalled() {
  return existsSync(join(target, executable)) && existsSync(stamp) && readFileSync(stamp).equals(readFileSync(lockFile));
}

function install(temporary) {
  mkdirSync(temporary);
  try {
    runNpm(temporary, writeManifest(temporary));
    const installed = join(temporary, 'node_modules', packageName, executable);
    if (!existsSync(installed)) throw new Error(`The npm package ${packageName} does not contain the file ${executable}.`);
    chmodSync(installed, 0o755);
    copyFileSync(lockFile, join(temporary, 'stamp'));

    // The stamp is written last, so that it always describes the executable beside it.
    mkdirSync(target, { recursive: true });
    rmSync(stamp, { force: true });
    renameSync(installed, join(target, executable));
    renameSync(join(temporary, 'stamp'), stamp);
  } catch (error) {
    process.exitCode = error.exitCode ?? 1;
    console.error(error.message);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

// npm succeeds even if it cannot install an optional dependency. Therefore this manifest declares the package of this platform as a
// required dependency, with the same integrity hash, so that npm fails and reports the reason.
function writeManifest(temporary) {
  const packages = JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  const key = `node_modules/${packageName}`;
  if (!packages[key]) throw new Error(`package-lock.json does not pin the npm package ${packageName}.`);
  const { optional, ...entry } = packages[key];
  const root = { name: 'monty-native', dependencies: { [packageName]: entry.version } };
  const narrowed = { name: root.name, lockfileVersion: 3, requires: true, packages: { '': root, [key]: entry } };
  writeFileSync(join(temporary, 'package.json'), JSON.stringify({ private: true, ...root }));
  writeFileSync(join(temporary, 'package-lock.json'), JSON.stringify(narrowed));
  return entry;
}

function runNpm(temporary, { os = [], cpu = [], libc = [] }) {
  // Without these options, npm installs packages for this machine only.
  const machine = [...os.map((name) => `--os=${name}`), ...cpu.map((name) => `--cpu=${name}`), ...libc.map((name) => `--libc=${name}`)];
  const npm = spawnSync('npm', ['ci', ...machine, '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier'], {
    cwd: temporary,
    encoding: 'utf8',
    shell: windows, // npm is a batch file on Windows
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: npmTimeoutMs,
  });
  if (npm.error?.code === 'ENOENT' || (windows && npm.status === 9009)) {
    throw Object.assign(new Error('npm was not found on PATH.'), { exitCode: 127 });
  }
  if (npm.error) throw npm.error;
  if (npm.status !== 0) {
    throw new Error(`npm ci ended with ${npm.signal ?? `exit code ${npm.status}`}. The end of its output:\n${tail(npm.stdout + npm.stderr)}`);
  }
}

// Every line of this text becomes an error of the build, so stack frames, dumped fields and warnings are left out.
function tail(output) {
  const noise = /^npm (warn|\w+!?(\s*$|\s\s|\s[{}]))|^\s*$/;
  return output.split(/\r?\n/).filter((line) => !noise.test(line)).slice(-npmTailLines).join('\n');
}

// The lock only avoids duplicate work. If two processes remove a stale lock at the same time, both install the runtime in their own
// folders, and both renames result in the same file.
function takeLock() {
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'pid'), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isStale()) rmSync(lock, { recursive: true, force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollMs);
  }
}

function isStale() {
  try {
    const age = Date.now() - statSync(lock).mtimeMs;
    const pidFile = join(lock, 'pid');
    const pid = existsSync(pidFile) ? readFileSync(pidFile, 'utf8') : '';
    return age > staleLockMs || (pid === '' ? age > lockWithoutPidMs : !isAlive(Number(pid)));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return false; // the owner has just released the lock
  }
}

function removeLeftovers() {
  const parent = dirname(target);
  for (const name of readdirSync(parent)) {
    if (name.startsWith(basename(temporaryPrefix)) && !isAlive(Number(name.slice(name.lastIndexOf('-') + 1)))) {
      rmSync(join(parent, name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM'; // the process exists and belongs to another user
  }
}

function fail(exitCode, message) {
  console.error(message);
  process.exit(exitCode);
}
