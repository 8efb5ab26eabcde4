#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Show that tools/counts.py reads callgrind rightly, and that a slower path makes it fail.

A script takes the place of Valgrind and dumps known counters.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import taprunner

COUNTS = pathlib.Path(__file__).with_name('counts.py')
MADE_BY = 'gcc 12.2.0, x86_64, release'
EVENTS = 'Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw Bc Bcm Bi Bim Ge'
FAKE = '''#!{python}
import pathlib, sys
out = [word.split('=')[1] for word in sys.argv if word.startswith('--callgrind-out-file=')][0]
for number, (label, summary) in enumerate({dumps!r}, 1):
    pathlib.Path(out + '.' + str(number)).write_text(
        'part: 1\\n\\ndesc: Timerange: Basic block 1 - 2\\ndesc: Trigger: ' + label + '\\n\\n'
        'events: {events}\\nsummary: ' + summary + '\\n\\nfn=(1) main\\n0 1\\n\\ntotals: 7\\n')
sys.stderr.write({said!r})
sys.exit({status})
'''


def dump(path, ops, each, once=50):
    """A dump of so many operations of (instructions, branches, loads, stores, atomics) each."""
    ir, bc, dr, dw, ge = (round(number * ops) + once for number in each)
    text = f'{ir} {dr} {dw} 0 9 9 0 0 0 {bc} 3 0 0 {ge}'
    return f'Client Request: {path} {ops}', text


def path(name, *each, ops=1000):
    """What callgrind dumps of a path: the run for first calls, and the two that count."""
    return [dump(name, ops, each, once=999), dump(name, ops, each), dump(name, 2 * ops, each)]


PUSH, POP = path('vec/push local', 7, 2, 0, 1, 0), path('vec/pop', 11, 3, 1.5, 1, 0.004)


class Counts(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.record = self.folder / 'gcc-12-x86_64.txt'
        (self.folder / 'bin').mkdir()

    def run_tool(self, *options, dumps=PUSH + POP, status=0, said='', made_by=MADE_BY):
        fake = self.folder / 'bin/valgrind'
        fake.write_text(FAKE.format(python=sys.executable, dumps=dumps + [('Program termination', '5')], events=EVENTS,
                                    status=status, said=said))
        fake.chmod(0o755)
        done = subprocess.run(
            [sys.executable, COUNTS, '--folder', self.folder, '--made-by', made_by, *options, 'paths'],
            capture_output=True, text=True, check=False,
            env={**os.environ, 'PATH': f'{self.folder}/bin{os.pathsep}{os.environ["PATH"]}'})
        return done.returncode, done.stdout, done.stderr

    def recorded(self, *options, **more):
        """What it says of the dumps given, after PUSH and POP were recorded."""
        self.assertEqual(self.run_tool('--record')[0], 0)
        return self.run_tool('--tap', *options, **more)

    def test_the_record_has_what_an_operation_costs(self):
        self.assertEqual(self.run_tool('--record')[0], 0)
        lines = [line for line in self.record.read_text().splitlines() if line[0] != '#']
        self.assertEqual([line.split() for line in lines], [
            ['vec/push', 'local', '7.000', '2.000', '0.000', '1.000', '0.000'],
            ['vec/pop', '11.000', '3.000', '1.500', '1.000', '0.004']])

    def test_the_same_passes(self):
        self.assertEqual(self.recorded(), (0, '1..2\nok 1 - vec/push local\nok 2 - vec/pop\n', ''))

    def test_for_people_too(self):
        self.assertEqual(self.run_tool('--record')[0], 0)
        status, output, _ = self.run_tool()
        self.assertEqual((status, output.split()), (0, ['vec/push', 'local', '7.00', 'vec/pop', '11.00']))

    def test_an_instruction_more_fails(self):
        status, output, errors = self.recorded(dumps=path('vec/push local', 8, 2, 0, 1, 0) + POP)
        self.assertEqual((status, output), (1, '1..2\nnot ok 1 - vec/push local\nok 2 - vec/pop\n'))
        self.assertIn('vec/push local: more: instructions 7.00 -> 8.00\n', errors)

    def test_an_atomic_operation_in_the_place_of_another_instruction_fails(self):
        status, _, errors = self.recorded(dumps=path('vec/push local', 7, 2, 0, 1, 1) + POP)
        self.assertEqual(status, 1)
        self.assertIn('more: atomics 0.00 -> 1.00', errors)

    def test_fewer_ask_for_a_new_record(self):
        status, _, errors = self.recorded(dumps=path('vec/push local', 6, 2, 0, 1, 0) + POP)
        self.assertEqual(status, 1)
        self.assertIn('less: instructions 7.00 -> 6.00', errors)
        self.assertIn('./run counts record', errors)

    def test_a_tenth_is_tolerated_and_no_more(self):
        self.assertEqual(self.recorded(dumps=path('vec/push local', 7.09, 2, 0, 1, 0) + POP)[0], 0)
        self.assertEqual(self.recorded(dumps=path('vec/push local', 7.12, 2, 0, 1, 0) + POP)[0], 1)

    def test_a_path_that_is_new_or_gone_fails(self):
        status, output, errors = self.recorded(dumps=POP + path('vec/at', 9, 3, 1, 0, 0))
        self.assertEqual((status, output), (
            1, '1..3\nok 1 - vec/pop\nnot ok 2 - vec/at\nnot ok 3 - vec/push local\n'))
        self.assertIn('vec/at: not on record', errors)
        self.assertIn('vec/push local: on record, and gone', errors)

    def test_another_compiler_is_skipped(self):
        for made_by in ('clang 14.0.6, x86_64, release', 'gcc 12.3.0, x86_64, release'):
            status, output, _ = self.recorded(made_by=made_by)
            self.assertEqual((status, output[:13]), (0, '1..0 # SKIP c' if '12.3' in made_by else '1..0 # SKIP n'))

    def test_an_unfit_build_is_skipped(self):
        self.assertEqual(self.recorded('--unfit', 'with LTO')[:2], (0, '1..0 # SKIP with LTO\n'))

    def test_a_system_that_lacks_something_is_skipped(self):
        status, output, _ = self.recorded(status=77, said='reclaim/pin: this system has not what it takes\n')
        self.assertEqual((status, output), (0, '1..0 # SKIP reclaim/pin: this system has not what it takes\n'))

    def test_a_program_that_fails_fails(self):
        status, output, errors = self.recorded(status=1, said='vec/push: an operation failed\n')
        self.assertEqual((status, output), (1, ''))
        self.assertIn('an operation failed', errors)


if __name__ == '__main__':
    taprunner.main()
