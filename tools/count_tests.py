#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Count what became of every test case, after 'meson test'.

Meson's summary counts programs; this counts the cases in them. Meson's JUnit
log lists the cases of a program that speaks TAP, one by one, but does not say
that the program crashed or hung after its last case, nor that a plain program
ran into its time limit. Its JSON log says those. So both are read.

The last line printed is 'N passed, N failed', with ', N skipped' behind it if
any were. The exit status is 0 if something passed and nothing failed.
"""
import argparse
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

GOOD = {'OK', 'EXPECTEDFAIL'}


class Count:
    """The number of cases that passed, and the names of the others."""

    def __init__(self):
        self.passed = 0
        self.failures = []
        self.skipped = []

    def __str__(self):
        text = f'{self.passed} passed, {len(self.failures)} failed'
        return text + (f', {len(self.skipped)} skipped' if self.skipped else '')


def read_cases(junit):
    """{'project.program': [(case, outcome), ...]} of the programs that speak TAP."""
    found = {}
    for suite in ElementTree.parse(junit).iter('testsuite'):
        name = suite.get('name')
        if '.' not in name:
            continue  # the plain programs of a project
        found[name] = cases = []
        for case in suite.iter('testcase'):
            kinds = {child.tag for child in case}
            outcome = 'failed' if kinds & {'failure', 'error'} else \
                'skipped' if 'skipped' in kinds else 'passed'
            why = (case.findtext('system-out') or '').strip()
            label = re.sub(r'^\d+ (- )?', '', case.get('name')) + (f' ({why})' if why else '')
            cases.append((label, outcome))
    return found


def cases_of(program, found):
    """The cases of a program as the JSON log names it; None if it speaks no TAP."""
    for name, cases in found.items():
        if name.endswith('.' + program):
            return cases
    return None


def count_program(run, cases, count):
    """Add one line of the JSON log, and its cases if there are any, to the count."""
    name, result = run['name'], run['result']
    if cases is None:
        # A program that is to speak TAP and says nothing is "skipped", Meson
        # thinks. To skip, say so: exit with 77, or print the plan 1..0.
        silent = run['returncode'] == 0 and not re.search(r'^1\.\.0\b', run['stdout'] or '', re.M)
        if result in GOOD:
            count.passed += 1
        elif result == 'SKIP' and not silent:
            count.skipped.append(name)
        else:
            why = 'ran no case' if result == 'SKIP' else result.lower()
            count.failures.append(f'{name} ({why})')
        return
    before = len(count.failures)
    for case, outcome in cases:
        if outcome == 'passed':
            count.passed += 1
        elif outcome == 'skipped':
            count.skipped.append(f'{name}: {case}')
        else:
            count.failures.append(f'{name}: {case}')
    if result not in GOOD | {'SKIP'} and len(count.failures) == before:
        count.failures.append(f'{name} ({result.lower()}, exit status {run["returncode"]})')


def count_logs(logs):
    """The count of one folder meson-logs; empty when no test ran."""
    count = Count()
    junit, lines = logs / 'testlog.junit.xml', logs / 'testlog.json'
    if not junit.exists() or not lines.exists():
        return count
    found = read_cases(junit)
    for line in lines.read_text(encoding='utf-8', errors='replace').splitlines():
        run = json.loads(line)
        count_program(run, cases_of(run['name'], found), count)
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('logs', type=pathlib.Path, help="the build's folder meson-logs")
    parser.add_argument('--status', type=int, default=0, help="the exit status of 'meson test'")
    args = parser.parse_args()

    count = count_logs(args.logs)
    if args.status and not count.failures:
        count.failures.append(f'meson test (exit status {args.status})')
    if count.skipped:
        print('\nSkipped:', *count.skipped, sep='\n  ')
    if count.failures:
        print('\nFailed:', *count.failures, sep='\n  ')
        print(f'\nThe whole log: {args.logs / "testlog.txt"}')
    elif not count.passed:
        print('\nNo test ran.')
    print(f'\n{count}')
    return 0 if count.passed and not count.failures else 1


if __name__ == '__main__':
    sys.exit(main())
