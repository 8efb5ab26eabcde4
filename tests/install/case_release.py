# SPDX-License-Identifier: MIT OR Apache-2.0
"""The tarball of a release, built and tested; and the recipes, filled in for it."""
import ast
import configparser
import fnmatch
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import tarfile
import unittest

import conan_standin as conan
from installed import HERE, MESON, NOTHING_ELSE, ROOT, compiler, need, output, scratch

NOT_PACKED = ('debian/*', '.git*', '*/.git*')
SMOKE = ('test_error', 'test_vec', 'test_slotmap', 'fault_vbuf')
# Whoever owns the folder: the tests of a checkout read it, and no more.
GIT = dict(os.environ, GIT_CONFIG_COUNT='1', GIT_CONFIG_KEY_0='safe.directory', GIT_CONFIG_VALUE_0='*')


@functools.lru_cache(maxsize=None)
def tarball():
    """What 'meson dist' makes of the last commit."""
    need('git')
    if not (ROOT / '.git').exists():
        raise unittest.SkipTest('needs a checkout by git, this is no such tree')
    build = scratch() / 'dist'
    output(MESON, 'setup', *NOTHING_ELSE, build, ROOT, env=GIT)
    output(MESON, 'dist', '-C', build, '--no-tests', '--allow-dirty', '--formats=xztar', env=GIT)
    found = list((build / 'meson-dist').glob('*.tar.xz'))
    assert len(found) == 1, found
    return found[0]


@functools.lru_cache(maxsize=None)
def recipes():
    """The folder of the recipes for that tarball, which lies where their URL says."""
    folder = scratch() / 'recipes'
    output(ROOT / 'packaging/release.sh', tarball(), tarball().as_uri(), folder)
    return folder


def version():
    return re.fullmatch(r'libvbuf-(.*)\.tar\.xz', tarball().name).group(1)


class Release(unittest.TestCase):
    def unpack(self):
        """The tarball's folder, its own for each test."""
        with tarfile.open(tarball()) as packed:
            packed.extractall(scratch() / self._testMethodName)
        return scratch() / self._testMethodName / f'libvbuf-{version()}'

    def test_tarball_holds_what_git_does(self):
        packed = tarball()
        tracked = output('git', '-C', ROOT, 'ls-tree', '-r', '--name-only', 'HEAD', env=GIT).splitlines()
        wanted = [name for name in tracked if not any(fnmatch.fnmatch(name, no) for no in NOT_PACKED)]
        with tarfile.open(packed) as archive:
            names = [member.name.partition('/')[2] for member in archive.getmembers() if member.isfile()]
        self.assertEqual(sorted(names), sorted(wanted))
        for name in ('LICENSE-MIT', 'LICENSE-APACHE', 'README.md', 'run', '.clang-format'):
            self.assertIn(name, names)

    def test_tarball_builds_and_its_tests_pass(self):
        """The tests of the library, a few, and the house rules, which see a tree without git."""
        build = scratch() / 'unpacked'
        if subprocess.run(['pkg-config', '--exists', 'cmocka'], check=False).returncode:
            self.skipTest('needs CMocka')
        output(MESON, 'setup', '--buildtype=plain', '-Dtests=enabled', '-Dbench=disabled',
               '-Dexamples=disabled', '-Ddocs=disabled', build, self.unpack())
        targets = [f'tests/{name}' for name in SMOKE]
        output(MESON, 'compile', '-C', build, *targets, 'vbuf:static_library', 'vbuf:shared_library')
        said = output(MESON, 'test', '-C', build, '--no-rebuild', *SMOKE, 'check', 'test_check')
        self.assertRegex(said, rf'Ok: +{len(SMOKE) + 2}\b')

    def test_wrap_gets_the_tarball_and_builds_it(self):
        project = scratch() / 'wrapped'
        (project / 'subprojects').mkdir(parents=True)
        for name in ('consumer.c', 'meson/meson.build', 'meson/meson_options.txt'):
            shutil.copy(HERE / name, project)
        shutil.copy(recipes() / 'wrapdb/libvbuf.wrap', project / 'subprojects')
        output(MESON, 'setup', '--buildtype=plain', '-Dcpp=false', '--force-fallback-for=libvbuf',
               project / 'build', project)
        output(MESON, 'test', '-C', project / 'build')

    def test_wraps_provide_the_dependency(self):
        for name, kind in (('wrapdb/libvbuf.wrap', 'wrap-file'), ('libvbuf.wrap', 'wrap-git')):
            wrap = configparser.ConfigParser(interpolation=None)
            wrap.read(ROOT / 'packaging' / name)
            self.assertEqual(wrap.sections(), [kind, 'provide'])
            self.assertEqual(wrap['provide']['dependency_names'], 'libvbuf')

    def test_port_of_vcpkg_names_what_it_needs(self):
        port = json.loads((recipes() / 'vcpkg/vcpkg.json').read_text(encoding='utf-8'))
        self.assertEqual((port['name'], port['version']), ('libvbuf', version()))
        self.assertEqual(port['license'], 'MIT OR Apache-2.0')
        self.assertEqual([(tool['name'], tool['host']) for tool in port['dependencies']],
                         [('vcpkg-cmake-config', True), ('vcpkg-tool-meson', True)])

    def use_port(self, linkage):
        """The port as vcpkg would install it, used by a program, in both configurations."""
        need('cmake', 'ninja')
        work = scratch() / f'vcpkg-{linkage}'
        output('cmake', f'-DPORT_DIR={recipes()}/vcpkg', f'-DWORK={work}', f'-DLINKAGE={linkage}',
               f'-DMESON={MESON}', '-P', HERE / 'vcpkg.cmake')
        packages = work / 'packages'
        self.assertEqual({path.name for path in packages.iterdir()}, {'debug', 'include', 'lib', 'share'})
        self.assertEqual({path.name for path in (packages / 'debug').iterdir()}, {'lib'})
        self.assertEqual({path.name for path in (packages / 'share').iterdir()}, {'libvbuf'})
        self.assertIn('Apache License', (packages / 'share/libvbuf/copyright').read_text(encoding='utf-8'))
        for configuration, folder in (('Debug', 'debug/lib/'), ('Release', 'lib/')):
            build = work / configuration
            output('cmake', '-G', 'Ninja', '-S', HERE / 'cmake', '-B', build, '-DLANGUAGES=C',
                   f'-DCMAKE_PREFIX_PATH={packages}', f'-DCMAKE_BUILD_TYPE={configuration}')
            output('cmake', '--build', build)
            self.assertEqual(output(build / 'consumer_c'), f'libvbuf {version()}\n')
            linked = (build / 'build.ninja').read_text(encoding='utf-8')
            self.assertIn(f'{packages}/{folder}libvbuf.', linked)

    def test_port_of_vcpkg_static(self):
        self.use_port('static')

    def test_port_of_vcpkg_dynamic(self):
        self.use_port('shared')

    def use_recipe(self, shared):
        """What Conan would make a package of, and what it would tell the programs."""
        for path in sorted((recipes() / 'conan').rglob('*.py')):
            ast.parse(path.read_text(encoding='utf-8'), path)
        recipe = conan.create(recipes() / 'conan', version(), scratch() / f'conan-{shared}', shared)
        package = pathlib.Path(recipe.package_folder)
        self.assertEqual({path.name for path in package.iterdir()}, {'include', 'lib', 'licenses'})
        self.assertEqual({path.name for path in (package / 'licenses').iterdir()},
                         {'LICENSE-MIT', 'LICENSE-APACHE'})
        self.assertEqual((package / 'lib/libvbuf.a').exists(), not shared)
        self.assertEqual((package / 'lib/libvbuf.so').exists(), shared)
        flags = [f'-l{name}' for name in recipe.cpp_info.libs + recipe.cpp_info.system_libs]
        command, standard = compiler('test_package.c')
        program = scratch() / f'conan-{shared}/program'
        output(*command, standard, recipes() / 'conan/test_package/test_package.c', f'-I{package}/include',
               f'-L{package}/lib', f'-Wl,-rpath,{package}/lib', *flags, '-o', program)
        self.assertEqual(output(program), f'libvbuf {version()} holds 1000 numbers\n')

    def test_recipe_of_conan_static(self):
        self.use_recipe(False)

    def test_recipe_of_conan_shared(self):
        self.use_recipe(True)

    def test_nothing_is_left_to_fill_in(self):
        for path in recipes().rglob('*'):
            if path.is_file():
                self.assertNotRegex(path.read_text(encoding='utf-8'), r'@\w+@', path)
