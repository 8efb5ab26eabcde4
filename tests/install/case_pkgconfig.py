# SPDX-License-Identifier: MIT OR Apache-2.0
"""What is installed, used by pkg-config alone."""
import re
import shutil
import unittest

from installed import (HERE, ROOT, WARNINGS, WINDOWS, compiler, installed, need, needed, output,
                       scratch, tool)


class PkgConfig(unittest.TestCase):
    def setUp(self):
        need('pkg-config', tool('objdump' if WINDOWS else 'readelf'))
        self.installed = installed('both')

    def build(self, source, *flags):
        """Compile a consumer with flags from pkg-config, and nothing else."""
        command, standard = compiler(source)
        program = scratch() / f'{self._testMethodName}.exe'
        output(*command, standard, *WARNINGS, HERE / source, '-o', program, *flags)
        return program

    def use(self, program, shared):
        self.assertEqual(self.installed.shared_name() in needed(program), shared)
        self.assertEqual(self.installed.run(program), f'libvbuf {self.installed.version()}\n')

    def use_shared(self, source):
        self.use(self.build(source, *self.installed.pkg_config('--cflags', '--libs')), True)

    def use_static(self, source):
        """A program all of which is static, and so the archive is what -lvbuf means."""
        flags = self.installed.pkg_config('--cflags', '--libs', '--static')
        self.use(self.build(source, '-static', *flags), False)

    def use_archive(self, source):
        flags = self.installed.pkg_config('--cflags', '--libs', '--static')
        self.assertEqual(flags.count('-lvbuf'), 1)
        flags[flags.index('-lvbuf')] = '-l:libvbuf.a'
        self.use(self.build(source, *flags), False)

    def test_c_program_uses_the_shared_library(self):
        self.use_shared('consumer.c')

    def test_cpp_program_uses_the_shared_library(self):
        self.use_shared('consumer.cpp')

    def test_c_program_uses_the_archive(self):
        self.use_archive('consumer.c')

    def test_cpp_program_uses_the_archive(self):
        self.use_archive('consumer.cpp')

    def test_static_c_program(self):
        self.use_static('consumer.c')

    def test_static_cpp_program(self):
        self.use_static('consumer.cpp')

    def test_archive_alone_is_what_libs_means_without_static(self):
        alone = installed('static')
        program = self.build('consumer.c', *alone.pkg_config('--cflags', '--libs'))
        self.use(program, False)

    def test_program_that_loads_the_library_itself(self):
        source = 'load_windows.c' if WINDOWS else 'load_posix.c'
        flags = [] if WINDOWS else ['-ldl']
        program = self.build(source, *self.installed.pkg_config('--cflags'), *flags)
        self.assertNotIn(self.installed.shared_name(), needed(program))
        library = self.installed.shared_path()
        self.assertEqual(self.installed.run(program, library), f'libvbuf {self.installed.version()}\n')

    def test_a_plugin_that_links_the_archive_exports_none_of_it(self):
        flags = self.installed.pkg_config('--cflags', '--libs-only-L')
        # A DLL without a list exports all there is, one with a list (of one name) no more.
        own = ['-Dmain=__declspec(dllexport) main'] if WINDOWS else ['-fPIC']
        plugin = self.build('consumer.c', *flags, '-l:libvbuf.a', '-shared', *own)
        if WINDOWS:
            table = output(tool('objdump'), '-p', plugin).partition('[Ordinal/Name Pointer] Table')[2]
            self.assertIn('] main', table)
            names = re.findall(r'\] (vbuf_\w+)', table)
        else:
            names = re.findall(r'\bvbuf_\w+', output(tool('nm'), '-D', '--defined-only', plugin))
        self.assertEqual(names, [])

    def test_pkg_config_says_the_version_of_the_header(self):
        header = (self.installed.path / 'include/vbuf/base.h').read_text(encoding='utf-8')
        self.assertIn(f'#define VBUF_VERSION_STRING "{self.installed.version()}"', header)

    def test_pkg_config_asks_for_no_more_than_the_library(self):
        include, libdir = self.installed.path / 'include', self.installed.libdir
        self.assertEqual(self.installed.pkg_config('--cflags'), [f'-I{include}'])
        self.assertEqual(self.installed.pkg_config('--libs'), [f'-L{libdir}', '-lvbuf'])

    def test_pkg_config_knows_what_the_archive_needs(self):
        private = self.installed.pkg_config('--libs', '--static')[2:]
        self.assertEqual(private, [] if WINDOWS else ['-pthread'])

    def test_no_file_but_pkg_configs_knows_the_prefix(self):
        for path in self.installed.path.rglob('*'):
            if path.is_file() and path != self.installed.pc:
                self.assertNotIn(b'/opt/libvbuf', path.read_bytes(), path)

    def test_shared_library_needs_only_the_c_library(self):
        system = r'(kernel32|msvcrt)\.dll$' if WINDOWS else r'(libc|ld-[\w-]+)\.'
        libraries = needed(self.installed.shared_path())
        self.assertEqual([name for name in libraries if not re.match(system, name, re.I)], [])

    def test_shared_library_knows_its_name_and_the_version_of_its_symbols(self):
        if WINDOWS:
            self.skipTest('DLLs have no such versions')
        dynamic = output(tool('readelf'), '-d', self.installed.libdir / 'libvbuf.so')
        self.assertEqual(re.findall(r'\(SONAME\).*\[(.*)\]', dynamic), [self.installed.shared_name()])
        names = output(tool('nm'), '-D', '--defined-only', self.installed.libdir / 'libvbuf.so')
        self.assertEqual(set(re.findall(r'@@?(\S+)', names)), {f'VBUF_{self.installed.series()}'})

    def test_default_library_says_what_is_installed(self):
        def libraries(prefix):
            return {path.name for folder in ('lib', 'bin') for path in (prefix.path / folder).glob('*vbuf*')}
        both, static, shared = (libraries(installed(kind)) for kind in ('both', 'static', 'shared'))
        self.assertEqual(static, {'libvbuf.a'})
        self.assertEqual(both, shared | static)
        self.assertNotIn('libvbuf.a', shared)
        self.assertIn(self.installed.shared_name(), shared)

    def test_every_public_header_is_installed(self):
        def headers(folder):
            return sorted(path.relative_to(folder).as_posix() for path in folder.rglob('*.h'))
        self.assertEqual(headers(self.installed.path / 'include'), headers(ROOT / 'include'))

    def test_licences_and_documents_are_installed(self):
        documents = self.installed.path / 'share/doc/libvbuf'
        for name in ('LICENSE-MIT', 'LICENSE-APACHE', 'README.md', 'CHANGELOG.md'):
            self.assertEqual((documents / name).read_bytes(), (ROOT / name).read_bytes())

    def test_reference_is_installed(self):
        if not shutil.which('doxygen'):
            self.skipTest('needs doxygen')
        page = (self.installed.path / 'share/doc/libvbuf/html/vbuf_8h.html').read_text(encoding='utf-8')
        self.assertIn('vbuf_prefault', page)
