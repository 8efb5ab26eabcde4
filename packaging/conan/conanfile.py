# SPDX-License-Identifier: MIT OR Apache-2.0
"""libvbuf for Conan 2."""
import os

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.files import copy, get, rmdir
from conan.tools.layout import basic_layout
from conan.tools.meson import Meson, MesonToolchain

required_conan_version = '>=2.0'


class Libvbuf(ConanFile):
    name = 'libvbuf'
    description = 'Buffers and containers on virtual memory that grow in place'
    license = ('MIT', 'Apache-2.0')
    topics = ('virtual-memory', 'vector', 'slotmap', 'arena', 'lock-free')
    package_type = 'library'
    settings = 'os', 'arch', 'compiler', 'build_type'
    # The archive is always position-independent, so there is no option fPIC.
    options = {'shared': [True, False]}
    default_options = {'shared': False}

    def configure(self):
        # It is C: no standard of C++, and no library, makes it another package.
        self.settings.rm_safe('compiler.cppstd')
        self.settings.rm_safe('compiler.libcxx')

    def validate(self):
        if self.settings.os not in ('Linux', 'Windows'):
            raise ConanInvalidConfiguration(f'libvbuf has no backend for {self.settings.os}')
        if self.settings.compiler == 'msvc':
            raise ConanInvalidConfiguration('libvbuf is built by gcc or clang, on Windows of mingw-w64')

    def layout(self):
        basic_layout(self, src_folder='src')

    def build_requirements(self):
        self.tool_requires('meson/[>=1.0.0 <2]')

    def source(self):
        get(self, **self.conan_data['sources'][self.version], strip_root=True)

    def generate(self):
        toolchain = MesonToolchain(self)
        for part in ('tests', 'bench', 'examples', 'docs'):
            toolchain.project_options[part] = 'disabled'
        toolchain.generate()

    def build(self):
        meson = Meson(self)
        meson.configure()
        meson.build()

    def package(self):
        for name in ('LICENSE-MIT', 'LICENSE-APACHE'):
            copy(self, name, self.source_folder, os.path.join(self.package_folder, 'licenses'))
        Meson(self).install()
        # Conan writes its own, from package_info().
        rmdir(self, os.path.join(self.package_folder, 'lib', 'pkgconfig'))
        rmdir(self, os.path.join(self.package_folder, 'lib', 'cmake'))
        rmdir(self, os.path.join(self.package_folder, 'share'))

    def package_info(self):
        self.cpp_info.libs = ['vbuf']
        self.cpp_info.set_property('cmake_file_name', 'libvbuf')
        self.cpp_info.set_property('cmake_target_name', 'libvbuf::vbuf')
        self.cpp_info.set_property('pkg_config_name', 'libvbuf')
        if self.settings.os == 'Linux' and not self.options.shared:
            self.cpp_info.system_libs = ['pthread']
