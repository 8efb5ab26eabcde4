# SPDX-License-Identifier: MIT OR Apache-2.0
"""As much of Conan 2 as our recipe calls, done by plain Meson."""
import hashlib
import importlib.machinery
import importlib.util
import pathlib
import re
import shutil
import sys
import tarfile
import types
import urllib.request

from installed import MESON, output


class Settings(types.SimpleNamespace):
    removed = ()

    def rm_safe(self, name):
        self.removed += (name,)


class CppInfo:
    def __init__(self):
        self.libs, self.system_libs, self.properties = [], [], {}

    def set_property(self, name, value):
        self.properties[name] = value


class ConanFile:
    pass


class ConanInvalidConfiguration(Exception):
    pass


def get(recipe, url, sha256, strip_root):
    """Fetch, compare and unpack."""
    assert strip_root
    data = urllib.request.urlopen(url).read()
    assert hashlib.sha256(data).hexdigest() == sha256
    folder = pathlib.Path(recipe.source_folder)
    packed = folder.with_suffix('.tar.xz')
    packed.write_bytes(data)
    with tarfile.open(packed) as archive:
        archive.extractall(folder.with_suffix('.unpacked'))
    next(folder.with_suffix('.unpacked').iterdir()).rename(folder)


def copy(_recipe, pattern, src, dst):
    pathlib.Path(dst).mkdir(exist_ok=True, parents=True)
    for path in pathlib.Path(src).glob(pattern):
        shutil.copy(path, dst)


def rmdir(_recipe, path):
    shutil.rmtree(path)  # what is not there is a mistake of the recipe's


def basic_layout(recipe, src_folder):
    recipe.source_folder = str(recipe.work / src_folder)
    recipe.build_folder = str(recipe.work / 'build')


class MesonToolchain:
    def __init__(self, recipe):
        self.recipe, self.project_options = recipe, {}

    def generate(self):
        library = 'shared' if self.recipe.options.shared else 'static'
        self.recipe.meson_options = [f'-Ddefault_library={library}', '--buildtype=plain', '--libdir=lib',
                                     '--wrap-mode=nofallback', f'--prefix={self.recipe.package_folder}']
        self.recipe.meson_options += [f'-D{name}={value}' for name, value in self.project_options.items()]


class Meson:
    def __init__(self, recipe):
        self.recipe = recipe

    def configure(self):
        output(MESON, 'setup', *self.recipe.meson_options, self.recipe.build_folder, self.recipe.source_folder)

    def build(self):
        output(MESON, 'compile', '-C', self.recipe.build_folder)

    def install(self):
        output(MESON, 'install', '-C', self.recipe.build_folder)


MODULES = {
    'conan': {'ConanFile': ConanFile},
    'conan.errors': {'ConanInvalidConfiguration': ConanInvalidConfiguration},
    'conan.tools': {},
    'conan.tools.files': {'copy': copy, 'get': get, 'rmdir': rmdir},
    'conan.tools.layout': {'basic_layout': basic_layout},
    'conan.tools.meson': {'Meson': Meson, 'MesonToolchain': MesonToolchain},
}


def load(path):
    """The recipe's class, which finds our modules under Conan's names."""
    for name, members in MODULES.items():
        sys.modules[name] = types.ModuleType(name)
        vars(sys.modules[name]).update(members)
    loader = importlib.machinery.SourceFileLoader('conanfile', str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader('conanfile', loader))
    loader.exec_module(module)
    return next(thing for thing in vars(module).values()
                if isinstance(thing, type) and issubclass(thing, ConanFile) and thing is not ConanFile)


def create(folder, version, work, shared):
    """What 'conan create' does with a recipe, as far as its package."""
    recipe = load(folder / 'conanfile.py')()
    work.mkdir(parents=True)
    recipe.version, recipe.work, recipe.package_folder = version, work, str(work / 'package')
    recipe.settings = Settings(os='Linux', arch='x86_64', compiler='gcc', build_type='Release')
    assert shared in recipe.options['shared']
    recipe.options = types.SimpleNamespace(shared=shared)
    recipe.tool_requires = lambda reference: None
    recipe.cpp_info = CppInfo()
    data = (folder / 'conandata.yml').read_text(encoding='utf-8')
    entry = re.search(r'^ {2}"(.*)":\n {4}url: "(.*)"\n {4}sha256: "(.*)"$', data, re.M).groups()
    recipe.conan_data = {'sources': {entry[0]: {'url': entry[1], 'sha256': entry[2]}}}
    for step in ('configure', 'validate', 'layout', 'build_requirements', 'source', 'generate', 'build',
                 'package', 'package_info'):
        getattr(recipe, step)()
    return recipe
