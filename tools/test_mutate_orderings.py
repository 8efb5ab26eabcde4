#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Show of the mutation gate that it passes what it should, and nothing else.

The programs here are scripts that answer as a model program does.
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

import taprunner

TOOL = pathlib.Path(__file__).with_name('mutate-orderings')

SOURCE = '''static void
send(void)
{
	store();
	store();
}

static void
receive(void)
{
	load();
}
'''

# Catches the first store and both halves of the compare-and-swap.
PROGRAM = '''#!{python}
import os, signal, sys
here = {here!r}
sites = os.environ.get('MODEL_SITES')
if sites:
    with open(sites, 'w') as f:
        f.write({sites!r})
mutant = os.environ.get('MODEL_WEAKEN', '')
if mutant in {caught!r}:
    assert os.environ['MODEL_ONLY'] == 'one|two'
    sys.stderr.write('model: caught by one: it tore\\n')
    sys.exit(1)
if mutant in {crashes!r}:
    os.kill(os.getpid(), signal.SIGSEGV)
if mutant in {fails!r}:
    print('not ok 3 - two')
    sys.exit(1)
if mutant in {unknown!r}:
    sys.exit(99)
sys.exit({status})
'''


class Gate(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        (self.root / 'code.c').write_text(SOURCE, encoding='utf-8')
        self.sites = 'code.c\t4\tstore\trelease\trelaxed\t&x\tone|two\n'
        self.kept = ''
        self.caught = ['code.c:4:store=relaxed']
        self.crashes, self.fails, self.unknown = [], [], []
        self.status = 0

    def gate(self, passes, *lines):
        """What the gate says must hold these lines, and it must pass or not."""
        program = self.root / 'model_some'
        program.write_text(PROGRAM.format(
            python=sys.executable, here=str(self.root), sites=self.sites, caught=self.caught,
            crashes=self.crashes, fails=self.fails, unknown=self.unknown, status=self.status), encoding='utf-8')
        program.chmod(0o755)
        kept = self.root / 'kept'
        kept.write_text(self.kept, encoding='utf-8')
        done = subprocess.run([TOOL, '--build', self.root, '--kept', kept, program],
                              capture_output=True, text=True, check=False)
        said = (done.stdout + done.stderr).replace(f'{self.root.resolve()}/', '')
        for line in lines:
            self.assertIn(line, said)
        self.assertEqual(done.returncode == 0, passes, said)

    def name(self, key):
        return f'{self.root.resolve()}/{key}'

    def test_a_mutant_that_is_caught_passes(self):
        self.gate(True, 'caught: code.c:4 send: store(&x) release->relaxed: one: it tore')

    def test_a_mutant_that_crashes_is_caught(self):
        self.crashes, self.caught = self.caught, []
        self.gate(True, 'caught: code.c:4 send: store(&x) release->relaxed: model_some: exit status -11')

    def test_a_mutant_that_fails_its_test_otherwise_is_caught(self):
        self.fails, self.caught = self.caught, []
        self.gate(True, 'caught: code.c:4 send: store(&x) release->relaxed: two: a crash')

    def test_a_mutant_that_the_program_does_not_know_fails(self):
        self.unknown, self.caught = self.caught, []
        self.gate(False)

    def test_a_survivor_fails(self):
        self.caught = []
        self.gate(False, 'survived: code.c:4 send: store(&x) release->relaxed', '1 survived')

    def test_a_survivor_with_an_argument_passes(self):
        self.caught = []
        self.kept = '# why\n' + self.name('code.c send: store(&x) release->relaxed\n\tBecause.\n')
        self.gate(True, 'kept: code.c:4 send')

    def test_a_survivor_without_an_argument_fails(self):
        self.caught = []
        self.kept = self.name('code.c send: store(&x) release->relaxed\n')
        self.gate(False, 'listed without an argument')

    def test_an_entry_that_is_caught_fails(self):
        self.kept = self.name('code.c send: store(&x) release->relaxed\n\tBecause.\n')
        self.gate(False, 'listed, but caught')

    def test_an_entry_of_no_mutant_fails(self):
        self.kept = 'code.c send: store(&gone) release->relaxed\n\tBecause.\n'
        self.gate(False, 'there is no such mutant: code.c send: store(&gone)')

    def test_an_operation_no_test_comes_by_fails(self):
        self.sites += 'code.c\t11\tload\tacquire\trelaxed\t&x\t\n'
        self.gate(False, 'no test comes by: code.c:11 receive: load(&x) acquire->relaxed')

    def test_what_only_broken_forms_use_is_left_alone(self):
        self.sites += 'code.c\t11\tload\tacquire\trelaxed\t&x\t-\n'
        self.gate(True, '1 mutants, 1 caught')

    def test_relaxed_operations_have_no_mutants(self):
        self.sites += 'code.c\t11\tload\trelaxed\trelaxed\t&x\tone\n'
        self.gate(True, '1 mutants')

    def test_every_half_of_an_operation_is_weakened(self):
        self.sites = 'code.c\t11\tcas\tacq_rel\tacquire\t&x\tone|two\n' \
            'code.c\t4\theavy\trelaxed\trelaxed\t\tone|two\n' \
            'code.c\t5\tload\tseq_cst\trelaxed\t&y\tone|two\n'
        self.caught = ['code.c:11:cas=acquire', 'code.c:11:cas=release', 'code.c:11:cas-failure=relaxed',
                       'code.c:4:heavy=none', 'code.c:5:load=acquire']
        self.gate(True, '5 mutants, 5 caught')

    def test_two_that_read_the_same_are_told_apart(self):
        self.sites += 'code.c\t5\tstore\trelease\trelaxed\t&x\tone|two\n'
        self.kept = self.name('code.c send: store(&x) release->relaxed #2\n\tBecause.\n')
        self.gate(True, 'caught: code.c:4 send', 'kept: code.c:5 send')

    def test_nothing_to_weaken_fails(self):
        self.sites = ''
        self.gate(False, 'no mutants')

    def test_a_program_that_fails_by_itself_fails(self):
        self.status = 1
        self.gate(False, 'fails before anything is weakened')


if __name__ == '__main__':
    taprunner.main()
