# SPDX-License-Identifier: MIT OR Apache-2.0
"""Run a benchmark program in quick mode and check every line that it prints."""
import argparse
import json
import math
import os
import shlex
import subprocess
import sys

STATS = ('min', 'q1', 'median', 'q3', 'max')


def wrapped(program):
    """Meson tells what runs programs of another system; it cannot put it in itself."""
    return shlex.split(os.environ.get('MESON_EXE_WRAPPER', '')) + [program]


def run(program, *options):
    done = subprocess.run(wrapped(program) + list(options), stdout=subprocess.PIPE)
    return done.returncode, done.stdout.decode('ascii')


def refuse(constant):
    raise ValueError(constant + ' is no JSON')


def parse(text):
    return [json.loads(line, parse_constant=refuse) for line in text.splitlines()]


def check_environment(line):
    assert line['type'] == 'environment' and line['schema'] == 1, line
    for key in ('subject', 'version', 'compiler', 'build', 'kernel', 'cpu', 'repeats', 'seed'):
        assert key in line, key


def check_variant(variant, repeats):
    ways = [key for key in ('median', 'absent', 'failed') if key in variant]
    assert len(ways) == 1, f'{variant["name"]}: {ways}'
    if ways != ['median']:
        assert variant[ways[0]], 'a reason is missing'
        return
    stats = [variant[key] for key in STATS]
    low, high = variant['interval']
    assert stats == sorted(stats) and stats[0] >= 0, stats
    assert stats[0] <= low <= variant['median'] <= high <= stats[-1]
    assert 0 <= variant['level'] <= 1
    assert variant['ops'] > 0
    assert 0 < len(variant['samples']) <= repeats
    assert math.isclose(min(variant['samples']), stats[0])
    assert math.isclose(max(variant['samples']), stats[-1])
    for value in variant['metrics'].values():
        assert value is None or isinstance(value, (int, float))


def check_case(line, repeats):
    assert line['type'] == 'case' and line['unit'] == 'ns/op' and line['op'], line
    names = [variant['name'] for variant in line['variants']]
    assert len(set(names)) == len(names), names
    assert line['baseline'] in names
    for variant in line['variants']:
        check_variant(variant, repeats)
    rounds = {len(variant['samples']) for variant in line['variants'] if 'samples' in variant}
    assert len(rounds) <= 1, rounds
    for target in line['targets']:
        assert target['variant'] in names, target
        assert target['against'] is None or target['against'] in names, target
        assert 'at_most' in target or 'at_least' in target, target
        assert (target['got'] is None) == (target['met'] is None), target


def check_all(lines, listed):
    check_environment(lines[0])
    for line in lines[1:]:
        check_case(line, lines[0]['repeats'])
    assert [line['case'] for line in lines[1:]] == listed


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('--report', required=True)
    args.add_argument('program')
    args = args.parse_args()

    _, names = run(args.program, '--quick', '--list')
    status, text = run(args.program, '--quick', '--repeats', '2')
    assert status == 0, f'exit status {status}'
    lines = parse(text)
    check_all(lines, names.split())
    subprocess.run([sys.executable, args.report, 'table'], input=text.encode(), check=True)

    # What is no matter of time must hold wherever the kernel is a real one.
    if not os.environ.get('MESON_EXE_WRAPPER'):
        for line in lines[1:]:
            for target in line['targets']:
                assert target['figure'] == 'time' or target['met'] is not False, (
                    line['case'], target)


if __name__ == '__main__':
    main()
