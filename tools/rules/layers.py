# SPDX-License-Identifier: MIT OR Apache-2.0
"""Who may include whom, and who may know the system."""
import re

from rules.rule import rule
from rules.tree import matches

BACKENDS = ('src/posix/*', 'src/win32/*')

# From the ground up. The first pattern that matches tells the layer of a file.
LAYERS = (
    ('base', ('include/vbuf/base.h', 'include/vbuf/atomic.h', 'src/atomic.h', 'src/options.h',
              'src/poison.h', 'src/text.h', 'src/unroll.h')),
    ('contract', ('include/vbuf/vbuf.h', 'src/core.h', 'src/units.h')),
    ('door', ('src/os.h',)),
    ('sync', ('src/sync.h',)),
    ('backend', BACKENDS),
    ('core', ('src/vbuf.c', 'src/reserve.c', 'src/error.c', 'src/align.c')),
    ('reclaim', ('include/vbuf/reclaim.h', 'src/reclaim.*', 'src/reclaim_*')),
    ('vector', ('*/vec.*', '*/cvec.*', '*/vec_*', '*/cvec_*')),
    ('slotmap', ('*/slotmap.*', '*/slotmap_*')),
    ('later', ('include/vbuf/*', 'src/*')),
)

# What each layer may include, besides itself.
MAY_INCLUDE = {
    'base': (),
    'contract': ('base',),
    'door': ('base', 'contract'),
    'sync': ('base',),
    'backend': ('base', 'contract', 'door', 'sync'),
    'core': ('base', 'contract', 'door'),
    'reclaim': ('base', 'contract', 'sync'),
    'vector': ('base', 'contract', 'sync', 'reclaim'),
    'slotmap': ('base', 'contract', 'reclaim', 'vector'),
    'later': ('base', 'contract', 'reclaim', 'vector', 'slotmap'),
}


def layer_of(path):
    return next(name for name, patterns in LAYERS if matches(path, patterns))


def project_include(tree, path, kind, name):
    """The file of the project that an #include means, or None."""
    if kind == '<':
        return f'include/{name}' if name.startswith('vbuf/') else None
    here = (tree.root / path).parent / name
    try:
        return here.resolve().relative_to(tree.root.resolve()).as_posix()
    except ValueError:
        return name


@rule
def layers(tree):
    """A file includes only what lies below it: base, vbuf.h, os.h, core, containers."""
    problems = []
    for path in tree.files('include/vbuf/*.h', 'src/*.c', 'src/*.h'):
        above = layer_of(path)
        for number, kind, name in tree.includes(path):
            target = project_include(tree, path, kind, name)
            if target is None:
                continue
            below = layer_of(target)
            allowed = below == above or below in MAY_INCLUDE[above]
            if above == 'reclaim' and target == 'src/os.h':
                allowed = False  # reclamation has a door of its own
            if path.startswith('include/') and not target.startswith('include/'):
                allowed = False
            if not allowed:
                problems.append(f'{path}:{number}: {above} must not include {target} ({below})')
    return problems


@rule
def no_include_cycles(tree):
    """No header includes itself, not even by way of others."""
    graph = {path: {project_include(tree, path, kind, name)
                    for _, kind, name in tree.includes(path)} - {None}
             for path in tree.files('include/vbuf/*.h', 'src/*.c', 'src/*.h')}
    problems, done = [], set()

    def visit(path, trail):
        if path in trail:
            problems.append(' -> '.join(trail[trail.index(path):] + [path]))
        elif path not in done:
            for target in sorted(graph.get(path, ())):
                visit(target, trail + [path])
            done.add(path)

    for path in graph:
        visit(path, [])
    return problems


FREESTANDING = ('float.h', 'iso646.h', 'limits.h', 'stdalign.h', 'stdarg.h', 'stdbool.h', 'stddef.h',
                'stdint.h', 'stdnoreturn.h')
PUBLIC = ('stdbool.h', 'stddef.h', 'stdint.h')


@rule
def system_headers(tree):
    """Only src/posix and src/win32 include system headers; elsewhere <string.h> is the most."""
    problems = []
    for path in tree.files('include/vbuf/*.h', 'src/*.c', 'src/*.h'):
        if matches(path, BACKENDS):
            continue
        allowed = PUBLIC if path.startswith('include/') else FREESTANDING + ('string.h',)
        for number, kind, name in tree.includes(path):
            if kind == '<' and not name.startswith('vbuf/') and name not in allowed:
                problems.append(f'{path}:{number}: <{name}>')
    return problems


POSIX = FREESTANDING + ('errno.h', 'fcntl.h', 'pthread.h', 'sched.h', 'string.h', 'unistd.h', 'sys/mman.h',
                        'sys/resource.h', 'sys/types.h')
# Beyond POSIX: the headers, and the files of src/posix that may include them.
BEYOND = (
    (('linux/*', 'sys/auxv.h', 'sys/prctl.h', 'sys/syscall.h', 'linux.h', 'proc.h'),
     ('linux.h', 'proc.c', '*_auxv.c', '*_linux.c', '*_membarrier.c', '*_noreplace.c', '*_proc.c')),
    (('sys/sysctl.h', 'sys/user.h', 'uvm/*'), ('query_openbsd.c', 'query_sysctl.c', 'vmmap_*.c')),
    (('mach/*',), ('*_mach.c', 'inherit.h')),
    (('sanitizer/*',), ('poison_asan.c',)),
    (('valgrind/*',), ('valgrind.h',)),
)


@rule
def posix_headers(tree):
    """src/posix includes what POSIX has; more, in files that are named after what has more."""
    problems = []
    for path in tree.files('src/posix/*.c', 'src/posix/*.h'):
        for number, kind, name in tree.includes(path):
            if name.startswith('vbuf/') or name in POSIX or (kind == '"' and name not in ('linux.h', 'proc.h')):
                continue
            if not any(matches(name, headers) and matches(path[len('src/posix/'):], files)
                       for headers, files in BEYOND):
                problems.append(f'{path}:{number}: {name}')
    return problems


PLATFORM = re.compile(r'\b(_WIN32|_WIN64|WIN32|__MINGW\d+__|__CYGWIN__|_MSC_VER|__linux__|__linux|'
                      r'__APPLE__|__MACH__|__unix__|__unix|__ANDROID__|__FreeBSD__|__OpenBSD__|'
                      r'__NetBSD__|__DragonFly__|__sun|_AIX|__GLIBC__)\b')
PER_PLATFORM = ('include/vbuf/base.h',) + BACKENDS + tuple(
    f'{room}/{where}' for room in ('tests', 'bench', 'examples') for system in ('posix', 'linux', 'win32')
    for where in (f'*_{system}.[ch]', f'{system}/*.[ch]', f'*/{system}/*.[ch]'))


@rule
def platform_macros(tree):
    """A macro that names a system stands in base.h, a backend, or a file or folder named so."""
    problems = []
    for path in tree.files('*.c', '*.h', '*.cpp'):
        if matches(path, PER_PLATFORM):
            continue
        for number, line in tree.code(path):
            found = PLATFORM.search(line)
            if found:
                problems.append(f'{path}:{number}: {found.group(1)}')
    return problems
