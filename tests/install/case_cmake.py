# SPDX-License-Identifier: MIT OR Apache-2.0
"""What is installed, found by CMake."""
import pathlib
import shutil
import subprocess
import unittest

from installed import (COMPILERS, HERE, RUNNER, WINDOWS, compiler, installed, need, needed, output,
                       scratch, tool)

ASKED = '''
set(PACKAGE_FIND_VERSION "{0}")
set(PACKAGE_FIND_VERSION_RANGE "{1}")
set(PACKAGE_FIND_VERSION_MIN "{0}")
set(PACKAGE_FIND_VERSION_MAX "{2}")
set(PACKAGE_FIND_VERSION_RANGE_MAX "{3}")
set(CMAKE_SIZEOF_VOID_P "{4}")
set(PACKAGE_VERSION_COMPATIBLE FALSE)
set(PACKAGE_VERSION_UNSUITABLE FALSE)
include("{5}/libvbufConfigVersion.cmake")
if(PACKAGE_VERSION_COMPATIBLE AND NOT PACKAGE_VERSION_UNSUITABLE)
  message(STATUS found)
endif()
'''


class CMake(unittest.TestCase):
    def setUp(self):
        need('cmake', 'ninja', tool('objdump' if WINDOWS else 'readelf'))

    def configured(self, prefix, *options, status=0):
        """The folder of a configured consumer; or what CMake said, where that was to fail."""
        languages, flags = ['C'], [f'-DCMAKE_C_COMPILER={";".join(COMPILERS[".c"][0])}']
        try:
            flags += [f'-DCMAKE_CXX_COMPILER={";".join(compiler("x.cpp")[0])}']
            languages += ['CXX']
        except unittest.SkipTest:
            pass
        if WINDOWS:
            flags += ['-DCMAKE_SYSTEM_NAME=Windows', f'-DCMAKE_RC_COMPILER={tool("windres")}']
        if RUNNER:
            flags += [f'-DCMAKE_CROSSCOMPILING_EMULATOR={";".join(RUNNER)}']
        folder = scratch() / self._testMethodName
        done = subprocess.run(
            ['cmake', '-G', 'Ninja', '-S', HERE / 'cmake', '-B', folder, *flags,
             f'-DLANGUAGES={";".join(languages)}', f'-DCMAKE_PREFIX_PATH={prefix.path}', *options],
            capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, status, said)
        return folder if status == 0 else ' '.join(said.split())

    def built(self, *arguments):
        folder = self.configured(*arguments)
        output('cmake', '--build', folder)
        return folder

    def use(self, prefix, program, shared):
        suffix = '.exe' if WINDOWS else ''
        program = pathlib.Path(f'{program}{suffix}')
        self.assertEqual(prefix.shared_name() in needed(program), shared)
        self.assertEqual(prefix.run(program), f'libvbuf {prefix.version()}\n')

    def test_programs_in_c_and_cpp_use_the_shared_library_and_the_archive(self):
        both = installed('both')
        folder = self.built(both, f'-DASKED={both.version()}', '-DKINDS=shared;static',
                            '-DCMAKE_BUILD_TYPE=Debug')
        programs = sorted(path.stem for path in folder.glob('consumer_*') if path.suffix in ('', '.exe'))
        if shutil.which(COMPILERS['.cpp'][0][0]):
            self.assertEqual(len(programs), 6)
        for name in programs:
            self.use(both, folder / name, not name.endswith('static'))

    def test_a_variable_makes_it_the_archive(self):
        both = installed('both')
        folder = self.built(both, '-Dlibvbuf_USE_STATIC_LIBS=ON')
        self.use(both, folder / 'consumer_c', False)

    def test_the_archive_where_nothing_else_is_installed(self):
        static = installed('static')
        folder = self.built(static, '-DKINDS=static')
        self.use(static, folder / 'consumer_c', False)

    def test_a_component_that_is_not_installed(self):
        self.assertIn('installed without its component shared',
                      self.configured(installed('static'), '-DKINDS=shared', status=1))

    def test_another_version_is_not_found(self):
        said = self.configured(installed('both'), '-DASKED=99.1', status=1)
        self.assertIn(f'version: {installed("both").version()}', said)

    def test_found_through_a_link(self):
        both = installed('both')
        farm = scratch() / 'farm'
        farm.mkdir()
        (farm / 'lib').symlink_to(both.libdir)
        both.path, real = farm, both.path
        try:
            folder = self.built(both)
        finally:
            both.path = real
        self.use(both, folder / 'consumer_c', True)

    def found(self, least, most='', end='', pointer=''):
        script = scratch() / 'asked.cmake'
        script.write_text(ASKED.format(least, f'{least}...{most}' if most else '', most, end, pointer,
                                       installed('both').cmake), encoding='utf-8')
        done = subprocess.run(['cmake', '-P', script], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return 'found' in done.stdout

    def test_versions_with_the_same_soname_will_do(self):
        version, series = installed('both').version(), installed('both').series()
        major, minor, patch = map(int, version.split('.'))
        self.assertTrue(self.found(version))
        self.assertTrue(self.found(series))
        self.assertFalse(self.found(f'{major}.{minor}.{patch + 1}'))
        self.assertFalse(self.found(f'{major}.{minor + 1}'))
        self.assertFalse(self.found(f'{major + 1}'))
        self.assertFalse(self.found(f'{major}.{minor}0'))

    def test_ranges_of_versions(self):
        version = installed('both').version()
        self.assertTrue(self.found('0.0.1', version, 'INCLUDE'))
        self.assertFalse(self.found('0.0.1', version, 'EXCLUDE'))
        self.assertTrue(self.found('0.0.1', '99', 'EXCLUDE'))
        self.assertFalse(self.found('98', '99', 'EXCLUDE'))

    def test_a_program_with_other_pointers_does_not_get_it(self):
        version = installed('both').version()
        self.assertEqual([self.found(version, pointer=size) for size in ('4', '8')].count(True), 1)
