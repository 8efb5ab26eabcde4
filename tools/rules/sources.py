# SPDX-License-Identifier: MIT OR Apache-2.0
"""How sources look."""
import re
import shutil

from rules.rule import Skip, each, rule, run

SOURCES = ('*.c', '*.h', '*.cpp', '*.rs', '*.py', '*.pml', '*.sh', '*.ini', '*.in', '*.map', '*meson.build',
           'meson_options.txt', '*.clang-tidy', 'run', '.ci/run', 'tools/check', 'tools/mutate-orderings',
           '*.cmake', '*.cmake.in', '*CMakeLists.txt', '*Cargo.toml', 'debian/rules', 'debian/tests/consumer')


@rule
def licence_lines(tree):
    """Every source file says its licence in an SPDX line near its top."""
    line = 'SPDX-License-' + 'Identifier: MIT OR Apache-2.0'
    return [f'{path}: no "{line}" in the first three lines' for path in tree.files(*SOURCES)
            if tree.text(path) and line not in '\n'.join(tree.text(path).splitlines()[:3])]


@rule
def no_loose_ends(tree):
    """No source file promises work that is not done."""
    words = re.compile(r'\b(' + '|'.join(('TO' 'DO', 'FIX' 'ME', 'XX' 'X', 'HA' 'CK')) + r')\b')
    return [f'{path}:{number}: {line.strip()}' for path in tree.files(*SOURCES)
            for number, line in enumerate(tree.text(path).splitlines(), 1) if words.search(line)]


@rule
def clean_lines(tree):
    """Text files end in one newline, and no line ends in a blank."""
    problems = []
    for path in tree.files(*SOURCES, '*.md', '.clang-format', '.editorconfig'):
        text = tree.text(path)
        if text and (not text.endswith('\n') or text.endswith('\n\n')):
            problems.append(f'{path}: does not end in one newline')
        problems += [f'{path}:{number}: blank at the end' for number, line
                     in enumerate(text.split('\n'), 1) if line != line.rstrip()]
    return problems


def clang_format():
    for name in ('clang-format-14', 'clang-format'):
        if shutil.which(name) and ' version 14.' in run(name, '--version')[1]:
            return name
    raise Skip('needs clang-format 14')


@rule
def layout(tree):
    """C and C++ sources are laid out by clang-format 14 ('./run format')."""
    tool = clang_format()
    paths = tree.files('*.[ch]', '*.cpp')
    verdicts = each(lambda path: run(tool, '--dry-run', '-Werror', tree.root / path)[0], paths)
    return [f'{path}: not laid out by clang-format' for path, wrong in zip(paths, verdicts) if wrong]


@rule
def shell_scripts(tree):
    """shellcheck has nothing to say about the shell scripts."""
    if not shutil.which('shellcheck'):
        raise Skip('needs shellcheck')
    scripts = [tree.root / path for path in tree.files('run', '.ci/run', '*.sh', 'debian/tests/consumer')]
    status, output, _ = run('shellcheck', '--external-sources', '--source-path', tree.root,
                            '--format', 'gcc', *scripts) if scripts else (0, '', '')
    return output.splitlines() if status else []


@rule
def spelling(tree):
    """codespell knows all words, or tools/words.txt does."""
    if not shutil.which('codespell'):
        raise Skip('needs codespell')
    words = tree.root / 'tools/words.txt'
    own = ['--ignore-words', words] if words.exists() else []
    # What looks like a word may begin behind an escape: "\tthe".
    status, output, errors = run(
        'codespell', *own, '--ignore-regex', r'\\[abfnrtv]',
        *tree.files(*SOURCES, '*.md', '*.txt', '.clang-format', '.editorconfig'), folder=tree.root)
    return (output or errors).splitlines() if status else []


def python_files(tree):
    """Those of the name, and the programs that say at their top what they are."""
    return [path for path in tree.files(*SOURCES)
            if path.endswith('.py') or re.match(r'#!.*\bpython', tree.text(path))]


@rule
def python_syntax(tree):
    """All of Python compiles."""
    problems = []
    for path in python_files(tree):
        try:
            compile(tree.text(path), path, 'exec')
        except SyntaxError as error:
            problems.append(f'{path}:{error.lineno}: {error.msg}')
    return problems


@rule
def python_names(tree):
    """pyflakes finds no name in Python that is unknown, unused (without "# noqa"), or hides another."""
    tool = shutil.which('pyflakes3') or shutil.which('pyflakes')
    if not tool:
        raise Skip('needs pyflakes3')
    paths = python_files(tree)
    _, output, errors = run(tool, *paths, folder=tree.root) if paths else (0, '', '')

    def meant(line):
        place = re.match(r'(.*?):(\d+):', line)
        return place and '# noqa' in tree.text(place.group(1)).splitlines()[int(place.group(2)) - 1]

    return [line for line in (output + errors).splitlines() if not meant(line)]
