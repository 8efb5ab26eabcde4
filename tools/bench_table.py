#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Turn the JSON lines of the benchmarks into tables for people, one a case.

Reads the files named, or standard input: what the programs print, or the
JSON log of Meson. bench/README.md says what the figures are.
"""
import argparse
import json
import statistics
import sys

SCHEMA = 1
HEAD = ['variant', 'median', '', 'interval', 'ratio']


def fail(text):
    sys.exit('bench_table: ' + text)


def parse(text, where):
    try:
        line = json.loads(text)
    except ValueError as error:
        fail(f'{where}: {error}')
    return line if isinstance(line, dict) else {}


def unpacked(file):
    """The lines of a file and where they stand; Meson's log holds them once more packed."""
    for number, text in enumerate(file, 1):
        where = f'{file.name}:{number}'
        line = parse(text, where) if text.strip() else None
        if line and 'stdout' in line and 'type' not in line:
            for packed in line['stdout'].splitlines():
                yield parse(packed, where), where
        elif line is not None:
            yield line, where


def read(files):
    """All lines, environments and cases, in their order."""
    lines = []
    for file in files:
        for line, where in unpacked(file):
            kind = line.get('type')
            if kind not in ('environment', 'case'):
                fail(f'{where}: neither an environment nor a case')
            if kind == 'environment' and line.get('schema') != SCHEMA:
                fail(f'{where}: schema {line.get("schema")}; I know {SCHEMA}')
            if kind == 'case' and not lines:
                fail(f'{where}: a case before its environment')
            lines.append(line)
    if not lines:
        fail('nothing to read')
    return lines


def scaled(ns):
    """A time with the unit that suits it."""
    for limit, factor, unit in ((1e3, 1, 'ns'), (1e6, 1e3, 'us'), (1e9, 1e6, 'ms')):
        if ns < limit:
            break
    else:
        factor, unit = 1e9, 's'
    return f'{ns / factor:.{2 if ns / factor < 10 else 1 if ns / factor < 100 else 0}f}', unit


def ratio(x):
    return f'{x:.3f}' if x < 10 else f'{x:.1f}'


def metric(name, value):
    if value is None:
        return 'unknown'
    return ' '.join(scaled(value)) if name.endswith('_ns') else f'{value:.4g}'


def time_ratio(variant, base):
    """The median over the rounds: what slows a whole round down cancels out."""
    pairs = [(a, b) for a, b in zip(variant['samples'], base['samples']) if b > 0]
    return statistics.median(a / b for a, b in pairs) if pairs else float('nan')


def row(variant, base, names):
    """The cells of a variant; those of its metrics follow in the order of their names."""
    if 'samples' not in variant:
        return [variant['name']] + [''] * (len(HEAD) - 1 + len(names))
    relative = ratio(time_ratio(variant, base)) if base else ''
    interval = ' .. '.join(' '.join(scaled(x)) for x in variant['interval'])
    metrics = variant['metrics']
    return [variant['name'], *scaled(variant['median']), interval, relative,
            *(metric(name, metrics[name]) if name in metrics else '' for name in names)]


def section(case, baseline):
    """The head and the rows of a case."""
    base, names = None, []
    for variant in case['variants']:
        if variant['name'] == (baseline or case['baseline']) and 'samples' in variant:
            base = variant
        names += [name for name in variant.get('metrics', {}) if name not in names]
    head = HEAD + [name[:-3] if name.endswith('_ns') else name for name in names]
    table = [row(variant, base, names) for variant in case['variants']]
    if any('samples' not in variant for variant in case['variants']):
        head.append('notes')
        for cells, variant in zip(table, case['variants']):
            cells.append(', '.join(f'{key}: {variant[key]}' for key in ('absent', 'failed')
                                   if key in variant))
    return head, table


def verdict(case, target):
    bounds = ' and '.join(f'{words} {target[key]:g}' for key, words in
                          (('at_least', 'at least'), ('at_most', 'at most')) if key in target)
    if 'or_at_most' in target:
        bounds += f', or itself {target["or_at_most"]:g}'
    figure = f'{target["variant"]}: {target["figure"]}'
    if target['against']:
        figure += f' / that of {target["against"]}'
    got = 'unknown' if target['got'] is None else f'{target["got"]:.4g}'
    state = {True: 'met', False: 'not met', None: 'unknown'}[target['met']]
    return [case['case'], figure, bounds, got, state]


LEFT = ('', 'variant', 'interval', 'notes', 'case', 'expected of', 'bound')


def print_plain(head, table):
    widths = [max(len(line[i]) for line in [head] + table) for i in range(len(head))]
    for line in [head] + table:
        cells = [text.ljust(width) if title in LEFT else text.rjust(width)
                 for text, width, title in zip(line, widths, head)]
        print('  '.join(cells).rstrip())


def print_markdown(head, table):
    print('| ' + ' | '.join(head) + ' |')
    print('|' + '|'.join('---' if title in LEFT else '---:' for title in head) + '|')
    for line in table:
        print('| ' + ' | '.join(text.replace('|', '\\|') for text in line) + ' |')


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('files', nargs='*', type=argparse.FileType(), default=[sys.stdin])
    args.add_argument('--baseline', metavar='VARIANT',
                      help='what ratios refer to, instead of the baseline of each case')
    args.add_argument('--markdown', action='store_true', help='for a document')
    args = args.parse_args()
    show = print_markdown if args.markdown else print_plain

    targets = []
    for line in read(args.files):
        try:
            if line['type'] == 'environment':
                for key, value in line.items():
                    if key not in ('type', 'schema') and value is not None:
                        print(f'- {key}: {value}' if args.markdown else f'# {key}: {value}')
            else:
                print()
                print(f'**{line["case"]}**: {line["op"]}' if args.markdown
                      else f'{line["case"]}: {line["op"]}')
                print()
                show(*section(line, args.baseline))
                targets += [verdict(line, target) for target in line['targets']]
        except (KeyError, TypeError) as error:
            fail(f'{line.get("case", line["type"])}: no {error}')
    if targets:
        print()
        show(['case', 'expected of', 'bound', 'got', ''], targets)


if __name__ == '__main__':
    main()
