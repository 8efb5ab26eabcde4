# SPDX-License-Identifier: MIT OR Apache-2.0
"""Reading lines: what is as the schema says, what is not, and what makes no sense."""
import copy
import unittest

import reporting  # finds the others
import check
import lines
import schema
import taprunner


def measured(line):
    return line['variants'][0]


# (what to break in a line, where the problem is said to be)
BROKEN = (
    (lambda env, case: env.pop('compiler'), 'no compiler'),
    (lambda env, case: env.update(schema=2), 'schema'),
    (lambda env, case: env.update(quick='yes'), 'quick'),
    (lambda env, case: env.update(repeats=True), 'repeats'),
    (lambda env, case: env.update(repeats=0), 'repeats'),
    (lambda env, case: case.update(type='thing'), 'type'),
    (lambda env, case: case.pop('baseline'), 'no baseline'),
    (lambda env, case: case.update(unit='s'), 'unit'),
    (lambda env, case: case.update(sise=1), 'sise'),
    (lambda env, case: case.update(size=1.5), 'size'),
    (lambda env, case: case.update(case='two words'), 'case'),
    (lambda env, case: case.update(variants=[]), 'variants'),
    (lambda env, case: measured(case).pop('median'), 'variants[0]: no median'),
    (lambda env, case: measured(case).update(absent='why'), 'variants[0]'),
    (lambda env, case: measured(case).update(median='fast'), 'variants[0].median'),
    (lambda env, case: measured(case).update(median=-1), 'variants[0].median'),
    (lambda env, case: measured(case).update(samples=[]), 'variants[0].samples'),
    (lambda env, case: measured(case).update(interval=[1, 2, 3]), 'variants[0].interval'),
    (lambda env, case: measured(case).update(metrics={'faults': 'many'}), 'metrics.faults'),
    (lambda env, case: measured(case).update(series={'resident': {'x': 'ms', 'unit': 'bytes',
                                                                  'points': [[1]]}}), 'points[0]'),
    (lambda env, case: measured(case).update(series={'resident': {'x': 'days', 'unit': 'bytes',
                                                                  'points': [[1, 2]]}}), 'resident.x'),
    (lambda env, case: case['targets'][0].update(met='yes'), 'targets[0].met'),
    (lambda env, case: case['targets'][0].pop('got'), 'no got'),
    (lambda env, case: case['variants'].append({'name': 'x'}), 'variants['),
    (lambda env, case: case['variants'].append({'name': 'x', 'absent': ''}), 'variants['),
)

SENSELESS = (
    (lambda case: measured(case).update(q1=1e9), 'not in order'),
    (lambda case: measured(case).update(interval=[0, 1e9]), 'interval'),
    (lambda case: measured(case)['samples'].append(measured(case)['median']), 'samples of 7 rounds'),
    (lambda case: measured(case)['samples'].pop(), 'not as many samples'),
    (lambda case: measured(case).update(min=0), 'min is'),
    (lambda case: case.update(baseline='nobody'), 'no baseline'),
    (lambda case: case['variants'].append(case['variants'][0]), 'of one name'),
    (lambda case: case['targets'][0].update(against='nobody'), 'no variant nobody'),
    (lambda case: case['targets'][0].update(got=None), 'got and met'),
    (lambda case: case['targets'][0].pop('at_most'), 'no bound'),
    (lambda case: case.update(threads=2), 'nothing shows that its threads ran at once'),
    (lambda case: [v.update(name='x' + v['name']) for v in case['variants']], 'is ours'),
    (lambda case: measured(case).update(series={'resident': {
        'x': 'ms', 'unit': 'bytes', 'points': [[2, 0], [1, 0]]}}), 'time goes back'),
)


class Lines(unittest.TestCase):
    def problems(self, *found):
        rules = schema.of_lines()
        return [problem for line in found for problem in rules.problems(line)]

    def test_good_lines_have_no_problem(self):
        self.assertEqual(self.problems(*reporting.fixed()), [])
        self.assertEqual(check.problems(lines.Results(reporting.fixed())), [])

    def test_what_is_broken_is_found_and_named(self):
        for number, (spoil, place) in enumerate(BROKEN):
            env, case = copy.deepcopy(reporting.fixed()[:2])
            spoil(env, case)
            found = self.problems(env, case)
            self.assertTrue(found, f'number {number}: {place}')
            self.assertIn(place, found[0])

    def test_what_makes_no_sense_is_found_and_named(self):
        for number, (spoil, words) in enumerate(SENSELESS):
            env, case = copy.deepcopy(reporting.fixed()[:2])
            spoil(case)
            self.assertEqual(self.problems(env, case), [], f'number {number}: {words}')
            found = check.problems(lines.Results([env, case]))
            self.assertTrue(any(words in problem for problem in found), (words, found))

    def test_the_schema_is_known_to_the_last_word(self):
        with self.assertRaises(NotImplementedError):
            schema.Schema({'prefixItems': []}).problems([])

    def test_true_is_no_number_and_1_not_true(self):
        self.assertTrue(schema.Schema({'type': 'number'}).problems(True))
        self.assertTrue(schema.Schema({'const': 1}).problems(True))
        self.assertFalse(schema.Schema({'type': 'integer'}).problems(3.0))

    def test_useless_input_is_said_to_be_so(self):
        env, case = ('{"type": "environment"}', '{"type": "case"}')
        whole = reporting.FIXED.read_text(encoding='utf-8').splitlines()
        for text in ('', '\n', 'no json', '[]', '3', env, case, whole[1], whole[0] + '\nNaN',
                     whole[0].replace('"load": 0.1', '"load": NaN')):
            for command in ('table', 'check', 'html'):
                more = ['-o', '/nowhere/at/all'] if command == 'html' else []
                status, output, errors = reporting.run(command, *more, text=text)
                self.assertEqual((status, output), (2, ''), (command, text[:50]))
                self.assertTrue(errors.startswith(f'report {command}: '), errors)

    def test_what_does_not_exist(self):
        self.assertEqual(reporting.run('table', '/nowhere/at/all')[0], 2)
        self.assertEqual(reporting.run('no-such-command')[0], 2)

    def test_a_run_may_come_in_parts_but_not_twice(self):
        env, first, second = reporting.fixed()[:3]
        again = {**env, 'seed': 77, 'load': 3, 'filter': ['push']}
        self.assertEqual(len(lines.Results([env, first, again, second]).cases), 2)
        with self.assertRaises(lines.Useless):
            lines.Results([env, first, again, first])
        with self.assertRaises(lines.Useless):
            lines.Results([env, first, {**env, 'kernel': 'another'}, second])


if __name__ == '__main__':
    taprunner.main()
