# SPDX-License-Identifier: MIT OR Apache-2.0
"""The public headers by themselves."""
import re
import shutil
import tempfile

from rules.rule import Skip, each, rule, run

COMPILERS = (('c', 'c11', ('gcc', 'clang', 'x86_64-w64-mingw32-gcc')),
             ('c++', 'c++17', ('g++', 'clang++', 'x86_64-w64-mingw32-g++')))
STRICT = {'c': ['-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Wundef', '-Werror']}
STRICT['c++'] = STRICT['c'] + ['-Wold-style-cast']
# As a compiler without atomic builtins has them, which was not at hand.
BUILTINS = ((), ('-DVBUF_WITHOUT_ATOMICS_',))


@rule
def headers_alone(tree):
    """Each public header compiles alone, twice in a row, as C11 and C++17, without a warning; and what its macro makes."""
    work = [(path, compiler, language, standard, builtins) for language, standard, compilers in COMPILERS
            for compiler in filter(shutil.which, compilers) for path in tree.files('include/vbuf/*.h')
            for builtins in BUILTINS]

    def problem(path, compiler, language, standard, builtins):
        name = path[len('include/'):]
        typed = re.search(r'^#define (VBUF_\w+)\(name, T\)', tree.text(path), re.M)
        status, _, errors = run(
            compiler, f'-std={standard}', *STRICT[language], *builtins, '-fsyntax-only', '-I',
            tree.root / 'include', '-x', language, '-',
            text=f'#include <{name}>\n#include <{name}>\n' + (f'{typed.group(1)}(typed, long);\n' if typed else ''))
        words = ' '.join((compiler, f'-std={standard}', *builtins))
        return f'{path}: {words}\n{errors.rstrip()}' if status else None

    problems = list(filter(None, each(lambda words: problem(*words), work)))
    if not problems and {language for _, _, language, _, _ in work} != {'c', 'c++'}:
        raise Skip('needs gcc and g++, or clang and clang++')
    return problems


@rule
def documented(tree):
    """Every public name has a comment, and doxygen understands it. Names in _ are private."""
    if not shutil.which('doxygen'):
        raise Skip('needs doxygen')
    with tempfile.TemporaryDirectory() as scratch:
        settings = tree.text('docs/Doxyfile.in')
        for name, value in (('VERSION', ''), ('SOURCE', tree.root), ('OUTPUT', scratch)):
            settings = settings.replace(f'@{name}@', str(value))
        status, _, errors = run('doxygen', '-', text=settings + '\nGENERATE_HTML = NO\n'
                                'GENERATE_XML = YES\nHIDE_UNDOC_MEMBERS = NO\n')
    private = re.compile(r'Member \w+_(?:\[[^]]*\]|\(.*\))? .*is not documented')
    problems = [line.replace(f'{tree.root}/', '') for line in errors.splitlines()
                if not private.search(line)]
    return problems or ([f'doxygen: exit status {status}'] if status else [])
