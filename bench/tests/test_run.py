# SPDX-License-Identifier: MIT OR Apache-2.0
"""The command that runs all subjects, with programs that only pretend."""
import importlib.util
import json
import os
import pathlib
import signal
import stat
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
TOOL = pathlib.Path(__file__).resolve().parents[2] / 'tools' / 'bench.py'
spec = importlib.util.spec_from_file_location('bench', TOOL)
bench = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bench)

# A program of two cases: it says what it was asked, and breaks or waits when that is wanted.
PROGRAM = r'''#!{python}
import json, os, sys, time
subject = os.path.basename(sys.argv[0])[len('bench-'):]
plan = {{'vm': (('one', 2), ('two', 6)), 'vec': (('grow/1e6', 2),)}}.get(subject, ())
if '--plan' in sys.argv:
    print(''.join(f'{{case}} {{seconds:.3f}}\n' for case, seconds in plan), end='')
    sys.exit()
print(json.dumps({{'type': 'environment', 'schema': 1, 'subject': subject, 'asked': sys.argv[1:]}}))
for at, (case, _) in enumerate(plan):
    print(f'{{subject}} {{case}} ({{at + 1}} of {{len(plan)}}, about 9 s left)', file=sys.stderr, flush=True)
    print('*** something loud', file=sys.stderr, flush=True)
    variants = [{{'name': 'a', 'absent': 'not installed'}}, {{'name': 'b', 'absent': 'left out, to save time'}},
                {{'name': 'c', 'doubt': 'its threads waited'}}]
    if os.environ.get('BREAKS') == case:
        variants += [{{'name': 'd', 'failed': 'broke'}}]
    print(json.dumps({{'type': 'case', 'subject': subject, 'case': case, 'variants': variants}}), flush=True)
    if os.environ.get('WAITS') == case:
        time.sleep(100)
sys.exit(os.environ.get('BREAKS') in [case for case, _ in plan])
'''


def pretend(directory):
    """A build directory with programs, and a report that is seen to be called."""
    (directory / 'bench').mkdir()
    for subject in bench.SUBJECTS:
        path = directory / 'bench' / ('bench-' + subject)
        path.write_text(PROGRAM.format(python=sys.executable))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return directory


def run(directory, *options, **environment):
    return subprocess.Popen(
        [sys.executable, str(TOOL), str(directory), *options, '-o', str(directory / 'out')],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment})


def lines_of(directory):
    files = list((directory / 'out').glob('*.jsonl'))
    assert len(files) == 1, files
    return files[0], [json.loads(line) for line in files[0].read_text().splitlines()]


def all_subjects_run_and_are_kept(directory):
    _, err = run(directory, 'quick', '--budget', '100', '--peer', 'x=y z', '--seed', '7').communicate()
    path, lines = lines_of(directory)
    assert path.name.endswith('-quick.jsonl') and str(path) in err
    assert [line.get('case', line['subject']) for line in lines] == [
        'vm', 'one', 'two', 'vec', 'grow/1e6']
    asked = lines[0]['asked']
    assert asked[:-1] == ['--quick', '--seed', '7', '--peer', 'x=y z', '--budget'], asked
    assert 70 <= int(asked[-1]) <= 80  # its part of the hundred, by the plan: 8 of 10
    assert 90 <= int(lines[3]['asked'][-1]) <= 100  # all that is left
    assert '[1/3] vm one, about 1' in err and '[3/3] vec grow/1e6, about' in err, err
    assert err.count('*** something loud') == 3
    assert 'absent: a: not installed' in err and 'absent: b' not in err
    assert '3 variants of several threads are not to be believed' in err


def the_choice_is_passed_on(directory):
    run(directory, 'full', '--subject', 'vec', '--filter', 'a', '--filter', 'b').communicate()
    path, lines = lines_of(directory)
    assert path.name.endswith('-full.jsonl')
    assert lines[0]['subject'] == 'vec' and len(lines) == 2
    assert lines[0]['asked'][:4] == ['--filter', 'a', '--filter', 'b']


def what_breaks_is_said(directory):
    child = run(directory, BREAKS='two')
    _, err = child.communicate()
    assert child.returncode == 1
    assert 'FAILED: vm two: d: broke' in err
    assert lines_of(directory)[1][-1]['case'] == 'grow/1e6'  # the others go on


def nothing_to_do_is_an_error(directory):
    child = run(directory, '--subject', 'cvec')
    _, err = child.communicate()
    assert child.returncode == 1 and 'no such case' in err and not (directory / 'out').exists()


def an_interrupted_run_leaves_its_lines(directory):
    child = run(directory, WAITS='one')
    until = time.monotonic() + 20
    while time.monotonic() < until and not list(directory.glob('out/*.jsonl')) or (
            len(lines_of(directory)[1]) < 2):
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=20)
    assert child.returncode != 0 and 'interrupted; what was measured is in' in err, err
    assert 'Traceback' not in err, err
    assert [line.get('case') for line in lines_of(directory)[1]] == [None, 'one']


def time_left_is_that_of_the_machine(_directory):
    now = [0]
    plan = bench.Plan({('vm', 'one'): 10, ('vm', 'two'): 10, ('vec', 'grow'): 20},
                      clock=lambda: now[0])
    assert plan.begin('vm', 'one') == '[1/3] vm one, about 40 s left'
    assert plan.budget('vm', 100) == 50
    now[0] = 40  # four times as long as planned, for the first ten seconds of it
    assert plan.begin('vm', 'two') == '[2/3] vm two, about 90 s left'
    assert plan.budget('vec', 100) == 40
    assert plan.begin('vec', 'grow') == '[3/3] vec grow, about 36 s left'
    assert plan.budget('vec', 10) == 1  # over already: as short as can be


def main():
    for check in (all_subjects_run_and_are_kept, the_choice_is_passed_on, what_breaks_is_said,
                  nothing_to_do_is_an_error, an_interrupted_run_leaves_its_lines,
                  time_left_is_that_of_the_machine):
        print(check.__name__, file=sys.stderr)
        with tempfile.TemporaryDirectory() as name:
            check(pretend(pathlib.Path(name)))


if __name__ == '__main__':
    main()
