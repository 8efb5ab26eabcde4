# SPDX-License-Identifier: MIT OR Apache-2.0
"""Run fake_bench, whose every latency is known, and compare all figures."""
import argparse
import json
import math
import subprocess
import sys

import check_lines


def case(lines, name):
    return next(line for line in lines if line.get('case') == name)


def variant(line, name):
    return next(v for v in line['variants'] if v['name'] == name)


def close(got, expected):
    assert math.isclose(got, expected, rel_tol=1e-5), f'{got} is not {expected}'


def known_latencies(program, report):
    status, text = check_lines.run(program, '--filter', 'known', '--repeats', '12', '--seed', '5')
    assert status == 0
    lines = check_lines.check_all(report, text, ['known/3B', 'known/1KiB', 'known/5MiB'])
    for name, ns in {'base': 250, 'fast': 100, 'slow': 1e9, 'rounds': 15}.items():
        v = variant(case(lines, 'known/1KiB'), name)
        for stat in ('min', 'q1', 'median', 'q3', 'max'):
            close(v[stat], ns)  # to the digit: the clock's own 7 ns are taken off
        close(v['level'], 0.961425781)
    assert variant(case(lines, 'known/1KiB'), 'base')['metrics'] == {'size': 1024}
    # a batch dwarfs the clock, and what is slow is not repeated for nothing
    assert variant(case(lines, 'known/3B'), 'fast')['ops'] >= 50000
    assert variant(case(lines, 'known/3B'), 'slow')['ops'] == 1
    assert variant(case(lines, 'known/3B'), 'rounds')['ops'] % 100 == 0


def environment_is_escaped(program, _report):
    _, text = check_lines.run(program, '--filter', 'no such case', '--seed', '5')
    lines = check_lines.parse(text)
    assert len(lines) == 1
    assert lines[0]['kernel'] == 'a "quoted\\name"\n\tof \u00e9'
    assert lines[0]['cpu'] is None
    assert lines[0]['load'] == -1.5e-7
    assert lines[0]['memory'] == 2**64 - 1
    assert lines[0]['timer_ns'] == 7
    assert lines[0]['seed'] == 5
    loads = 'b_sanitize=none' in lines[0]['build']  # a sanitizer is the allocator itself
    assert lines[0]['libraries'] == {'here': '1.2 "here"', 'nowhere': None,
                                     'elsewhere': 'SLOW=400' if loads else None}


def absent_is_said_with_its_reason(program, _report):
    _, text = check_lines.run(program, '--filter', 'known/3B')
    peer = variant(check_lines.parse(text)[1], 'peer "x"')
    assert peer == {'name': 'peer "x"', 'absent': 'not installed: "x"'}


def targets_are_judged(program, _report):
    _, text = check_lines.run(program, '--filter', 'known')
    lines = check_lines.parse(text)
    judged = [t['met'] for t in case(lines, 'known/1KiB')['targets']]
    assert judged == [True, False, True, None, None, True, False], judged
    close(case(lines, 'known/1KiB')['targets'][0]['got'], 0.4)
    assert len(case(lines, 'known/3B')['targets']) == 6  # one is about larger sizes


def warm_up_is_not_counted(program, _report):
    status, text = check_lines.run(program, '--filter', 'drift', '--repeats', '10')
    assert status == 0
    v = variant(check_lines.parse(text)[1], 'drifting')
    assert sorted(v['samples']) == list(range(1, 11)), v['samples']
    close(v['median'], 5.5)
    close(v['q1'], 3.25)
    close(v['metrics']['batch'], 5.5)
    assert v['interval'] == [2, 9] and v['samples'] == list(range(1, 11))


def ratios_are_of_one_round(program, report):
    _, text = check_lines.run(program, '--filter', 'noise', '--repeats', '5')
    line = check_lines.parse(text)[1]
    close(variant(line, 'base')['median'], 2500)  # so the ratio of the medians misleads
    close(variant(line, 'fast')['median'], 100)
    close(line['targets'][0]['got'], 0.4)
    assert '0.400' in render(report, text), render(report, text)


def failure_is_loud(program, report):
    status, text = check_lines.run(program, '--filter', 'broken')
    assert status == 1
    line = check_lines.parse(text)[1]
    assert variant(line, 'early') == {'name': 'early', 'failed': 'thing: broke at once'}
    assert variant(line, 'late')['failed'] == 'thing: broke late'
    assert variant(line, 'idle')['failed'] == 'idle: the batch timed nothing'
    close(variant(line, 'good')['median'], 100)  # the others go on
    assert '100' in render(report, text) and 'broke late' in render(report, text)


def seed_tells_everything(program, _report):
    same = [check_lines.run(program, '--seed', '9')[1] for _ in range(2)]
    assert same[0] == same[1]


def modes_leave_out_large_sizes(program, _report):
    few = ['drift', 'noise', 'once/2e1', 'once/3e3', 'broken', 'apart']
    late = ['pairs', 'crowds']
    long = ['long/2e1', 'long/3e3']
    assert check_lines.run(program, '--smoke', '--list')[1].split() == [
        'known/3B', 'known/1KiB', *few, *late, *long]
    assert check_lines.run(program, '--quick', '--list')[1].split() == ['known/3B', *few, *long]
    assert check_lines.run(program, '--list')[1].split() == [
        'known/3B', 'known/1KiB', 'known/5MiB', *few, *late, *long]
    assert check_lines.run(program, '--list', '--filter', 'on', '--filter', '5M')[1].split() == [
        'known/5MiB', 'once/2e1', 'once/3e3', *long]


def quick_repeats_ten_times(program, _report):
    _, text = check_lines.run(program, '--quick', '--filter', 'known')
    lines = check_lines.parse(text)
    assert lines[0]['mode'] == 'quick' and lines[0]['batch_ms'] == 3
    assert len(variant(lines[1], 'fast')['samples']) == 10
    assert variant(lines[1], 'fast')['ops'] >= 15000  # half of such a batch, at 100 ns


def what_is_left_out_is_said(program, _report):
    _, text = check_lines.run(program, '--filter', 'once')
    lines = check_lines.parse(text)
    left_out = {'name': 'long', 'absent': 'left out in this case, to save time'}
    close(variant(lines[1], 'long')['median'], 250)
    assert variant(lines[2], 'long') == left_out
    _, text = check_lines.run(program, '--quick', '--filter', 'long/2e1')
    assert variant(check_lines.parse(text)[1], 'long') == left_out


def plan_adds_up(program, _report):
    _, text = check_lines.run(program, '--plan', '--filter', 'long', '--repeats', '17')
    plan = {name: float(seconds) for name, seconds in map(str.split, text.splitlines())}
    # two variants, 17 batches and three more, each of 12 ms and 333333 ns a thing
    assert abs(plan['long/2e1'] - 2 * 20 * (0.012 + 20 * 333333e-9)) < 1e-3, plan
    assert abs(plan['long/3e3'] - 2 * 20 * (0.012 + 3000 * 333333e-9)) < 1e-3, plan


def time_that_is_short_is_shared(program, _report):
    """The clock of this one: some milliseconds a batch, whatever the plan says."""
    def samples(*options):
        _, text = check_lines.run(program, '--filter', 'long', *options)
        lines = check_lines.parse(text)
        return [(len(variant(line, 'short')['samples']), variant(line, 'short')['ops'])
                for line in lines[1:]]
    plenty = samples()
    assert [n for n, _ in plenty] == [15, 15], plenty
    assert samples('--budget', '1000') == plenty
    some = samples('--budget', '30')
    assert 10 <= some[0][0] < 15 and some[0][1] == plenty[0][1], some
    little = samples('--budget', '4')
    assert little[0][0] == 10 and little[0][1] < plenty[0][1], little  # never less than ten
    told = samples('--budget', '4', '--repeats', '12')
    assert told[0][0] == 12, told


def threads_that_took_turns_are_not_believed(program, report):
    done = subprocess.run(check_lines.wrapped(program) + ['--filter', 'pairs', '--filter', 'crowds'],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lines = check_lines.check_all(report, done.stdout.decode(), ['pairs', 'crowds'])
    assert 'doubt' not in variant(lines[1], 'good') and 'doubt' not in variant(lines[1], 'alone')
    assert 'together in only 50 %' in variant(lines[1], 'one by one')['doubt']
    assert 'waited for a processor in 40 %' in variant(lines[1], 'starved')['doubt']
    assert 'only 1.20 processors' in variant(lines[1], 'lame')['doubt']
    assert variant(lines[2], 'good')['doubt'] == 'there are more threads than processors'
    loud = [line for line in done.stderr.decode().splitlines() if line.startswith('***')]
    assert loud == ['*** fake pairs: do not believe "one by one", "starved", "lame": '
                    'its threads had only 1.20 processors'], loud


def failures_are_loud(program, _report):
    done = subprocess.run(check_lines.wrapped(program) + ['--filter', 'broken'],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert '*** fake broken: early FAILED: thing: broke at once' in done.stderr.decode()


def other_processes_are_believed(program, _report):
    status, text = check_lines.run(program, '--filter', 'apart', '--repeats', '6')
    assert status == 1  # one of them died
    lines = check_lines.parse(text)
    assert lines[0]['apart'] is True
    close(variant(lines[1], 'there')['median'], 50)  # less the clock's, there too
    close(variant(lines[1], 'told')['median'], 400)
    assert variant(lines[1], 'there')['metrics'] == {'size': 0}
    assert variant(lines[1], 'dies') == {'name': 'dies',
                                         'failed': 'its process: was killed by signal 9'}
    assert variant(lines[1], 'hangs') == {'name': 'hangs',
                                          'failed': 'its process: did not end in its time'}
    assert variant(lines[1], 'missing') == {'name': 'missing', 'absent': 'no such thing'}


def probes_are_looked_at_and_not_timed(program, _report):
    _, text = check_lines.run(program, '--filter', 'apart', '--repeats', '1')
    there = variant(check_lines.parse(text)[1], 'there')
    assert there['metrics'] == {'size': 0}  # a probe has others
    assert there['process'] == {'minor_faults': 1, 'system_calls': 2,  # an operation
                                'mappings': -3, 'peak_rss': 4096}, there['process']
    assert there['series'] == {'rss': {'x': 'elements', 'unit': 'bytes',
                                       'points': [[0, 1], [there['ops'], 2.5]]}}


PEERS = {  # and what comes of them
    '100': None,
    '{"ops": 4, "ns": 10, "starts": 0, "unheard of": [1, {"x": null}]}\n': None,
    '{"ops": 4}\n{"ns": 10, "process": {"peak_rss": 5}}': None,
    '{"absent": "not today"}': {'absent': 'not today'},
    '{"absent": ""}': {'absent': 'no reason given'},
    '{"failed": "gave up"}': {'failed': 'gave up'},
    'hangs': {'failed': 'its process: did not end in its time'},
    'fails': {'failed': 'its process: ended with 3'},
    'is not there': {'absent': 'its command cannot be run'},
    ' \n': {'failed': 'its answer: there is none'},
    'no json': {'failed': 'its answer: an object is missing'},
    '{"ops": 4, "ns": 10': {'failed': 'its answer: a comma is missing'},
    '{"ops": "many", "ns": 10}': {'failed': 'its answer: a number is missing'},
    '{"ops": 4, "ns": -10}': {'failed': 'its answer: "ns" cannot be'},
    '{"ops": 4, "ns": 1e999}': {'failed': 'its answer: a number is too large'},
    '{"ops": 4, "ns": 10} x': {'failed': 'its answer: something follows'},
    '{"ops": 0, "ns": 10}': {'failed': 'PEER: the batch timed nothing'},
    '{"ops": 4, "ns": 0}': {'failed': 'PEER: the batch timed nothing'},
    '{"ns": 10}': {'failed': 'PEER: the batch timed nothing'},
}


def peers_elsewhere_take_part(program, report):
    for command, expected in PEERS.items():
        status, text = check_lines.run(program, '--filter', 'known/3B', '--repeats', '6',
                                       '--peer', 'PEER=' + command, '--peer-timeout', '3')
        line = check_lines.check_all(report, text, ['known/3B'])[1]
        peer = variant(line, 'PEER')
        close(variant(line, 'fast')['median'], 100)  # the others go on
        if expected is None:
            close(peer['median'], 100 if command == '100' else 2.5)
            assert len(peer['samples']) == 6 and peer['command'] == command
            assert status == 0
        else:
            assert peer == {'name': 'PEER', **expected}, (command, peer)
            assert status == ('failed' in expected)
    assert peer_metrics(program) == {'luck': 7}


def peer_metrics(program):
    _, text = check_lines.run(program, '--filter', 'known/3B', '--peer', 'a=5', '--peer', 'b=7')
    line = check_lines.parse(text)[1]
    close(variant(line, 'a')['median'], 5)
    close(variant(line, 'b')['median'], 7)
    assert variant(line, 'a')['ops'] >= 1000000  # its batches are as long as others
    return variant(line, 'b')['metrics']


def peers_are_told_what_is_wanted(program, _report):
    _, text = check_lines.run(program, '--filter', 'once/2e1', '--peer', 'PEER=asks')
    assert variant(check_lines.parse(text)[1], 'PEER')['failed'] == 'no reason given'


def slow_ones_have_ten_rounds(program, _report):
    _, text = check_lines.run(program, '--filter', 'once/2e1')
    assert len(variant(check_lines.parse(text)[1], 'short')['samples']) == 10


def what_is_done_once_is_not_repeated(program, report):
    status, text = check_lines.run(program, '--filter', 'once', '--repeats', '9')
    assert status == 0
    lines = check_lines.check_all(report, text, ['once/2e1', 'once/3e3'])
    assert variant(lines[1], 'short')['ops'] == 1
    assert len(variant(lines[1], 'short')['samples']) == 9
    assert variant(lines[2], 'short')['metrics'] == {'size': 3000}


def wrong_options_are_refused(program, _report):
    for options in (['--repeats'], ['--repeats', '0'], ['--repeats', '1001'], ['--repeats', '5x'],
                    ['--seed', '-1'], ['--seed', '4294967296'], ['--filter'], ['--fast'],
                    ['--budget', '0'], ['--peer', 'name'], ['--peer', '=command'],
                    ['--peer', 'name='], ['--peer-timeout', '0'], ['--peer', 'a=b'] * 9):
        status, text = check_lines.run(program, *options)
        assert (status, text) == (2, ''), options


def render(report, text, *options):
    return check_lines.report(report, 'table', text, *options)


def table_says_it_all(program, report):
    _, text = check_lines.run(program, '--filter', 'known/1KiB')
    for options in ([], ['--markdown']):
        out = render(report, text, *options)
        for word in ('known/1KiB', '250', '0.400', 'not installed: "x"', 'not met', 'unknown'):
            assert word in out, (word, out)
    out = render(report, text, '--baseline', 'fast')
    assert '2.50' in out, out


def table_reads_the_log_of_meson(program, report):
    _, text = check_lines.run(program, '--filter', 'known/1KiB')
    log = json.dumps({'name': 'fake', 'result': 'OK', 'stdout': text, 'stderr': 'fake known'})
    assert render(report, log + '\n') == render(report, text)


def table_refuses_what_it_cannot_read(_program, report):
    for text in ('', 'no json\n', '{"type": "case"}\n', '[]\n',
                 '{"type": "environment", "schema": 99}\n'):
        done = subprocess.run([sys.executable, report, 'table'], input=text.encode(),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert done.returncode == 2 and done.stderr, text
        assert b'Traceback' not in done.stderr, done.stderr


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('--report', required=True)
    args.add_argument('program')
    args = args.parse_args()
    for check in (known_latencies, environment_is_escaped, absent_is_said_with_its_reason,
                  targets_are_judged, warm_up_is_not_counted, ratios_are_of_one_round,
                  failure_is_loud, seed_tells_everything, modes_leave_out_large_sizes,
                  quick_repeats_ten_times, what_is_left_out_is_said, plan_adds_up,
                  time_that_is_short_is_shared, threads_that_took_turns_are_not_believed,
                  failures_are_loud, probes_are_looked_at_and_not_timed,
                  peers_elsewhere_take_part, peers_are_told_what_is_wanted,
                  other_processes_are_believed, what_is_done_once_is_not_repeated,
                  slow_ones_have_ten_rounds, wrong_options_are_refused, table_says_it_all,
                  table_reads_the_log_of_meson,
                  table_refuses_what_it_cannot_read):
        print(check.__name__, file=sys.stderr)
        check(args.program, args.report)


if __name__ == '__main__':
    main()
