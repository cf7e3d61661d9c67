#!/usr/bin/env bash
# Builds, tests and packs the repository. CI runs `check`.
# The configuration is Release, so the tested code is the code that ships. CONFIGURATION=Debug ./build.sh test runs a debug build.
set -euo pipefail
cd "$(dirname "$0")"

configuration=${CONFIGURATION:-Release}
solution=Monty.sln
output_folder=$(tr '[:upper:]' '[:lower:]' <<<"$configuration")
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

usage() {
  cat <<'TEXT'
usage: ./build.sh COMMAND
  restore       restore the NuGet packages and install the Monty runtime
  build         build everything
  format        format all C# files with CSharpier
  api           write the public API of each package to its PublicAPI.Unshipped.txt
  test [ARGS]   build, then run all tests; ARGS are passed to each runner, e.g. -class Monty.Interop.Tests.Wire.FrameParserTests
  bench [ARGS]  build and run the benchmarks, e.g. ./build.sh bench turns
  load [ARGS]   build and run the load tests of durable sessions, e.g. ./build.sh load crash --store sqlite --kills 10
  pack [ARGS]   create the NuGet packages in artifacts/package with a new development version; --release omits the suffix of the version
  version       print the version that pack would use; also accepts --release
  native        compile the command line with native AOT to artifacts/native; requires a C compiler
  check         run the checks of CI: repository rules, locked restore, format, build, load tests on all durable stores, tests
TEXT
}

step() { printf '\n== %s\n' "$*"; }

restore() {
  dotnet tool restore
  dotnet restore "$solution" "$@"
  dotnet msbuild src/Monty.Interop/Monty.Interop.csproj -t:RestoreMontyRuntime -nologo
}

build() { dotnet build "$solution" -c "$configuration" -nologo "$@"; }

format() {
  dotnet tool restore
  dotnet csharpier format .
}

# The analyzer reports every member that is missing in the file, so an empty file makes it report the whole public API.
api() {
  local file members
  for file in src/*/PublicAPI.Unshipped.txt; do printf '#nullable enable\n' >"$file"; done
  for file in src/*/PublicAPI.Unshipped.txt; do
    members=$(dotnet build "$(dirname "$file")" -c "$configuration" -nologo --no-incremental -p:TreatWarningsAsErrors=false |
      sed -nE "s/.*warning RS0016: Symbol '(.*)' is not part of the declared public API.*$(dirname "$file" | sed 's|.*/||')[.]csproj]$/\1/p")
    LC_ALL=C sort -u <<<"$members" >>"$file"
  done
}

# The tests of the PostgreSQL journal start their own server. If it is not installed and cannot be installed here, the tests fail and
# explain how to install it.
install_postgresql() {
  [[ -n ${MONTY_POSTGRESQL_BIN:-} ]] || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && return
  if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then return; fi
  step "Install PostgreSQL"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-15 || echo "PostgreSQL could not be installed."
}

# The number after NAME in the summary line of an xunit.v3 runner: "Total: 6, Errors: 0, Failed: 1, Skipped: 1, Not Run: 1, Time: 0.3s".
number() { sed -nE "s/.*$1: ([0-9]+).*/\1/p" <<<"$2" | tail -n 1 | grep . || echo 0; }

passed=0 failed=0 skipped=0 troubles=()

# Runs a load test, with the output of `build`, and counts it as one test. The first argument is the name of its log.
load_run() {
  local log=artifacts/test-results/$1.log
  shift
  step "Load test: $*"
  if "artifacts/bin/Monty.Load/$output_folder/Monty.Load" "$@" </dev/null 2>&1 | tee "$log"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1)) troubles+=("load $*: failed, see $log")
  fi
}

# Runs the load tests on all durable stores.
load_runs() {
  local store
  install_postgresql
  mkdir -p artifacts/test-results
  for store in sqlite postgres; do
    load_run "crash-$store" crash --store "$store" --kills 12 --sessions 40 --calls 30
    load_run "waiting-$store" waiting --store "$store" --sessions 200
  done
  for store in sql-sqlite sql-postgres; do
    load_run "crash-$store" crash --store "$store" --kills 6 --sessions 20 --calls 15
  done
}

# The number of a counter in the results file of `dotnet test`.
counter() { sed -nE "s/.*<Counters( | .* )$1=\"([0-9]+)\".*/\2/p" "$2" 2>/dev/null | grep . || echo 0; }

# Adds the results of a project to the totals: its name, its log, the exit code of the runner, and the numbers of tests that ran, failed and were skipped.
add_results() {
  local name=$1 log=$2 status=$3 total=$4 fails=$5 skips=$6
  skipped=$((skipped + skips))
  passed=$((passed + total - fails - skips))
  failed=$((failed + fails))
  if ((fails > 0)); then
    troubles+=("$name: $fails failed, see $log")
  elif ((status != 0)); then
    failed=$((failed + 1)) troubles+=("$name: the runner ended with exit code $status, see $log")
  elif ((total == 0)) && [[ -z $filtered ]]; then
    failed=$((failed + 1)) troubles+=("$name: ran no test")
  fi
}

# Akka's test kit is for xunit 2, whose tests run with `dotnet test`. They do not accept the arguments of the other runners.
run_testkit_tests() {
  local name=$1 log=artifacts/test-results/$1.log results=artifacts/test-results/$1.trx status=0
  rm -f "$results"
  timeout --foreground -k 10 20m dotnet test "tests/$name" --no-build -c "$configuration" --nologo --results-directory artifacts/test-results \
    --logger "trx;LogFileName=$name.trx" </dev/null 2>&1 | tee "$log" || status=$?
  add_results "$name" "$log" "$status" "$(counter total "$results")" "$(counter failed "$results")" "$(counter notExecuted "$results")"
}

# Runs the tests, with the output of `build`. A project that crashes, is not built or runs no test counts as failed.
run_tests() {
  local project filtered=$*
  install_postgresql
  mkdir -p artifacts/test-results
  for project in tests/*.Tests; do
    [[ -d $project ]] || continue
    local name=${project#tests/} log executable status=0
    executable=artifacts/bin/$name/$output_folder/$name
    log=artifacts/test-results/$name.log
    step "$name"
    if [[ $name == *.TestKit.Tests ]]; then
      [[ -n $filtered ]] || run_testkit_tests "$name"
      continue
    fi
    if [[ ! -x $executable ]]; then
      failed=$((failed + 1)) troubles+=("$name: not built. Add it to $solution.")
      continue
    fi
    timeout --foreground -k 10 20m "$executable" -noLogo -noColor -noAutoReporters "$@" </dev/null 2>&1 | tee "$log" || status=$? # 124: a test hangs

    local summary
    summary=$(grep -aE '^ +.* Total: [0-9]+' "$log" | tail -n 1 || true)
    add_results "$name" "$log" "$status" $(($(number Total "$summary") - $(number 'Not Run' "$summary"))) \
      $(($(number Failed "$summary") + $(number Errors "$summary"))) "$(number Skipped "$summary")"
  done
}

# Ends with the line "N passed, N failed", and returns an error if anything failed.
report() {
  ((passed + failed + skipped > 0)) || troubles+=("no test ran")
  step "Tests"
  ((${#troubles[@]} == 0)) || printf '%s\n' "${troubles[@]}"
  printf '%d passed, %d failed%s\n' "$passed" "$failed" "$( ((skipped == 0)) || printf ', %d skipped' "$skipped")"
  ((${#troubles[@]} == 0))
}

# The program compiles the C baseline in bench/baseline itself, and reports a missing C compiler.
bench() { dotnet run --project bench/Monty.Benchmarks -c Release -- "$@"; }

# Runs a load test. The exit code is 0 if its expectations are met.
load() { dotnet run --project bench/Monty.Load -c Release -- "$@"; }

# Prints the version of the next pack. Each pack needs its own version, because NuGet keeps the content that it unpacked for a version and would not
# read a new package with the same version. The date and the time make a later version sort after an earlier one.
version() {
  local released day time
  released=$(sed -nE 's|.*<Version>(.*)</Version>.*|\1|p' Directory.Build.props)
  if [[ ${1:-} == --release ]]; then
    if [[ -n $(git status --porcelain) ]]; then
      echo "error: a release must be packed from a commit, but there are uncommitted changes. Commit the files that 'git status' lists." >&2
      return 1
    fi
    echo "$released"
  else
    read -r day time < <(date -u '+%Y%m%d %H%M%S')
    echo "$released-dev.$day.$((10#$time)).g$(git describe --always --abbrev=7 --dirty --exclude '*')" # Version numbers have no leading zero.
  fi
}

# Packs the runtime for each platform that native/package-lock.json pins. A platform that is not pinned is skipped.
# The folder always exists, because a restore fails if one of its package sources is missing. The assemblies and the lock files keep the version
# of Directory.Build.props, because otherwise each pack would change them all.
pack() {
  local release='' version rid fresh=artifacts/package.new
  if [[ ${1:-} == --release ]]; then
    release=$1
    shift
  fi
  version=$(version $release)
  rm -rf "$fresh"
  mkdir -p artifacts/package "$fresh"
  dotnet restore "$solution"
  dotnet pack "$solution" --no-restore -c "$configuration" -nologo -o "$fresh" -p:PackageVersion="$version" "$@"
  for rid in linux-x64 linux-arm64 osx-x64 osx-arm64 win-x64; do
    dotnet pack src/Monty.Runtime --no-build -c "$configuration" -nologo -o "$fresh" -p:PackageVersion="$version" -p:MontyRuntimeIdentifier="$rid" "$@"
  done
  rm -f artifacts/package/*
  mv "$fresh"/* artifacts/package
  rmdir "$fresh"
}

# PackAsTool is off, because a tool package cannot be created in the same build.
native() {
  local rid
  rid=$(dotnet msbuild src/Monty.Host/Monty.Host.csproj -getProperty:NETCoreSdkPortableRuntimeIdentifier)
  dotnet publish src/Monty.Host -c "$configuration" -nologo -r "$rid" -p:PublishAot=true -p:PackAsTool=false -o artifacts/native "$@"
}

# Checks the rules that no compiler checks. The patterns are written so that they do not match this file.
check_repository() {
  local problems=0
  if git grep -nIE 'registry[.]npm(js|mirror)|(api|www)[.]nuge[t][.]org|registry[.]yarnpk[g]'; then
    echo "error: a tracked file names a package registry. Remove it, because the registry is chosen by the user who builds." && problems=1
  fi
  if git grep -nIE '[a-z]+://' -- '*package-lock.json' '*packages.lock.json'; then
    echo "error: a lock file contains an address. Remove it, and use native/.npmrc, which prevents npm from writing it." && problems=1
  fi
  local project
  for project in $(git ls-files '*.csproj'); do
    git ls-files --error-unmatch "$(dirname "$project")/packages.lock.json" >/dev/null 2>&1 && continue
    echo "error: $(dirname "$project")/packages.lock.json is not committed. Run ./build.sh restore and commit the file." && problems=1
  done
  return "$problems"
}

check() {
  step "Repository rules"
  check_repository
  step "Restore, locked"
  restore --locked-mode --force
  step "Format"
  dotnet csharpier check . || {
    echo "error: the files above are not formatted. Run ./build.sh format."
    return 1
  }
  step "Build"
  build --no-restore
  load_runs
  run_tests
  report
}

command=${1:-}
shift || true
case $command in
  restore) restore "$@" ;;
  build) build "$@" ;;
  format) format ;;
  api) api ;;
  test)
    build
    run_tests "$@"
    report
    ;;
  bench) bench "$@" ;;
  load) load "$@" ;;
  pack) pack "$@" ;;
  version) version "$@" ;;
  native) native "$@" ;;
  check) check ;;
  '') usage ;;
  *)
    usage >&2
    exit 2
    ;;
esac
