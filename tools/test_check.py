#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Show of every house rule that it holds on a sound tree and fails on a broken one.

Each test lays out a tree of a few files in a scratch folder and breaks one of them.
"""
import importlib.machinery
import importlib.util
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import taprunner

sys.dont_write_bytecode = True
_path = pathlib.Path(__file__).with_name('check')
_loader = importlib.machinery.SourceFileLoader('check', str(_path))
check = importlib.util.module_from_spec(importlib.util.spec_from_loader('check', _loader))
_loader.exec_module(check)
RULES = {function.__name__: function for function in check.RULES}

SPDX = '/* SPDX-License-Identifier: MIT OR Apache-2.0 */\n'
SPDX_HASH = SPDX.replace('/*', '#').replace(' */', '')
SOUND = {
    'meson.build': SPDX_HASH + "project('libvbuf', 'c',\n  version: '1.2.3')\n",
    'CHANGELOG.md': '# Changes\n\n## 1.2.3 (unreleased)\n',
    'README.md': '[log](CHANGELOG.md) [web](https://example.org)\n\n<!-- examples/first.c -->\n'
                 '```c\nint first;\n```\n',
    'examples/first.c': SPDX + '/* The first. */\nint first;\n',
    'run': '#!/bin/sh\n' + SPDX_HASH + 'echo "$1"\n',
    'include/vbuf/base.h': SPDX + '''#ifndef BASE_H
#define BASE_H
#include <stddef.h>
#define VBUF_VERSION_MAJOR 1
#define VBUF_VERSION_MINOR 2
#define VBUF_VERSION_PATCH 3
#define VBUF_VERSION_STRING "1.2.3"
#if defined(_WIN32)
#define VBUF_API
#else
#define VBUF_API __attribute__((visibility("default")))
#endif
VBUF_API size_t vbuf_a(void);
#endif
''',
    'include/vbuf/vbuf.h': SPDX + '''#ifndef VBUF_H
#define VBUF_H
#include <vbuf/base.h>
VBUF_API int vbuf_b(void);
#endif
''',
    'src/libvbuf.map': SPDX + 'VBUF_1 {\nglobal:\n\tvbuf_a;\n\tvbuf_b;\nlocal:\n\t*;\n};\n',
    'src/os.h': SPDX + '#include <vbuf/vbuf.h>\nint vbuf_os_b(void);\n',
    'src/vbuf.c': SPDX + '''#include <string.h>

#include "os.h"

size_t vbuf_a(void) { return strlen("_WIN32"); }
int vbuf_b(void) { return vbuf_os_b(); } /* not for __linux__ alone */
''',
    'src/posix/os.c': SPDX + '#include "../os.h"\n#include <unistd.h>\n'
                      'int vbuf_os_b(void) { return getpid(); }\n',
    'src/cvec.c': SPDX + '''#include <vbuf/base.h>
void f(int *p)
{
	vbuf_store_release_(p, 1); /* [a] pairs with [b] */
	/* The fence of the other side: [b] pairs with
	 * [a]. */
	(void)vbuf_load_acquire_(p);
	vbuf_store_relaxed_(p, 1);
}
''',
}


PROJECT = _path.parent.parent
DOXYFILE = (PROJECT / 'docs/Doxyfile.in').read_text(encoding='utf-8')

# What every analyser is to find.
BUG = '''int bug(int a);
int bug(int a)
{
	int *p = 0;
	if (a)
		return *p;
	return 0;
}
'''


class Rules(unittest.TestCase):
    """Every test is named after its rule; a second one on it has '__more' behind the name."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        for path, text in SOUND.items():
            self.write(path, text)

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding='utf-8')

    def edit(self, path, old, new):
        text = (self.root / path).read_text(encoding='utf-8')
        self.assertIn(old, text)
        self.write(path, text.replace(old, new))

    def checked(self):
        """What the rule says of the tree; a rule that lacks its tool skips the test."""
        name = self._testMethodName[len('test_'):].split('__')[0]
        verdict, details = check.apply(RULES[name], check.Tree(self.root, self.root / 'build'))
        if verdict == 'skip':
            self.skipTest(details[0])
        return verdict, details

    def sound(self):
        self.assertEqual(self.checked(), ('ok', []))

    def broken(self, place, number=1):
        """The rule fails, with so many problems; the first names the place."""
        verdict, details = self.checked()
        self.assertEqual((verdict, len(details)), ('not ok', number), details)
        self.assertIn(place, details[0])

    def compile(self, *flags):
        """Build the tree's library the way the real one is, into build/src."""
        if not shutil.which('gcc') or not shutil.which('ar'):
            self.skipTest('needs gcc and ar')
        out = self.root / 'build/src'
        out.mkdir(parents=True, exist_ok=True)
        sources = [self.root / 'src/vbuf.c', self.root / 'src/posix/os.c']
        common = ['gcc', '-fPIC', '-I', self.root / 'include', *flags]
        subprocess.run([*common, '-shared', '-o', out / 'libvbuf.so', *sources,
                        f'-Wl,--version-script={self.root}/src/libvbuf.map'], check=True)
        for source in sources:
            subprocess.run([*common, '-c', '-o', out / f'{source.stem}.o', source], check=True)
        (out / 'libvbuf.a').unlink(missing_ok=True)
        subprocess.run(['ar', 'rc', out / 'libvbuf.a', out / 'vbuf.o', out / 'os.o'], check=True)

    def test_layers(self):
        self.sound()
        self.write('src/vec.c', SPDX + '#include "os.h"\n')
        self.broken('src/vec.c:2: vector must not include src/os.h')

    def test_layers__a_public_header_reaches_up(self):
        self.write('include/vbuf/vec.h', SPDX)
        self.edit('include/vbuf/vbuf.h', '<vbuf/base.h>', '<vbuf/vec.h>')
        self.broken('include/vbuf/vbuf.h:4: contract must not include include/vbuf/vec.h')

    def test_layers__a_public_header_reaches_into_src(self):
        self.write('src/vec_private.h', SPDX)
        self.write('include/vbuf/vec.h', SPDX + '#include "../../src/vec_private.h"\n')
        self.broken('include/vbuf/vec.h:2')

    def test_layers__core_reaches_into_a_backend(self):
        self.write('src/posix/proc.h', SPDX)
        self.edit('src/vbuf.c', '"os.h"', '"posix/proc.h"')
        self.broken('src/vbuf.c:4: core must not include src/posix/proc.h')

    def test_no_include_cycles(self):
        self.sound()
        self.edit('include/vbuf/base.h', '<stddef.h>', '<vbuf/vbuf.h>')
        self.broken('include/vbuf/base.h -> include/vbuf/vbuf.h -> include/vbuf/base.h')

    def test_system_headers(self):
        self.sound()
        self.edit('src/vbuf.c', '<string.h>', '<stdlib.h>')
        self.broken('src/vbuf.c:2: <stdlib.h>')

    def test_system_headers__in_a_public_header(self):
        self.edit('include/vbuf/base.h', '<stddef.h>', '<string.h>')
        self.broken('include/vbuf/base.h:4: <string.h>')

    def test_posix_headers(self):
        self.sound()
        self.write('src/posix/advise_linux.c', SPDX + '#include <sys/prctl.h>\n#include "linux.h"\n')
        self.write('src/posix/query_mach.c', SPDX + '#include <mach/mach.h>\n')
        self.sound()
        self.write('src/posix/advise_none.c', SPDX + '#include <sys/prctl.h>\n')
        self.broken('src/posix/advise_none.c:2: sys/prctl.h')

    def test_posix_headers__of_our_own(self):
        self.write('src/posix/commit.c', SPDX + '#include "linux.h"\n')
        self.broken('src/posix/commit.c:2: linux.h')

    def test_posix_headers__of_another_system(self):
        self.write('src/posix/query_mach.c', SPDX + '#include <sys/sysctl.h>\n')
        self.broken('src/posix/query_mach.c:2: sys/sysctl.h')

    def test_platform_macros(self):
        self.sound()
        self.write('tests/big_win32.c', '#ifdef _WIN32\n#endif\n')
        self.write('bench/win32/clock.c', '#ifdef _WIN32\n#endif\n')
        self.sound()
        self.write('tests/big.c', '#ifdef __linux__\n#endif\n')
        self.broken('tests/big.c:1: __linux__')

    def test_headers_alone(self):
        self.sound()
        self.edit('include/vbuf/vbuf.h', '#include <vbuf/base.h>\n', '')
        verdict, details = self.checked()
        self.assertEqual(verdict, 'not ok')
        self.assertIn('include/vbuf/vbuf.h', details[0])

    def test_headers_alone__twice(self):
        self.edit('include/vbuf/base.h', 'VBUF_API size_t', 'enum { VBUF_ONE };\nVBUF_API size_t')
        self.sound()
        self.edit('include/vbuf/base.h', '#ifndef BASE_H', '#ifndef BASE_HH')
        self.assertEqual(self.checked()[0], 'not ok')

    def test_headers_alone__no_c_plus_plus(self):
        self.edit('include/vbuf/vbuf.h', 'vbuf_b(void)', 'vbuf_b(int new)')
        self.assertEqual(self.checked()[0], 'not ok')

    def test_headers_alone__without_atomics(self):
        self.edit('include/vbuf/vbuf.h', 'VBUF_API int', '#ifdef VBUF_WITHOUT_ATOMICS_\nsize_y n;\n#endif\nVBUF_API int')
        self.assertIn('-DVBUF_WITHOUT_ATOMICS_', '\n'.join(self.checked()[1]))

    def test_headers_alone__what_a_macro_makes(self):
        self.edit('include/vbuf/vbuf.h', 'VBUF_API int', '#define VBUF_TYPED(name, T) struct name { size_y n; }\nVBUF_API int')
        self.assertEqual(self.checked()[0], 'not ok')

    def test_headers_alone__a_cast_of_c(self):
        self.edit('include/vbuf/vbuf.h', 'VBUF_API int', 'static inline int f(long x) { return (int)x; }\nVBUF_API int')
        self.assertEqual(self.checked()[0], 'not ok')

    def test_documented(self):
        self.write('docs/Doxyfile.in', DOXYFILE)
        (self.root / 'include/vbuf/base.h').unlink()
        self.write('include/vbuf/vbuf.h', '/** @file\n * The one. */\n/** Does it. */\nint vbuf_b(void);\n'
                   '/** Tells. */\nenum vbuf_e { VBUF_ONE, /**< the first */\n};\n')
        self.sound()
        self.edit('include/vbuf/vbuf.h', '/** Does it. */', '')
        self.broken('include/vbuf/vbuf.h:4')

    def test_documented__a_member(self):
        self.write('docs/Doxyfile.in', DOXYFILE)
        (self.root / 'include/vbuf/base.h').unlink()
        self.write('include/vbuf/vbuf.h', '/** @file\n * The one. */\n/** Holds. */\n'
                   'struct vbuf {\n\tint private_;\n\tint open;\n};\n')
        self.broken('include/vbuf/vbuf.h:6')

    def test_exports_listed(self):
        self.sound()
        self.edit('include/vbuf/vbuf.h', 'VBUF_API int', 'int')
        self.broken('vbuf_b: in libvbuf.map, not in the headers')

    def test_exports_listed__unlisted(self):
        self.edit('src/libvbuf.map', '\tvbuf_a;\n', '')
        self.broken('vbuf_a: in the headers, not in libvbuf.map')

    def test_exports_listed__unsorted(self):
        self.edit('src/libvbuf.map', '\tvbuf_a;\n\tvbuf_b;\n', '\tvbuf_b;\n\tvbuf_a;\n')
        self.broken('not sorted')

    def test_exports_real(self):
        self.compile()
        self.sound()
        self.edit('src/vbuf.c', 'int vbuf_b', 'static __attribute__((unused)) int vbuf_b')
        self.edit('include/vbuf/vbuf.h', 'VBUF_API int vbuf_b(void);', '')
        self.compile()
        self.broken('vbuf_b: in libvbuf.map, not in libvbuf.so')

    def test_exports_real__too_much(self):
        self.compile()
        self.edit('src/libvbuf.map', '\tvbuf_b;\n', '')
        self.broken('vbuf_b: in libvbuf.so, not in libvbuf.map')

    def test_archive_names(self):
        self.compile()
        self.sound()
        self.edit('src/vbuf.c', 'size_t vbuf_a', 'int helper(void);\nint helper(void) { return 1; }\nsize_t vbuf_a')
        self.compile()
        self.broken('libvbuf.a: helper')

    def test_forbidden_calls(self):
        self.compile()
        self.sound()
        for call in ('malloc(1)', 'printf("%d", 1)', 'abort()', '_exit(1)', 'strerror(1)'):
            self.edit('src/posix/os.c', 'int vbuf_os_b(void) {',
                      f'#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n'
                      f'int vbuf_os_b(void) {{ (void)!{call};' if call not in ('abort()', '_exit(1)')
                      else f'#include <stdlib.h>\nint vbuf_os_b(void) {{ {call};')
            self.compile('-fno-builtin')
            self.broken('libvbuf.so: calls ' + call.split('(', maxsplit=1)[0])
            self.write('src/posix/os.c', SOUND['src/posix/os.c'])

    def driven(self):
        """As if every failure were driven into every function."""
        self.write('tests/support/faulty_os.c', 'FAULTY(b, (void), ())\n')
        self.write('tests/fault_grid_b.c', '\tDRIVES(vbuf_b, run_b, 0),\n')

    def test_failures_driven(self):
        self.driven()
        self.sound()
        self.edit('tests/fault_grid_b.c', 'vbuf_b', 'vbuf_a')
        self.broken('vbuf_b: no DRIVES')

    def test_failures_driven__through_others(self):
        self.driven()
        self.write('src/list.h', SPDX + 'static inline int list_b(void)\n{\n\treturn vbuf_b();\n}\n')
        self.write('src/list.c', SPDX + '#include "list.h"\nstatic int b(void)\n{\n\treturn list_b();\n}\n'
                   'static const struct kind kind = { .a = 1,\n\t\t.call = b };\n'
                   'int vbuf_c(void)\n{\n\treturn use(&kind);\n}\n')
        self.edit('src/libvbuf.map', '\tvbuf_b;', '\tvbuf_b;\n\tvbuf_c;')
        self.broken('vbuf_c: no DRIVES')

    def test_failures_driven__a_member_of_the_name_of_a_function(self):
        self.driven()
        self.write('src/list.c', SPDX + 'static int b(void) { return vbuf_b(); }\n'
                   'int vbuf_c(struct x *x)\n{\n\treturn x->b;\n}\n')
        self.edit('src/libvbuf.map', '\tvbuf_b;', '\tvbuf_b;\n\tvbuf_c;')
        self.sound()

    def test_failures_driven__no_fault(self):
        self.driven()
        self.edit('src/os.h', 'int vbuf_os_b(void);', 'int vbuf_os_b(void);\nint vbuf_os_c(void);')
        self.broken('vbuf_os_c: no fault in front')

    def test_failures_driven__of_no_function(self):
        self.driven()
        self.write('tests/fault_grid_c.c', '\tDRIVES(vbuf_c, run_c, 0),\n')
        self.broken('vbuf_c: driven, and not exported')

    def test_licence_lines(self):
        self.sound()
        self.write('tests/a.c', 'int a;\n')
        self.broken('tests/a.c')

    def test_licence_lines__of_rust(self):
        self.write('bench/Cargo.toml', SPDX_HASH)
        self.write('bench/target/made.rs', 'fn made() {}\n')
        self.sound()
        self.write('bench/src/main.rs', 'fn main() {}\n')
        self.broken('bench/src/main.rs')

    def test_no_loose_ends(self):
        self.sound()
        self.edit('src/vbuf.c', '/* not', '/* FIX' 'ME: not')
        self.broken('src/vbuf.c:7')

    def test_clean_lines(self):
        self.sound()
        self.edit('CHANGELOG.md', 'Changes', 'Changes ')
        self.broken('CHANGELOG.md:1: blank at the end')

    def test_clean_lines__last_newline(self):
        self.write('CHANGELOG.md', '# Changes')
        self.broken('CHANGELOG.md: does not end in one newline')

    def test_layout(self):
        for path in SOUND:
            if path.endswith(('.c', '.h')):
                self.write(path, SPDX)
        self.write('.clang-format', 'BasedOnStyle: LLVM\n')
        self.sound()
        self.write('src/vbuf.c', SPDX + 'int  vbuf_a ( void ) ;\n')
        self.broken('src/vbuf.c')

    def test_shell_scripts(self):
        self.sound()
        self.edit('run', '"$1"', '$1')
        self.broken('SC2086')

    def test_spelling(self):
        self.sound()
        self.edit('src/vbuf.c', 'not for', 'teh' ' for')
        self.broken('src/vbuf.c:7: teh' ' ==> the')

    def test_spelling__a_word_of_ours(self):
        self.edit('src/vbuf.c', 'not for', 'to and fro for')
        self.write('tools/words.txt', 'fro\n')
        self.sound()

    def test_python_syntax(self):
        self.write('tools/a.py', SPDX_HASH + 'print(1)\n')
        self.write('run', '#!/usr/bin/env python3\n' + SPDX_HASH + 'print(2)\n')
        self.sound()
        self.edit('run', 'print(2)', 'print(2')
        self.broken('run:3')

    def test_python_names(self):
        self.write('tools/a.py', SPDX_HASH + 'import os\n\nprint(os.name)\n')
        self.sound()
        self.edit('tools/a.py', 'os.name', 'oz.name')
        self.broken("tools/a.py:2:1: 'os' imported but unused", 2)
        self.edit('tools/a.py', 'import os', 'import os  # noqa: F401  for what it does')
        self.broken("tools/a.py:4:7: undefined name 'oz'")

    def built(self):
        """As Meson would say how the tree is compiled."""
        (self.root / 'build').mkdir(exist_ok=True)
        flags = f'-Werror -std=c11 -D_GNU_SOURCE -I{self.root}/include -MD -MF x.d -o x.o'
        self.write('build/compile_commands.json', json.dumps(
            [{'directory': f'{self.root}/build', 'file': f'../{name}', 'command': f'cc {flags} -c ../{name}'}
             for name in ('src/vbuf.c', 'src/posix/os.c', 'tests/test_vbuf.c', 'src/vbuf.c')]))
        self.write('tests/test_vbuf.c', SPDX + BUG.replace('bug', 'bug_in_a_test'))

    def test_clang_tidy(self):
        for path in ('.clang-tidy', 'tests/.clang-tidy'):
            self.write(path, (PROJECT / path).read_text(encoding='utf-8'))
        self.built()
        self.sound()
        self.edit('src/vbuf.c', 'size_t vbuf_a', BUG + 'size_t vbuf_a')
        self.broken('src/vbuf.c:11:10: error: Dereference of null pointer')

    def test_clang_tidy__in_a_header(self):
        self.write('.clang-tidy', (PROJECT / '.clang-tidy').read_text(encoding='utf-8'))
        self.built()
        (self.root / 'tests/test_vbuf.c').write_text(SPDX, encoding='utf-8')
        self.edit('src/os.h', 'int vbuf_os_b',
                  'static inline int g(int a) { if (a) return 1; else return 1; }\nint vbuf_os_b')
        self.broken('src/os.h:3:30: error: if with identical then and else branches')

    def test_clang_tidy__of_the_other_system(self):
        if not shutil.which('x86_64-w64-mingw32-gcc'):
            self.skipTest('needs mingw-w64')
        self.write('.clang-tidy', (PROJECT / '.clang-tidy').read_text(encoding='utf-8'))
        self.write('src/win32/os.c', SPDX + '#include <windows.h>\n' + BUG)
        self.built()
        (self.root / 'tests/test_vbuf.c').write_text(SPDX, encoding='utf-8')
        self.broken('src/win32/os.c:8:10: error: Dereference of null pointer')

    def test_gcc_analyzer(self):
        self.built()
        self.sound()
        self.edit('src/vbuf.c', 'size_t vbuf_a', BUG + 'size_t vbuf_a')
        self.broken('src/vbuf.c:11:24: warning: dereference of NULL')

    def test_cppcheck(self):
        self.write('tools/cppcheck-suppressions.txt', '// none\n')
        self.sound()
        self.edit('src/vbuf.c', 'size_t vbuf_a', BUG + 'size_t vbuf_a')
        self.broken('src/vbuf.c:11: ')

    def test_cppcheck__what_is_explained(self):
        self.write('tools/cppcheck-suppressions.txt', 'nullPointer:src/vbuf.c\n')
        self.edit('src/vbuf.c', 'size_t vbuf_a', BUG + 'size_t vbuf_a')
        self.sound()

    def test_orderings_paired(self):
        self.sound()
        self.edit('src/cvec.c', ' /* [a] pairs with [b] */', '')
        self.broken('src/cvec.c:5: no "[label] pairs with [other]" beside it', 2)

    def test_orderings_paired__by_a_helper(self):
        self.edit('src/cvec.c', 'relaxed_(p, 1);', 'relaxed_(p, 1);\n\n\n\n\n\tvbuf_load_acquire(p);')
        self.broken('src/cvec.c:14')

    def test_orderings_paired__half_a_fence(self):
        self.edit('src/cvec.c', 'relaxed_(p, 1);', 'relaxed_(p, 1);\n\n\n\n\n\tvbuf_light_();')
        self.broken('src/cvec.c:14')

    def test_orderings_paired__a_builtin(self):
        self.edit('src/cvec.c', 'relaxed_(p, 1);',
                  'relaxed_(p, 1);\n\n\n\n\n\t__atomic_store_n(p, 1, __ATOMIC_RELEASE);')
        self.broken('src/cvec.c:14')

    def test_atomics_named(self):
        self.sound()
        self.edit('src/cvec.c', 'vbuf_store_relaxed_(p, 1);', '__atomic_store_n(p, 1, __ATOMIC_RELAXED);')
        self.broken('src/cvec.c:9: __atomic_store_n')

    def test_atomics_named__of_the_language(self):
        self.edit('src/cvec.c', 'int *p', '_Atomic int *p')
        self.broken('src/cvec.c:3: _Atomic')

    def test_orderings_paired__a_partner_that_is_not(self):
        self.edit('src/cvec.c', '[a] pairs with [b]', '[a] pairs with [c]')
        self.broken('[a] pairs with [c]', 2)

    def test_quoted_programs(self):
        self.sound()
        self.edit('README.md', 'int first;', 'int second;')
        self.broken('README.md: the block differs from examples/first.c')

    def test_quoted_programs__only_half_of_it(self):
        self.edit('examples/first.c', 'int first;', 'int zeroth;\nint first;')
        self.broken('README.md: the block differs')

    def test_quoted_programs__of_no_file(self):
        self.edit('README.md', '<!-- examples/first.c -->\n', '')
        self.broken('README.md: a C block without')

    def test_links_lead_somewhere(self):
        self.sound()
        self.edit('README.md', '(CHANGELOG.md)', '(docs/CHANGELOG.md)')
        self.broken('README.md: docs/CHANGELOG.md')

    def test_one_version(self):
        self.sound()
        self.edit('include/vbuf/base.h', 'PATCH 3', 'PATCH 4')
        self.broken('include/vbuf/base.h: 1.2.4, meson.build: 1.2.3')

    def test_symbols_versioned(self):
        self.sound()
        self.edit('meson.build', '1.2.3', '2.0.0')
        self.broken('src/libvbuf.map: VBUF_1, not VBUF_2')

    def test_symbols_versioned__before_one_each_minor_number(self):
        self.edit('meson.build', '1.2.3', '0.2.3')
        self.broken('src/libvbuf.map: VBUF_1, not VBUF_0.2')

    def test_changelog_current(self):
        self.sound()
        self.edit('meson.build', '1.2.3', '1.3.0')
        self.broken('CHANGELOG.md: begins with 1.2.3, not 1.3.0')


class Completeness(unittest.TestCase):
    def test_every_rule_is_shown_to_fail(self):
        tested = {name[len('test_'):].split('__')[0] for name in dir(Rules) if name.startswith('test_')}
        self.assertEqual(tested, set(RULES))

    def test_a_rule_that_breaks_down_fails(self):
        def rule(_tree):
            raise ValueError('boom')
        self.assertEqual(check.apply(rule, None), ('not ok', ['ValueError: boom']))


if __name__ == '__main__':
    taprunner.main()
