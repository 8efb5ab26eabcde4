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


def quick_leaves_out_large_sizes(program, _report):
    assert check_lines.run(program, '--quick', '--list')[1].split() == [
        'known/3B', 'known/1KiB', 'drift', 'noise', 'once/2e1', 'once/3e3', 'broken', 'apart']
    assert 'known/5MiB' in check_lines.run(program, '--list')[1].split()


def other_processes_are_believed(program, _report):
    status, text = check_lines.run(program, '--filter', 'apart', '--repeats', '6')
    assert status == 1  # one of them died
    lines = check_lines.parse(text)
    assert lines[0]['apart'] is True
    close(variant(lines[1], 'there')['median'], 50)  # less the clock's, there too
    close(variant(lines[1], 'told')['median'], 400)
    assert variant(lines[1], 'there')['metrics'] == {'size': 0}
    assert variant(lines[1], 'dies') == {'name': 'dies', 'failed': 'its process: ended with 265'}
    assert variant(lines[1], 'missing') == {'name': 'missing', 'absent': 'no such thing'}


def what_is_done_once_is_not_repeated(program, report):
    status, text = check_lines.run(program, '--filter', 'once', '--repeats', '9')
    assert status == 0
    lines = check_lines.check_all(report, text, ['once/2e1', 'once/3e3'])
    assert variant(lines[1], 'short')['ops'] == 1
    assert len(variant(lines[1], 'short')['samples']) == 4  # most_repeats
    assert variant(lines[2], 'short')['metrics'] == {'size': 3000}


def wrong_options_are_refused(program, _report):
    for options in (['--repeats'], ['--repeats', '0'], ['--repeats', '1001'], ['--repeats', '5x'],
                    ['--seed', '-1'], ['--seed', '4294967296'], ['--filter'], ['--fast']):
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
                  failure_is_loud, seed_tells_everything, quick_leaves_out_large_sizes,
                  other_processes_are_believed, what_is_done_once_is_not_repeated,
                  wrong_options_are_refused, table_says_it_all,
                  table_reads_the_log_of_meson,
                  table_refuses_what_it_cannot_read):
        print(check.__name__, file=sys.stderr)
        check(args.program, args.report)


if __name__ == '__main__':
    main()
