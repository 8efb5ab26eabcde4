# SPDX-License-Identifier: MIT OR Apache-2.0
"""What tools find that read code more closely than compilers do.

What they look for, and what they are not to report and why, is in .clang-tidy, in those
of tests/ and bench/, and in tools/cppcheck-suppressions.txt.
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import tempfile

from rules.rule import Skip, each, processors, rule, run, slow

MINGW = 'x86_64-w64-mingw32'
# What a command of the build tells of the code; the rest is about the compiler.
MEANING = re.compile(r'-[IDU].|-std=|-pthread$')


def commands(tree):
    """[(file, folder, flags)] of the build, each file once, the largest first."""
    database = tree.build and tree.build / 'compile_commands.json'
    if not database or not database.exists():
        raise Skip('no build given')
    found, known = {}, set(tree.paths)
    for entry in json.loads(database.read_text(encoding='utf-8')):
        full = (pathlib.Path(entry['directory']) / entry['file']).resolve()
        if full.is_relative_to(tree.root.resolve()):
            path = full.relative_to(tree.root.resolve()).as_posix()
            if path in known and path not in found:
                flags = [word for word in shlex.split(entry['command']) if MEANING.match(word)]
                found[path] = (path, entry['directory'], flags)
    return sorted(found.values(), key=lambda words: -(tree.root / words[0]).stat().st_size)


def for_windows(tree):
    """The same for the backend that this system's build leaves out, if its headers are there."""
    if not shutil.which(MINGW + '-gcc'):
        return []
    flags = [f'--target={MINGW}', '-std=c11', '-D_WIN32_WINNT=0x0601', '-I', str(tree.root / 'include')]
    return [(path, str(tree.root), flags) for path in tree.files('src/win32/*.c')]


def findings(tree, folder, output):
    """The lines that name a place in the project, shortened; what is behind them explains."""
    found = []
    for line in output.splitlines():
        place = re.match(r'([^ :]+)(:\d+:\d+: (?:warning|error):.*)', line)
        if place:
            found.append(os.path.relpath(os.path.join(folder, place.group(1)), tree.root.resolve()) + place.group(2))
    return found


def clang_tidy_14():
    for name in ('clang-tidy-14', 'clang-tidy'):
        if shutil.which(name) and ' version 14.' in run(name, '--version')[1]:
            return name
    raise Skip('needs clang-tidy 14')


@slow
@rule
def clang_tidy(tree):
    """clang-tidy 14 finds nothing that .clang-tidy asks for."""
    tool = clang_tidy_14()
    work = commands(tree) + for_windows(tree)
    with tempfile.TemporaryDirectory() as scratch:
        database = [{'directory': folder, 'file': str(tree.root / path),
                     'arguments': ['clang', *flags, '-c', str(tree.root / path)]} for path, folder, flags in work]
        (pathlib.Path(scratch) / 'compile_commands.json').write_text(json.dumps(database), encoding='utf-8')

        def look(words):
            status, output, errors = run(tool, '-p', scratch, '--quiet', tree.root / words[0])
            return findings(tree, words[1], output) or ([f'{words[0]}: {errors.strip()}'] if status else [])

        # A header is read by many.
        return sorted({line for lines in each(look, work) for line in lines})


@slow
@rule
def gcc_analyzer(tree):
    """gcc -fanalyzer finds nothing in the library and the examples."""
    # Not in tests: it does not know that an assertion of CMocka does not return.
    if not shutil.which('gcc'):
        raise Skip('needs gcc')
    work = [words for words in commands(tree) if re.match(r'(src|examples)/.*\.c$', words[0])]

    def look(words):
        path, folder, flags = words
        status, _, errors = run('gcc', *flags, '-O2', '-fanalyzer', '-fdiagnostics-path-format=none', '-c',
                                '-o', '/dev/null', tree.root / path, folder=folder)
        return findings(tree, folder, errors) or ([f'{path}: {errors.strip()}'] if status else [])

    return sorted({line for lines in each(look, work) for line in lines})


@slow
@rule
def cppcheck(tree):
    """cppcheck finds nothing but what tools/cppcheck-suppressions.txt explains."""
    if not shutil.which('cppcheck'):
        raise Skip('needs cppcheck')
    folders = [name for name in ('include', 'src', 'tests/support', 'tests', 'bench', 'examples')
               if (tree.root / name).is_dir()]
    status, _, errors = run(
        'cppcheck', '--quiet', f'-j{processors()}', '--enable=warning,performance,portability',
        '--std=c11', '--std=c++17', '--error-exitcode=1', '--template={file}:{line}: {message} [{id}]',
        '--suppressions-list=tools/cppcheck-suppressions.txt', *(f'-I{name}' for name in folders),
        '-D__x86_64__', '-D__linux__', '-D__GNUC__=12', '-DTEST_RESERVE_LIMIT=1',
        *tree.files('src/*.c', 'tests/*.c', 'tests/*.cpp', 'bench/*.c', 'bench/*.cpp', 'examples/*.c'),
        folder=tree.root)
    return errors.splitlines() if status else []
