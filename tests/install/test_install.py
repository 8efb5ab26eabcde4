#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Install libvbuf into a scratch prefix and use it there by pkg-config alone."""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / 'tools'))

import taprunner  # noqa: E402  (its folder is known only now)

MESON = os.environ.get('MESON', 'meson')
COMPILERS = {'.c': (os.environ.get('CC', 'cc'), '-std=c11'),
             '.cpp': (os.environ.get('CXX', 'c++'), '-std=c++17')}
WARNINGS = ['-Wall', '-Wextra', '-Wpedantic', '-Werror']


def output(*command, **more):
    """The standard output of a command that must succeed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=False, **more)
    if done.returncode:
        raise AssertionError(f'{shlex.join(map(str, command))}\n{done.stdout}{done.stderr}')
    return done.stdout


def needed(binary):
    """The shared libraries that a binary asks for, and its own soname."""
    dynamic = output('readelf', '-d', binary)
    return re.findall(r'\(NEEDED\).*\[(.*)\]', dynamic), re.findall(r'\(SONAME\).*\[(.*)\]', dynamic)


class Prefix:
    """An installed copy, and pkg-config that sees nothing else."""

    def __init__(self, path):
        self.path = path
        self.pc = next(path.rglob('libvbuf.pc'))
        self.libdir = self.pc.parent.parent

    def pkg_config(self, *options):
        environment = dict(os.environ, PKG_CONFIG_LIBDIR=str(self.pc.parent), PKG_CONFIG_PATH='')
        return shlex.split(output('pkg-config', f'--define-variable=prefix={self.path}', *options,
                                  'libvbuf', env=environment))


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.scratch = pathlib.Path(scratch.name)
        prefix = cls.scratch / 'prefix'
        off = [f'-D{room}=disabled' for room in ('tests', 'bench', 'examples')]
        output(MESON, 'setup', f'--prefix={prefix}', '--libdir=lib', '--buildtype=release', *off,
               cls.scratch / 'build', ROOT)
        output(MESON, 'install', '-C', cls.scratch / 'build')
        cls.installed = Prefix(prefix)

    def build(self, source, *flags):
        """Compile a consumer with flags from pkg-config, and nothing else."""
        compiler, standard = COMPILERS[pathlib.Path(source).suffix]
        if not shutil.which(shlex.split(compiler)[0]):
            self.skipTest(f'needs {compiler}')
        program = self.scratch / self._testMethodName
        output(*shlex.split(compiler), standard, *WARNINGS, HERE / source, '-o', program, *flags)
        return program

    def version(self):
        return self.installed.pkg_config('--modversion')[0]

    def soname(self):
        """Before 1.0 each second number is an interface of its own."""
        major, minor, _ = self.version().split('.')
        return f'libvbuf.so.{major}.{minor}' if major == '0' else f'libvbuf.so.{major}'

    def use_shared(self, source):
        program = self.build(source, *self.installed.pkg_config('--cflags', '--libs'))
        self.assertIn(self.soname(), needed(program)[0])
        environment = dict(os.environ, LD_LIBRARY_PATH=str(self.installed.libdir))
        self.assertEqual(output(program, env=environment), f'libvbuf {self.version()}\n')

    def use_static(self, source):
        flags = self.installed.pkg_config('--cflags', '--libs-only-L')
        program = self.build(source, *flags, '-l:libvbuf.a')
        self.assertNotIn(self.soname(), needed(program)[0])
        self.assertEqual(output(program), f'libvbuf {self.version()}\n')

    def test_c_program_uses_the_shared_library(self):
        self.use_shared('consumer.c')

    def test_c_program_uses_the_archive(self):
        self.use_static('consumer.c')

    def test_cpp_program_uses_the_shared_library(self):
        self.use_shared('consumer.cpp')

    def test_cpp_program_uses_the_archive(self):
        self.use_static('consumer.cpp')

    def test_a_plugin_that_links_the_archive_exports_none_of_it(self):
        flags = self.installed.pkg_config('--cflags', '--libs-only-L')
        plugin = self.build('consumer.c', *flags, '-l:libvbuf.a', '-shared', '-fPIC')
        names = output('nm', '-D', '--defined-only', plugin)
        self.assertEqual(re.findall(r'\bvbuf_\w+', names), [])

    def test_pkg_config_says_the_version_of_the_header(self):
        header = (self.installed.path / 'include/vbuf/base.h').read_text(encoding='utf-8')
        self.assertIn(f'#define VBUF_VERSION_STRING "{self.version()}"', header)

    def test_pkg_config_asks_for_no_more_than_the_library(self):
        self.assertEqual(self.installed.pkg_config('--cflags'), [f'-I{self.installed.path}/include'])
        self.assertEqual(self.installed.pkg_config('--libs'), [f'-L{self.installed.libdir}', '-lvbuf'])

    def test_shared_library_needs_only_the_c_library(self):
        libraries, soname = needed(self.installed.libdir / 'libvbuf.so')
        self.assertEqual(soname, [self.soname()])
        self.assertEqual([name for name in libraries if not re.match(r'(libc|ld-[\w-]+)\.', name)], [])

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


if __name__ == '__main__':
    missing = [tool for tool in ('pkg-config', 'readelf') if not shutil.which(tool)]
    if missing:
        print(f'1..0 # SKIP needs {" and ".join(missing)}')
        sys.exit(0)
    taprunner.main()
