#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Show that tools/in-kernel sees every way in which a test in a machine can fail to pass."""
import importlib.machinery
import importlib.util
import pathlib
import unittest

import taprunner

TOOL = pathlib.Path(__file__).with_name('in-kernel')


def load():
    loader = importlib.machinery.SourceFileLoader('in_kernel', str(TOOL))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader('in_kernel', loader))
    loader.exec_module(module)
    return module


in_kernel = load()
GOOD = '#begin 00-a\n1..2\nok 1 - x\nok 2 - y\n\n#end 00-a 0\n'
DONE = '\n#done\n'


class InKernelTests(unittest.TestCase):
    def expect(self, text, count, *mentions, programs=('a',)):
        got = in_kernel.count_log(text, [pathlib.Path('there') / name for name in programs])
        self.assertEqual(str(got), count, got.failures)
        for words in mentions:
            self.assertTrue(any(words in line for line in got.failures + got.skipped), words)

    def test_cases_are_counted_one_by_one(self):
        self.expect(GOOD + DONE, '2 passed, 0 failed')

    def test_a_console_ends_lines_in_its_own_way(self):
        self.expect((GOOD + DONE).replace('\n', '\r\n'), '2 passed, 0 failed')

    def test_a_failed_case(self):
        self.expect('#begin 00-a\n1..2\nok 1 - x\nnot ok 2 - y\n#end 00-a 1\n' + DONE,
                    '1 passed, 1 failed', 'a: y')

    def test_a_skipped_case_and_a_skipped_program(self):
        self.expect('#begin 00-a\n1..1\nok 1 - x # SKIP why\n#end 00-a 0\n'
                    '#begin 01-b\n1..0 # SKIP why\n#end 01-b 77\n' + DONE,
                    '0 passed, 0 failed, 2 skipped', 'x', 'b', programs=('a', 'b'))

    def test_a_crash_after_the_last_case(self):
        self.expect(GOOD.replace('00-a 0', '00-a 139') + DONE, '2 passed, 1 failed', 'exit status 139')

    def test_fewer_cases_than_planned(self):
        self.expect(GOOD.replace('1..2', '1..3') + DONE, '2 passed, 1 failed', '2 cases of 3')

    def test_a_program_that_says_nothing(self):
        self.expect('#begin 00-a\n#end 00-a 0\n' + DONE, '0 passed, 1 failed', '0 cases of None')

    def test_a_program_that_never_began(self):
        self.expect(GOOD + DONE, '2 passed, 1 failed', 'b (never began)', programs=('a', 'b'))

    def test_a_machine_that_stops_in_a_program(self):
        self.expect('#begin 00-a\n1..2\nok 1 - x\n', '1 passed, 2 failed', 'a (was not over', 'the machine')

    def test_a_machine_that_stops_at_its_end(self):
        self.expect(GOOD, '2 passed, 1 failed', 'the machine')

    def test_a_kernel_that_does_not_start(self):
        self.expect('', '0 passed, 2 failed', 'a (never began)', 'the machine')

    def test_the_archive_holds_what_was_put_in(self):
        archive = in_kernel.Archive()
        archive.add('file', 0o100755, b'12345')
        self.assertEqual(len(archive.data) % 4, 0)
        self.assertTrue(archive.data.startswith(b'070701' + b'00000001' + b'000081ED'))
        self.assertIn(b'file\0', archive.data)
        self.assertIn(b'12345\0', archive.data)


if __name__ == '__main__':
    taprunner.main()
