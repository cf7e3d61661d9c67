"""Writes files.json: the results of file operations in a small folder, with CPython 3.11 or later on Linux.

    python3 generate_files.py

Do not run it as root. (No case depends on permissions at present.) Each case runs in a fresh copy of the folder, which is the working
directory. "result" is the repr of the case's last expression, or "Type: message".
"""
import ast, json, os, pathlib, shutil, tempfile

CASES = [
    "Path('a.txt').exists()", "Path('nope').exists()", "Path('sub').exists()", "Path('a.txt/x').exists()", "Path('').exists()", "Path('a\\0b').exists()",
    "Path('a.txt').is_file()", "Path('sub').is_file()", "Path('sub').is_dir()", "Path('a.txt').is_dir()", "Path('nope').is_dir()", "Path('a.txt').is_symlink()",
    "Path('a.txt').read_text()", "Path('a.txt').read_bytes()", "Path('crlf.txt').read_text()", "Path('crlf.txt').read_bytes()", "Path('bin.dat').read_bytes()",
    "Path('bin.dat').read_text()", "Path('cut.dat').read_text()", "Path('cont.dat').read_text()", "Path('surrogate.dat').read_text()", "Path('nope').read_text()", "Path('sub').read_text()", "Path('a.txt/x').read_text()", "Path('nope/x').read_text()",
    "Path('it\\'s').read_text()", "Path('a\\0b').read_text()", "Path('x' * 300).read_text()", "Path('./sub/../a.txt').read_text()", "Path('sub//b.txt').read_text()",
    "Path('new.txt').write_text('één')\nPath('new.txt').read_bytes()", "Path('new.txt').write_text('één')", "Path('a.txt').write_text('x')\nPath('a.txt').read_text()",
    "Path('new.txt').write_bytes(b'12')", "Path('sub').write_text('x')", "Path('nope/x').write_text('x')", "Path('a.txt/x').write_text('x')", "Path('x' * 300).write_text('')",
    "sorted(str(p) for p in Path('.').iterdir())", "sorted(str(p) for p in Path('sub').iterdir())", "sorted(os.listdir('sub'))", "sorted(os.listdir())", "os.listdir('nope')", "os.listdir('a.txt')", "list(Path('sub/empty').iterdir())",
    "Path('a.txt').stat().st_size", "os.stat('sub/b.txt').st_size", "Path('nope').stat()", "Path('a.txt/x').stat()", "oct(Path('sub').stat().st_mode)[:4]", "len(Path('a.txt').stat())",
    "Path('d').mkdir()\nPath('d').is_dir()", "Path('sub').mkdir()", "Path('a.txt').mkdir()", "Path('sub').mkdir(exist_ok=True)", "Path('a.txt').mkdir(exist_ok=True)", "Path('p/q/r').mkdir()", "Path('p/q/r').mkdir(parents=True)\nPath('p/q/r').is_dir()",
    "os.makedirs('p/q')\nos.listdir('p')", "os.makedirs('sub')", "os.makedirs('sub', exist_ok=True)", "Path('a.txt/d').mkdir()", "Path('a.txt/d').mkdir(parents=True)",
    "Path('a.txt').unlink()\nPath('a.txt').exists()", "Path('nope').unlink()", "os.remove('sub')", "os.remove('nope/x')", "os.unlink('a.txt')",
    "Path('sub/empty').rmdir()\nos.listdir('sub')", "Path('sub').rmdir()", "Path('a.txt').rmdir()", "Path('nope').rmdir()",
    "Path('a.txt').rename('c.txt')\n[Path('a.txt').exists(), Path('c.txt').read_text()]", "Path('a.txt').rename('c.txt')", "Path('nope').rename('c')", "Path('a.txt').rename('sub')", "Path('sub').rename('a.txt')", "Path('a.txt').rename('sub/b.txt')\nPath('sub/b.txt').read_text()",
    "os.replace('a.txt', 'bin.dat')\nPath('bin.dat').read_text()", "os.rename('sub/empty', 'moved')\nos.listdir('moved')", "os.rename('sub/empty', 'sub/empty/in')", "os.rename('a.txt', 'nope/x')", "os.rename('a.txt', 'a.txt')", "os.rename('sub/b.txt', 'sub')",
    "Path('n').mkdir()\nPath('n/f').write_text('1')\nos.rename('n', 'm')\nPath('m/f').read_text()", "Path('n').mkdir()\nos.rename('n', 'sub')", "Path('n').mkdir()\nos.rename('n', 'sub/empty')\nos.listdir('sub')",
    "with open('a.txt') as f:\n    x = f.read()\nx", "open('nope')", "open('sub')", "open('nope', 'rb')", "open('nope/x', 'w')", "open('sub', 'w')", "open('sub', 'a')",
    "with open('w.txt', 'w') as f:\n    f.write('one\\n')\n    f.write('two')\nPath('w.txt').read_text()", "with open('a.txt', 'w') as f:\n    pass\nPath('a.txt').read_text()", "with open('a.txt', 'a') as f:\n    n = f.write('more')\n[n, Path('a.txt').read_text()]",
    "with open('new.txt', 'a') as f:\n    pass\nPath('new.txt').read_text()", "with open('w.bin', 'wb') as f:\n    f.write(b'\\x00\\xff')\nPath('w.bin').read_bytes()", "with open('a.txt', 'rb') as f:\n    x = f.read(2)\nx", "with open('lines.txt') as f:\n    x = f.readlines()\nx", "with open('lines.txt') as f:\n    x = [f.readline(), f.readline()]\nx",
    "Path('a.txt').absolute() == Path('a.txt').absolute()", "str(Path('sub/../a.txt').resolve()).endswith('/a.txt')", "str(Path('sub/../a.txt').absolute()).endswith('/sub/../a.txt')",
]


def fill(folder):
    (folder / "sub" / "empty").mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)


FILES = {
    "a.txt": b"hello\n", "sub/b.txt": b"x", "crlf.txt": b"a\r\nb\rc\n", "bin.dat": b"ok\xff\xfe", "cut.dat": b"ok\xe2\x82", "cont.dat": b"\xe2\x28\xa1",
    "surrogate.dat": b"\xed\xa0\x80", "lines.txt": b"one\ntwo\nthree", "it's": b"quoted",
}


def run(code):
    tree = ast.parse(code)
    scope = {"Path": pathlib.Path, "os": os}
    try:
        exec(compile(ast.Module(tree.body[:-1], []), "case", "exec"), scope)
        return repr(eval(compile(ast.Expression(tree.body[-1].value), "case", "eval"), scope))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main():
    here = pathlib.Path(__file__).parent
    rows = []
    for code in CASES:
        folder = pathlib.Path(tempfile.mkdtemp())
        try:
            fill(folder)
            os.chdir(folder)
            result = run(code)
            assert str(folder) not in result, (code, result)
            rows.append({"code": code, "result": result})
        finally:
            os.chdir("/")
            shutil.rmtree(folder)
    files = {name: content.hex() for name, content in FILES.items()}
    (here / "files.json").write_text(json.dumps({"files": files, "cases": rows}, indent=1, ensure_ascii=True) + "\n")


main()
