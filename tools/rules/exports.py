# SPDX-License-Identifier: MIT OR Apache-2.0
"""What the built library shows, and what it calls."""
import re

from rules.rule import rule, run
from rules.tree import blank_comments


def map_names(tree):
    """The names of the export map, in its order."""
    text = blank_comments(tree.text('src/libvbuf.map'))
    found = re.search(r'global:(.*?)local:', text, re.S)
    return re.findall(r'(\w+);', found.group(1)) if found else []


def header_names(tree):
    """The functions that the public headers declare with VBUF_API."""
    names = set()
    for path in tree.files('include/vbuf/*.h'):
        text = '\n'.join(line for _, line in tree.code(path) if not line.lstrip().startswith('#'))
        names.update(re.findall(r'\bVBUF_API\b[^;{}()]*?\b(\w+)\s*\(', text))
    return names


def differences(first, where_first, second, where_second):
    return [f'{name}: in {where_first}, not in {where_second}' for name in sorted(set(first) - set(second))] + \
        [f'{name}: in {where_second}, not in {where_first}' for name in sorted(set(second) - set(first))]


@rule
def exports_listed(tree):
    """src/libvbuf.map is sorted and names what the headers declare with VBUF_API."""
    names = map_names(tree)
    problems = [] if names == sorted(set(names)) else ['src/libvbuf.map: not sorted, or a name twice']
    return problems + differences(names, 'libvbuf.map', header_names(tree), 'the headers')


def symbols(path, *options):
    """(name, kind) of the symbols that nm lists, versions cut off."""
    status, output, errors = run('nm', *options, path)
    if status:
        raise RuntimeError(errors)
    found = re.findall(r'^(?:[0-9a-f]+)? *([A-Za-z]) (\S+)$', output, re.M)
    return [(name.split('@')[0], kind) for kind, name in found]


@rule
def exports_real(tree):
    """The shared library exports what src/libvbuf.map names, and no more."""
    library = tree.library('libvbuf.so')
    names = {name for name, kind in symbols(library, '-D', '--defined-only') if kind != 'A'}
    return differences(map_names(tree), 'libvbuf.map', names, library.name)


@rule
def archive_names(tree):
    """All global names of the static library begin with vbuf_."""
    library = tree.library('libvbuf.a')
    return [f'{library.name}: {name}' for name, _ in symbols(library, '-g', '--defined-only')
            if not name.startswith('vbuf_')]


# With the spellings that _FORTIFY_SOURCE and sanitizers give them.
FORBIDDEN = re.compile(
    r'^(?:__(?:interceptor_)?)?(malloc|calloc|realloc|reallocarray|free|aligned_alloc|posix_memalign|'
    r'memalign|valloc|strn?dup|v?as?printf|v?[fsd]?n?printf|v?snprintf|puts|fputs|putc|putchar|fputc|'
    r'fwrite|fopen|perror|strerror|getline|abort|exit|_exit|_Exit|quick_exit|assert_fail|raise|'
    r'longjmp|signal|sigaction|dlopen|dlsym|dlvsym)(?:_chk)?$')


@rule
def forbidden_calls(tree):
    """The library never allocates from the heap, prints, loads code, or ends the process."""
    library = tree.library('libvbuf.so')
    return [f'{library.name}: calls {name}' for name, _ in symbols(library, '-D', '--undefined-only')
            if FORBIDDEN.match(name)]
