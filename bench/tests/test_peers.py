# SPDX-License-Identifier: MIT OR Apache-2.0
"""Peers over a real process boundary: good ones, and those that do all that is wrong."""
import argparse
import math
import os
import shlex
import sys
import tempfile
import time

import check_lines

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = shlex.quote(sys.executable)
WRONG = {
    'hangs': {'failed': 'its process: did not end in its time'},
    'nests': {'failed': 'its process: did not end in its time'},
    'lingers': {'failed': 'its process: did not end in its time'},
    'leaves': {'failed': 'its process: ended with 7'},
    'dies': {'failed': 'its process: was killed by signal 9'},
    'prattles': {'failed': 'its answer: an object is missing'},
    'mumbles': {'failed': 'its answer: a number is missing'},
}


def peer(how):
    return f'{how}={PYTHON} {shlex.quote(os.path.join(HERE, "peer.py"))} {how}'


def measured(report, program, case, *peers, patience=60):
    options = ['--smoke', '--repeats', '6', '--filter', case, '--peer-timeout', str(patience)]
    for text in peers:
        options += ['--peer', text]
    status, text = check_lines.run(program, *options)
    lines = check_lines.check_all(report, text, [case])
    return status, {variant['name']: variant for variant in lines[1]['variants']}


def good_peers_are_believed(report, program, _vec):
    status, variants = measured(report, program, 'islands', peer('good'), peer('deaf'))
    assert status == 0
    for how in ('good', 'deaf'):
        assert math.isclose(variants[how]['median'], 250), variants[how]
        assert len(variants[how]['samples']) == 6
    assert variants['good']['metrics'] == {'threads': 1}
    assert variants['vbuf']['median'] > 0


def is_there(pid):
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    return True


def wrong_peers_are_named(report, program, _vec):
    start = time.monotonic()
    with tempfile.NamedTemporaryFile('r', encoding='ascii') as nested:
        os.environ['NESTED'] = nested.name
        status, variants = measured(report, program, 'islands', *map(peer, WRONG), patience=2)
        pids = nested.read().split()
    while any(map(is_there, pids)) and time.monotonic() - start < 60:
        time.sleep(0.05)  # whoever inherits them has to notice
    assert pids and not any(map(is_there, pids)), pids  # none is left behind
    assert status == 1
    for how, expected in WRONG.items():
        assert variants[how] == {'name': how, **expected}, variants[how]
    assert variants['vbuf']['median'] > 0  # the others go on
    assert time.monotonic() - start < 60  # no hundred seconds of sleep


def unknown_cases_are_absent(report, program, _vec):
    status, variants = measured(report, program, 'cycle/4KiB', peer('good'), 'gone=/no/such/program')
    assert status == 0
    assert variants['good'] == {'name': 'good', 'absent': 'knows no cycle'}
    assert variants['gone'] == {'name': 'gone', 'absent': 'its command cannot be run'}


def example_is_one(report, _program, vec):
    path = os.path.join(HERE, '..', 'peers', 'python_list.py')
    text = f'list={PYTHON} {shlex.quote(path)}'
    status, variants = measured(report, vec, 'push/1e4', text)
    assert status == 0
    assert variants['list']['median'] > 1 and variants['list']['process']['peak_rss'] > 1e6
    assert measured(report, vec, 'life/1e3', text)[1]['list']['median'] > 1
    assert 'absent' in measured(report, vec, 'swing/1e3', text)[1]['list']


def nobody_can_take_part(report, program, _vec):
    status, variants = measured(report, program, 'islands', peer('good'))
    assert status == 0
    assert variants['good']['absent'] == 'no peers in other processes here'


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('--report', required=True)
    args.add_argument('program')
    args.add_argument('vec')
    args = args.parse_args()
    _, text = check_lines.run(args.program, '--filter', 'no such case')
    checks = [good_peers_are_believed, wrong_peers_are_named, unknown_cases_are_absent,
              example_is_one]
    if check_lines.parse(text)[0]['system'].startswith('Windows'):
        checks = [nobody_can_take_part]
    for check in checks:
        print(check.__name__, file=sys.stderr)
        check(args.report, args.program, args.vec)


if __name__ == '__main__':
    main()
