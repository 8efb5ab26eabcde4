# SPDX-License-Identifier: MIT OR Apache-2.0
"""libvbuf as a subproject of Meson."""
import json
import os
import shutil
import unittest

from installed import COMPILERS, CROSS, HERE, MESON, ROOT, output, scratch


class Subproject(unittest.TestCase):
    def setUp(self):
        self.project = scratch() / self._testMethodName
        (self.project / 'subprojects').mkdir(parents=True)
        for name in ('consumer.c', 'consumer.cpp', 'meson/meson.build', 'meson/meson_options.txt'):
            shutil.copy(HERE / name, self.project)
        (self.project / 'subprojects/libvbuf').symlink_to(ROOT)

    def use(self, *options):
        """Build the consumer and run it; the names of libvbuf's targets."""
        build = self.project / 'build'
        has_cpp = 'true' if shutil.which(COMPILERS['.cpp'][0][0]) else 'false'
        output(MESON, 'setup', '--buildtype=plain', f'-Dcpp={has_cpp}', '--wrap-mode=nodownload',
               *options, *CROSS, build, self.project)
        output(MESON, 'test', '-C', build, env=dict(os.environ, MESON_TESTTHREADS='1'))
        targets = json.loads(output(MESON, 'introspect', '--targets', build))
        return {(target['name'], target['type']) for target in targets
                if target['build_by_default'] and target['subproject'] == 'libvbuf'}

    def test_shared(self):
        self.assertEqual(self.use('-Ddefault_library=shared'), {('vbuf', 'shared library')})

    def test_static(self):
        self.assertEqual(self.use('-Ddefault_library=static'), {('vbuf', 'static library')})

    def test_both_and_the_program_chooses(self):
        both = {('vbuf', 'shared library'), ('vbuf', 'static library')}
        self.assertEqual(self.use('-Ddefault_library=both', '-Dchoose=true'), both)
