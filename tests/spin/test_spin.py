#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Tests of run.py: what spin says is taken for what it means, and the models say what they are."""
import pathlib
import re
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parent.parent / 'tools')]
import run
import taprunner

COMPLETE = '''
State-vector 124 byte, depth reached 235, errors: 0
   957440 states, stored
unreached in proctype reader
\t/somewhere/pin.pml:48, state 20, "-end-"
\t(1 of 20 states)
'''
VIOLATED = '''pan:1: assertion violated ((kept==0)||(slot==kept)) (at depth 62)
Warning: Search not completed
State-vector 124 byte, depth reached 176, errors: 1
    15337 states, stored
'''


class Judging(unittest.TestCase):
    def test_a_complete_search_without_errors_holds(self):
        self.assertEqual(run.judge(COMPLETE, True), '957440')

    def test_a_violated_assertion_fails(self):
        self.assertEqual(run.judge(VIOLATED, False), '15337')

    def refused(self, output, holds, words):
        with self.assertRaisesRegex(run.Wrong, words):
            run.judge(output, holds)

    def test_a_violated_assertion_does_not_hold(self):
        self.refused(VIOLATED, True, r'violated: \(\(kept==0\)')

    def test_a_search_without_errors_does_not_fail(self):
        self.refused(COMPLETE, False, 'no assertion')

    def test_a_deadlock_neither_holds_nor_fails(self):
        output = VIOLATED.replace('assertion violated ((kept==0)||(slot==kept))', 'invalid end state')
        self.refused(output, True, 'an error')
        self.refused(output, False, 'no assertion')

    def test_a_search_that_was_cut_short_does_not_hold(self):
        for words in ('error: max search depth too small', 'Warning: Search not completed',
                      'pan: reached -DMEMLIM bound, out of memory'):
            self.refused(words + COMPLETE, True, 'not complete')

    def test_a_line_that_nothing_came_by_does_not_hold(self):
        output = COMPLETE.replace('"-end-"', '"hi = era"')
        self.refused(output, True, 'pin.pml:48')

    def test_a_store_buffer_without_room_neither_holds_nor_fails(self):
        output = VIOLATED.replace('((kept==0)||(slot==kept))', run.ROOM)
        self.refused(output, True, 'too small')
        self.refused(output, False, 'too small')

    def test_no_search_neither_holds_nor_fails(self):
        self.refused('', True, 'no search')
        self.refused('', False, 'no search')


class Models(unittest.TestCase):
    models = sorted(set(HERE.glob('*.pml')) - {HERE / 'tso.pml'})

    def test_each_has_a_variant_that_holds_and_one_that_fails(self):
        for model in self.models:
            self.assertEqual({holds for holds, _, _ in run.variants(model)}, {True, False}, model.name)

    def test_the_first_variant_of_each_is_the_model_as_it_is(self):
        for model in self.models:
            self.assertEqual(run.variants(model)[0][:2], (True, []), model.name)

    def test_what_a_model_asks_for_is_a_variant_and_no_other_is(self):
        for model in self.models:
            listed = {name for _, defined, _ in run.variants(model) for name in defined}
            asked = set(re.findall(r'^#(?:ifn?def|(?:el)?if) .*$', model.read_text(encoding='utf-8'), re.M))
            asked = {name for line in asked for name in re.findall(r'\b[A-Z][A-Z_]+\b', line)}
            self.assertEqual(asked, listed, model.name)

    def test_no_two_cases_have_one_name(self):
        names = [sentence for model in self.models for _, _, sentence in run.variants(model)]
        self.assertEqual(len(names), len(set(names)))

    def test_each_is_run(self):
        listed = re.search(r'foreach name : \[(.*)\]', (HERE / 'meson.build').read_text(encoding='utf-8')).group(1)
        self.assertEqual(re.findall(r"'(\w+)'", listed), [model.stem for model in self.models])


if __name__ == '__main__':
    taprunner.main()
