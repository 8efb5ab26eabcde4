#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Run the benchmarks of a build, all subjects one after the other, in the time there is.

The lines go to a file of their own, as they come; then they are shown as a table, and
made into a page. bench/README.md says what they mean.
"""
import argparse
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

SUBJECTS = ('vm', 'vec', 'cvec', 'slotmap')
BUDGETS = {'quick': 105, 'full': 1700}  # seconds: two minutes and thirty, less what begins and ends
REPORT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'bench', 'report')
BEGINS = re.compile(r'(\S+) (\S+) \(\d+ of \d+, about \d+ s left\)')  # a program's own progress


def say(text):
    print(text, file=sys.stderr, flush=True)


def spoken(seconds):
    return f'{seconds:.0f} s' if seconds < 100 else f'{seconds / 60:.0f} min'


class Plan:
    """What is to be done, how long that takes about, and how far it has come."""

    def __init__(self, cases, clock=time.monotonic):
        self.cases = cases  # {(subject, case): seconds}
        self.ended = []
        self.clock = clock
        self.began = clock()

    def slowness(self):
        """How much longer it takes than planned; with some seconds as planned, as the first are few."""
        past = sum(self.cases[case] for case in self.ended)
        return (self.clock() - self.began + 5) / (past + 5)

    def seconds_left(self, subject=None):
        """By the plan; of one subject, or all."""
        return sum(seconds for case, seconds in self.cases.items()
                   if case not in self.ended and subject in (None, case[0]))

    def begin(self, subject, case):
        """All before this one has ended: what to say of it."""
        all_cases = list(self.cases)
        at = all_cases.index((subject, case))
        self.ended = all_cases[:at]
        left = self.seconds_left() * self.slowness()
        return f'[{at + 1}/{len(all_cases)}] {subject} {case}, about {spoken(left)} left'

    def budget(self, subject, whole):
        """The part of the whole budget that a subject may use: by what is left of both."""
        left = whole - (self.clock() - self.began)
        return max(1, int(left * self.seconds_left(subject) / max(self.seconds_left(), 1e-9)))


def program(build, subject):
    return os.path.join(build, 'bench', 'bench-' + subject)


def plan_of(build, subjects, options):
    cases = {}
    for subject in subjects:
        done = subprocess.run([program(build, subject), '--plan', *options], check=True,
                              stdout=subprocess.PIPE, text=True)
        for line in done.stdout.splitlines():
            name, seconds = line.split()
            cases[subject, name] = float(seconds)
    return cases


def listen(stream, plan):
    """A program's stderr: its progress becomes that of the whole, the rest is passed on."""
    for line in stream:
        begins = BEGINS.fullmatch(line.rstrip('\n'))
        if begins and begins.groups() in plan.cases:
            say(plan.begin(*begins.groups()))
        else:
            say(line.rstrip('\n'))


def run(build, subject, options, plan, file):
    """Returns the exit status."""
    with subprocess.Popen([program(build, subject), *options], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors='replace') as child:
        ear = threading.Thread(target=listen, args=(child.stderr, plan))
        ear.start()
        try:
            for line in child.stdout:
                file.write(line)
                file.flush()
        except KeyboardInterrupt:
            child.terminate()
            raise
        finally:
            ear.join()
    return child.returncode


def summary(path):
    """What nobody should overlook: a list of lines."""
    absent, failed, doubtful = {}, [], 0
    with open(path, encoding='ascii') as file:
        for line in map(json.loads, file):
            for variant in line.get('variants', []):
                if 'absent' in variant and not variant['absent'].startswith(('left out', 'has no')):
                    absent.setdefault(variant['absent'], set()).add(variant['name'])
                if 'failed' in variant:
                    failed.append(f'{line["subject"]} {line["case"]}: {variant["name"]}: '
                                  f'{variant["failed"]}')
                if variant.get('doubt', '').startswith('its threads'):
                    doubtful += 1
    told = [f'absent: {", ".join(sorted(names))}: {why}' for why, names in sorted(absent.items())]
    told += [f'FAILED: {text}' for text in failed]
    if doubtful:
        told.append(f'{doubtful} variants of several threads are not to be believed, as those did not '
                    'run at once: this machine is busy')
    return told


def show(path, directory):
    """The table, and the page; false if one of them could not be made."""
    if subprocess.run([sys.executable, REPORT, 'table', path]).returncode != 0:
        return False
    page = os.path.join(directory, os.path.basename(path)[:-len('.jsonl')])
    if subprocess.run([sys.executable, REPORT, 'html', path, '-o', page]).returncode != 0:
        return False
    say(f'page:  {os.path.join(page, "index.html")}')
    return True


def parse():
    args = argparse.ArgumentParser(prog='./run bench', description=__doc__.splitlines()[0])
    args.add_argument('build', help=argparse.SUPPRESS)
    args.add_argument('mode', nargs='?', choices=('quick', 'full'), default='quick',
                      help='quick: some cases, in two minutes; full: all, in half an hour')
    args.add_argument('--subject', action='append', choices=SUBJECTS, metavar='NAME',
                      help=f'only this one of {", ".join(SUBJECTS)}; several: or')
    args.add_argument('--filter', action='append', default=[], metavar='SUBSTR',
                      help='only the cases whose name holds it; several: or')
    args.add_argument('--budget', type=int, metavar='SECONDS', help='another one than that of the mode')
    args.add_argument('--repeats', metavar='N', help='batches of each variant')
    args.add_argument('--seed', metavar='N', help='of the order of the variants')
    args.add_argument('--peer', action='append', default=[], metavar='NAME=COMMAND',
                      help='a peer in another process; see bench/README.md')
    args.add_argument('--peer-timeout', metavar='SECONDS', help='of a batch of such a peer')
    args.add_argument('-o', '--output', metavar='DIRECTORY', default='build/bench-results',
                      help='where the lines and the page go (default: %(default)s)')
    return args.parse_args()


def options_of(args):
    options = ['--quick'] if args.mode == 'quick' else []
    for name in ('repeats', 'seed', 'peer_timeout'):
        if getattr(args, name):
            options += ['--' + name.replace('_', '-'), getattr(args, name)]
    for name in ('filter', 'peer'):
        for value in getattr(args, name):
            options += ['--' + name, value]
    return options


def main():
    args = parse()
    options = options_of(args)
    budget = args.budget or BUDGETS[args.mode]
    subjects = [name for name in SUBJECTS if name in (args.subject or SUBJECTS)]
    plan = Plan(plan_of(args.build, subjects, options))
    if not plan.cases:
        sys.exit('bench: no such case')
    os.makedirs(args.output, exist_ok=True)
    path = os.path.join(args.output, time.strftime('%Y-%m-%dT%H-%M-%SZ-', time.gmtime()) +
                        args.mode + '.jsonl')
    say(f'{len(plan.cases)} cases in {spoken(budget)} at most; lines go to {path}')
    status = 0
    try:
        with open(path, 'w', encoding='ascii') as file:
            for subject in subjects:
                if any(case[0] == subject for case in plan.cases):
                    limit = ['--budget', str(plan.budget(subject, budget))]
                    status |= run(args.build, subject, options + limit, plan, file) != 0
                    plan.ended = [case for case in plan.cases
                                  if subjects.index(case[0]) <= subjects.index(subject)]
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.exit(f'bench: interrupted; what was measured is in {path}')
    took = plan.clock() - plan.began
    status |= not show(path, args.output)
    for text in summary(path):
        say(text)
    say(f'lines: {path}')
    say(f'{len(plan.cases)} cases in {spoken(took)}')
    if took > budget:
        say(f'That is more than the {spoken(budget)} there were: this machine is slow, or busy.')
    return status


if __name__ == '__main__':
    sys.exit(main())
