#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Count what each fast path executes, by callgrind, and compare with what is on record.

The program runs each path with so many operations and with twice as many, and has
callgrind dump its counters after each. The difference is that of the operations alone,
and exact: the same number every time. bench/README.md says what the columns mean.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# Columns, and the events of callgrind that are added up in each.
COLUMNS = {
    'instructions': ('Ir',),
    'branches': ('Bc', 'Bi'),
    'loads': ('Dr',),
    'stores': ('Dw',),
    'atomics': ('Ge',),
}
# Sizes of caches are given, for it would ask the processor; what misses is not looked at.
CALLGRIND = ('-q', '--tool=callgrind', '--cache-sim=yes', '--branch-sim=yes', '--collect-bus=yes',
             '--I1=32768,8,64', '--D1=32768,8,64', '--LL=8388608,16,64')
SKIPPED = 77


class Skip(Exception):
    """Raised where nothing can be counted, or there is nothing to compare with."""


def tolerance(recorded):
    """A tenth of an instruction, or a thousandth part of so many that it is more."""
    return max(0.1, recorded / 1000)


def totals(text):
    """(path, operations, {event: count}) of one dump; None for that of the program's end."""
    label = re.search(r'^desc: Trigger: Client Request: (.*) (\d+)$', text, re.M)
    if not label:
        return None
    events = re.search(r'^events: (.*)$', text, re.M).group(1).split()
    # Not the line "totals": it has what the dynamic linker did, too. Zeros at the end are left out.
    numbers = [int(word) for word in re.search(r'^summary: (.*)$', text, re.M).group(1).split()]
    numbers += [0] * (len(events) - len(numbers))
    return label.group(1), int(label.group(2)), dict(zip(events, numbers))


def per_operation(runs):
    """{column: count} of one operation, of the counts by number of operations."""
    few, many = sorted(runs)
    return {column: sum(runs[many].get(event, 0) - runs[few].get(event, 0) for event in events) /
            (many - few) for column, events in COLUMNS.items()}


def measure(program):
    """{path: {column: count}}, in the order of the program."""
    valgrind = shutil.which('valgrind')
    if not valgrind:
        raise Skip('needs valgrind')
    with tempfile.TemporaryDirectory() as scratch:
        out = pathlib.Path(scratch) / 'out'
        done = subprocess.run(
            [valgrind, *CALLGRIND, f'--callgrind-out-file={out}', program], check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env={**os.environ, 'LD_BIND_NOW': '1'})
        if done.returncode == SKIPPED:
            raise Skip(done.stderr.strip().splitlines()[-1])
        if done.returncode:
            sys.exit(f'counts: {program}: exit status {done.returncode}\n{done.stderr}')
        runs = {}
        for dump in sorted(pathlib.Path(scratch).iterdir(), key=lambda path: int(path.suffix[1:] or 0)):
            found = totals(dump.read_text(encoding='utf-8'))
            if found:
                runs.setdefault(found[0], {})[found[1]] = found[2]
    return {path: per_operation(of_path) for path, of_path in runs.items()}


# --- the record -------------------------------------------------------------------

HEAD = '''# What one operation of each fast path executes, as callgrind counts it. What the columns
# mean, and what to do when a number has changed: bench/README.md, "Instruction counts".
# Written by "./run counts record".
'''


def layout(counts, made_by):
    text = HEAD + f'# made by: {made_by}\n#\n#{"":33}' + ' '.join(f'{name:>12}' for name in COLUMNS) + '\n'
    for path, found in counts.items():
        text += f'{path:34}' + ' '.join(f'{found[name]:12.3f}' for name in COLUMNS) + '\n'
    return text


def read(file):
    """({path: {column: count}}, who made it)"""
    counts, made_by = {}, ''
    for line in file.read_text(encoding='utf-8').splitlines():
        if line.startswith('# made by: '):
            made_by = line.split(': ', 1)[1]
        elif line and not line.startswith('#'):
            path, *numbers = line.rsplit(None, len(COLUMNS))
            counts[path] = dict(zip(COLUMNS, map(float, numbers)))
    return counts, made_by


def record_of(folder, made_by):
    """The file with the counts of this compiler: of "gcc 12.2.0, x86_64, ..." gcc-12-x86_64.txt"""
    compiler, version, cpu = re.match(r'(\S+) ([^.,]+)\S* (\w+)', made_by).groups()
    return folder / f'{compiler}-{version}-{cpu}.txt'


# --- comparing --------------------------------------------------------------------

def differences(now, recorded):
    """What of one path is not as it was; nothing, if all is."""
    if recorded is None:
        return 'not on record'
    if now is None:
        return 'on record, and gone'
    changed = [name for name in COLUMNS if abs(now[name] - recorded[name]) > tolerance(recorded[name])]
    verdict = 'different'
    if any(now[name] > recorded[name] for name in changed):
        verdict = 'more'
    if changed and all(now[name] < recorded[name] for name in changed):
        verdict = 'less'
    return changed and verdict + ': ' + ', '.join(
        f'{name} {recorded[name]:.2f} -> {now[name]:.2f}' for name in changed)


def compare(counts, recorded):
    """[(path, what is different)], in the order of the program, what is gone at the end."""
    paths = list(counts) + [path for path in recorded if path not in counts]
    return [(path, differences(counts.get(path), recorded.get(path))) for path in paths]


def report(counts, recorded, tap):
    results = compare(counts, recorded)
    wrong = [path for path, what in results if what]
    if tap:
        print(f'1..{len(results)}')
    for number, (path, what) in enumerate(results, 1):
        if tap:
            print('not ok' if what else 'ok', number, '-', path)
        else:
            print(f'{path:34}{counts.get(path, {}).get("instructions", 0):10.2f}', what or '')
        if what and tap:
            print(f'{path}: {what}', file=sys.stderr)
    if wrong:
        print('\nFast paths do not execute what is on record. More: what makes them slower? Less: well '
              'done.\nIf it is meant to be so: ./run counts record, and say why in the commit.',
              file=sys.stderr)
    return 1 if wrong else 0


def count(args):
    if args.unfit:
        raise Skip(args.unfit)
    file = record_of(args.folder, args.made_by)
    if args.record:
        file.write_text(layout(measure(args.program), args.made_by), encoding='utf-8')
        print(f'{file}: written')
        return 0
    if not file.exists():
        raise Skip(f'no counts of {args.made_by} are on record ({file.name})')
    recorded, made_by = read(file)
    if made_by != args.made_by:
        raise Skip(f'counts are on record of {made_by}, not of {args.made_by}')
    return report(measure(args.program), recorded, args.tap)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--folder', type=pathlib.Path, required=True, help='where the records lie')
    parser.add_argument('--made-by', required=True, help='the compiler, the processor, the build')
    parser.add_argument('--unfit', help='why this build cannot be compared')
    parser.add_argument('--record', action='store_true', help='write the record anew')
    parser.add_argument('--tap', action='store_true', help='print TAP')
    parser.add_argument('program', nargs='?', help='counts-paths')
    args = parser.parse_args()
    try:
        return count(args)
    except Skip as reason:
        print(f'1..0 # SKIP {reason}' if args.tap else f'counts: skipped: {reason}')
        return 0


if __name__ == '__main__':
    sys.exit(main())
