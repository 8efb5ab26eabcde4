#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Show that tools/abi.sh sees each kind of change, and lets additions pass.

The build stays as it is; the record that it is compared with is made to differ.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import taprunner

TOOL = pathlib.Path(__file__).with_name('abi.sh')
BUILD = sys.argv[1] if len(sys.argv) > 1 else 'build'


class Abi(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        status, said = self.run_tool('record')
        if status == 77:
            self.skipTest(said.strip())
        self.assertEqual(status, 0, said)
        self.record = next(self.folder.glob('libvbuf.so.*.abi'))

    def run_tool(self, command):
        done = subprocess.run([TOOL, command, BUILD], env=dict(os.environ, ABI_RECORDS=str(self.folder)),
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def differs(self, pattern, replacement, said):
        """The build differs from a record in which the pattern was something else."""
        text = self.record.read_text(encoding='utf-8')
        other = re.sub(pattern, replacement, text, flags=re.S)
        self.assertNotEqual(text, other)
        self.record.write_text(other, encoding='utf-8')
        status, output = self.run_tool('check')
        self.assertEqual(status, 1, output)
        self.assertIn(said, output)

    def test_what_was_recorded_is_no_change(self):
        status, said = self.run_tool('check')
        self.assertEqual(status, 0, said)

    def test_nothing_private_is_recorded(self):
        structs = re.findall(r"<class-decl name='(\w+)'", self.record.read_text(encoding='utf-8'))
        self.assertIn('vbuf_vec', structs)
        self.assertFalse({'vbuf_vec_control', 'vbuf_domain', 'vbuf_slotmap_control'} & set(structs))

    def test_function_that_is_gone(self):
        self.differs(r'\bvbuf_commit\b', 'vbuf_commit_it', "[D] 'function int vbuf_commit_it(")

    def test_struct_of_another_size(self):
        self.differs(r"(<class-decl name='vbuf' size-in-bits=')\d+", r'\g<1>64', 'type size changed')

    def test_constant_of_another_value(self):
        self.differs(r"(name='VBUF_PROT_RX' value=')3", r'\g<1>4', "'4' to '3'")

    def test_symbol_of_another_version(self):
        self.differs(r"'VBUF_[\d.]+'", "'VBUF_OLD'", 'vbuf_commit@@VBUF_OLD')

    def test_new_function_is_no_change(self):
        text = self.record.read_text(encoding='utf-8')
        text = re.sub(r"\n *<elf-symbol name='vbuf_commit' [^\n]*", '', text)
        text = re.sub(r"\n *<function-decl name='vbuf_commit' .*?</function-decl>", '', text, flags=re.S)
        self.assertNotRegex(text, r'\bvbuf_commit\b')
        self.record.write_text(text, encoding='utf-8')
        status, said = self.run_tool('check')
        self.assertEqual(status, 0, said)

    def test_soname_without_a_record(self):
        self.record.unlink()
        status, said = self.run_tool('check')
        self.assertEqual(status, 1)
        self.assertIn('record it', said)


if __name__ == '__main__':
    del sys.argv[1:]
    taprunner.main()
