# SPDX-License-Identifier: MIT OR Apache-2.0
"""Two runs: no alarm without a cause, and none missed that has one."""
import pathlib
import random
import tempfile
import unittest

import reporting  # finds the others
import compare
import taprunner

NOISE = 0.02  # of the logarithm of a time


def times(draw, ns, rounds, noise=NOISE):
    return [ns * draw.lognormvariate(0, noise) for _ in range(rounds)]


def pair(draw, rounds=10, slower=1.0, noise=NOISE):
    return compare.Pair('vec', 'x', 'vec', times(draw, 100, rounds, noise),
                        times(draw, 100 * slower, rounds, noise))


class Verdicts(unittest.TestCase):
    """Of many runs, on what tell() says."""

    def alarms(self, seeds, comparisons, **more):
        """How many of so many pairs of runs of the same thing have any difference."""
        found = 0
        for seed in range(seeds):
            draw = random.Random(seed)
            told, _, _ = compare.tell([pair(draw, **more) for _ in range(comparisons)], 0.05)
            found += any(one.beyond for one in told)
        return found

    def test_the_same_twice_raises_no_alarm(self):
        # 5 % of 200 are 10; more than 20 happen by chance once in a thousand times
        self.assertLessEqual(self.alarms(200, 40), 20)
        self.assertLessEqual(self.alarms(200, 1), 20)

    def test_nor_with_wild_and_skewed_noise(self):
        self.assertLessEqual(self.alarms(200, 20, rounds=15, noise=1), 20)

    def test_without_sharing_the_error_there_would_be_alarms(self):
        found = 0
        for seed in range(50):
            draw = random.Random(seed)
            found += any(compare.tell([pair(draw)], 0.05)[0][0].beyond for _ in range(40))
        self.assertGreater(found, 20)  # so these tests can fail

    def test_a_tenth_slower_is_found_among_many(self):
        for seed in range(50):
            draw = random.Random(seed)
            pairs = [pair(draw, slower=1.1)] + [pair(draw) for _ in range(199)]
            told, _, _ = compare.tell(pairs, 0.05)
            self.assertTrue(told[0].beyond, seed)
            self.assertEqual(compare.verdict(told[0], 0.05), 'SLOWER')
            self.assertLess(sum(one.beyond for one in told[1:]), 3)

    def test_a_tenth_faster_too(self):
        told, _, _ = compare.tell([pair(random.Random(1), slower=1 / 1.1)], 0.05)
        self.assertEqual(compare.verdict(told[0], 0.05), 'faster')

    def test_within_the_threshold_it_is_no_regression(self):
        told, _, _ = compare.tell([pair(random.Random(1), rounds=15, slower=1.08)], 0.05)
        self.assertEqual([compare.verdict(told[0], part) for part in (0.05, 0.1)],
                         ['SLOWER', 'slower'])

    def test_too_few_rounds_tell_nothing(self):
        draw = random.Random(1)
        told, mute, each = compare.tell([pair(draw, rounds=3, slower=2)], 0.05)
        self.assertEqual((told, len(mute), each), ([], 1, None))
        many = [pair(draw, rounds=5, slower=2) for _ in range(50)]
        told, mute, _ = compare.tell(many + [pair(draw, rounds=15)], 0.05)
        self.assertEqual((len(told), len(mute)), (1, 50))


class Command(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.there = pathlib.Path(self.folder.name)

    def lines(self, seed, ours=100, theirs=100, machine=1, rounds=12, **more):
        """A run of some cases in which ours and a peer take so long."""
        draw = random.Random(seed)
        found = [reporting.environment(repeats=rounds)]
        for name in ('push/1e5', 'push/1e6', 'life/1e1'):
            case = reporting.case(name, [
                reporting.variant('realloc x2', times(draw, theirs * machine, rounds)),
                reporting.variant('vec', times(draw, ours * machine, rounds))])
            found.append({**case, **more})
        return found

    def compare(self, before, after, *options):
        files = [reporting.write(self.there / name, found)
                 for name, found in (('before', before), ('after', after))]
        return reporting.run('compare', *files, *options)

    def expect(self, status, before, after, *words, options=()):
        got, output, errors = self.compare(before, after, *options)
        self.assertEqual(got, status, output + errors)
        for one in words:
            self.assertIn(one, output + errors)
        return output

    def test_same_again(self):
        output = self.expect(0, self.lines(1), self.lines(2), '6 comparisons: 0 slower, 0 faster',
                             '0 of 3 peers')
        self.assertNotIn('ANOTHER', output)

    def test_regression(self):
        output = self.expect(1, self.lines(1), self.lines(2, ours=110), 'SLOWER  vec push/1e5',
                             '3 slower by more than 5%')
        self.assertEqual(output.count('SLOWER'), 3)

    def test_regression_within_the_threshold(self):
        self.expect(0, self.lines(1), self.lines(2, ours=110), 'slower', options=['--threshold', '20%'])
        self.expect(1, self.lines(1), self.lines(2, ours=110), options=['--threshold', '0.02'])
        self.assertEqual(self.compare(self.lines(1), self.lines(2), '--threshold', 'much')[0], 2)

    def test_faster_is_no_regression(self):
        self.expect(0, self.lines(1), self.lines(2, ours=80), 'faster  vec push/1e5')

    def test_a_peer_is_no_regression_of_ours(self):
        self.expect(0, self.lines(1), self.lines(2, theirs=120), 'slower  vec push/1e5  realloc x2',
                    '3 of 3 peers', 'runs were not alike')

    def test_a_slow_machine_is_told_from_slow_code(self):
        slow = self.lines(2, machine=1.3)
        self.expect(1, self.lines(1), slow, 'runs were not alike')
        self.expect(0, self.lines(1), slow, '3 comparisons: 0 slower', options=['--relative'])
        self.expect(1, self.lines(1), self.lines(2, machine=1.3, ours=115), 'SLOWER',
                    options=['--relative'])

    def test_another_environment_is_pointed_out(self):
        after = self.lines(2)
        after[0].update(kernel='6.2', compiler='other 3', seed=99, load=7)
        after[0]['libraries']['glibc'] = '2.37'
        output = self.expect(0, self.lines(1), after, 'kernel: 6.1 before, 6.2 after', 'compiler: cc 1.2',
                             'libraries, glibc: 2.36 before, 2.37 after')
        self.assertEqual(output.count('ANOTHER ENVIRONMENT'), 3)

    def test_what_fails_now_is_a_regression(self):
        after = self.lines(2)
        after[1]['variants'][1] = {'name': 'vec', 'failed': 'push: broke'}
        self.expect(1, self.lines(1), after, 'FAILS NOW: vec push/1e5, vec: push: broke')
        after[1]['variants'][1] = {'name': 'vec', 'absent': 'gone'}
        self.expect(0, self.lines(1), after, 'not compared: vec push/1e5, vec: not after: gone')

    def test_what_only_one_has_is_said(self):
        self.expect(0, self.lines(1), self.lines(2)[:-1], 'not compared: vec life/1e1: only before')
        self.expect(2, self.lines(1), self.lines(2)[:1], 'nothing that could be told')

    def test_another_operation_is_not_compared(self):
        self.expect(2, self.lines(1), self.lines(2, op='something else'), 'another operation',
                    'nothing that could be told')

    def test_too_few_rounds(self):
        self.expect(2, self.lines(1, rounds=4), self.lines(2, rounds=4), 'too few rounds')

    def test_unusable_input(self):
        good = reporting.write(self.there / 'good', self.lines(1))
        bad = self.there / 'bad'
        bad.write_text('no json\n', encoding='utf-8')
        for files in ((good, bad), (bad, good), (good, self.there / 'missing'), (good,)):
            self.assertEqual(reporting.run('compare', *files)[0], 2, files)

    def test_metrics_and_targets_are_mentioned(self):
        before, after = self.lines(1), self.lines(2)
        target = {'variant': 'vec', 'figure': 'time', 'against': None, 'at_most': 101, 'got': 100,
                  'met': True}
        before[1]['targets'], after[1]['targets'] = [target], [{**target, 'got': 102, 'met': False}]
        before[1]['variants'][1]['metrics'] = {'faults': 100, 'peak': 50}
        after[1]['variants'][1]['metrics'] = {'faults': 120, 'peak': 51}
        output = self.expect(0, before, after, 'no longer met: push/1e5', 'faults')
        self.assertNotIn('peak', output)

    def test_of_a_subject_nobody_described_everything_counts(self):
        def of(found):
            return [{**line, 'subject': 'thing'} for line in found]
        self.expect(1, of(self.lines(1)), of(self.lines(2, theirs=120)), 'SLOWER')


if __name__ == '__main__':
    taprunner.main()
