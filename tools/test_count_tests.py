#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Show that tools/count_tests.py sees every way in which a test can fail to pass."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import taprunner

COUNT = pathlib.Path(__file__).with_name('count_tests.py')


def tap(name, *cases, result='OK', status=0):
    """A program that speaks TAP: each case is its name, or (name, 'failure' | 'skipped')."""
    inner = ''
    for number, case in enumerate(cases, 1):
        label, tag = (case, '') if isinstance(case, str) else (case[0], f'<{case[1]}/>')
        inner += f'<testcase name="{number} - {label}" classname="p.{name}">{tag}</testcase>'
    suite = f'<testsuite name="p.{name}">{inner}</testsuite>' if cases else ''
    return suite, {'name': name, 'result': result, 'returncode': status, 'stdout': ''}


def plain(name, result, status=0, stdout=''):
    suite = f'<testsuite name="p"><testcase name="{name}" classname="p"/></testsuite>'
    return suite, {'name': name, 'result': result, 'returncode': status, 'stdout': stdout}


class CountTests(unittest.TestCase):
    def count(self, *programs, status=0):
        """(exit status, last line, all of the output) of the tool."""
        with tempfile.TemporaryDirectory() as scratch:
            logs = pathlib.Path(scratch)
            if programs:
                (logs / 'testlog.junit.xml').write_text(
                    '<testsuites>' + ''.join(suite for suite, _ in programs) + '</testsuites>')
                (logs / 'testlog.json').write_text(
                    ''.join(json.dumps(run) + '\n' for _, run in programs))
            done = subprocess.run([sys.executable, COUNT, '--status', str(status), logs],
                                  capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.splitlines()[-1], done.stdout

    def expect(self, programs, status, last, *mentions, meson=0):
        got, line, output = self.count(*programs, status=meson)
        self.assertEqual((got, line), (status, last), output)
        for words in mentions:
            self.assertIn(words, output)

    def test_cases_are_counted_one_by_one(self):
        self.expect([tap('unit / a', 'x', 'y'), tap('unit / b', 'x'), plain('c', 'OK')],
                    0, '4 passed, 0 failed')

    def test_nothing_ran(self):
        self.expect([], 1, '0 passed, 0 failed', 'No test ran')

    def test_a_failed_case(self):
        self.expect([tap('a', 'x', ('y', 'failure'), result='ERROR', status=1)],
                    1, '1 passed, 1 failed', 'a: y')

    def test_a_crash_after_the_last_case(self):
        self.expect([tap('a', 'x', 'y', result='ERROR', status=-11)],
                    1, '2 passed, 1 failed', 'a (error, exit status -11)')

    def test_a_time_limit(self):
        self.expect([tap('a', 'x', result='TIMEOUT', status=-15), plain('b', 'TIMEOUT', -15)],
                    1, '1 passed, 2 failed', 'b (timeout)')

    def test_a_program_that_says_nothing(self):
        self.expect([plain('a', 'SKIP'), plain('b', 'OK')], 1, '1 passed, 1 failed', 'a (ran no case)')

    def test_skips(self):
        self.expect([plain('a', 'SKIP', 77), plain('b', 'SKIP', stdout='1..0 # SKIP\n'),
                     tap('c', 'x', ('y', 'skipped'))], 0, '1 passed, 0 failed, 3 skipped', 'c: y')

    def test_nothing_but_skips(self):
        self.expect([plain('a', 'SKIP', 77)], 1, '0 passed, 0 failed, 1 skipped')

    def test_meson_fails_for_another_reason(self):
        self.expect([plain('a', 'OK')], 1, '1 passed, 1 failed', 'meson test', meson=1)


if __name__ == '__main__':
    taprunner.main()
