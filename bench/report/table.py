# SPDX-License-Identifier: MIT OR Apache-2.0
"""Tables for people, one a case.

Reads the files named, or standard input: what the programs print, or the JSON log of Meson.
"""
import lines
import stats
from text import metric, ratio, scaled, spread

HEAD = ['variant', 'median', '', 'interval', 'ratio', 'its interval']


def row(variant, base, names):
    """The cells of a variant; those of its metrics follow in the order of their names."""
    if 'samples' not in variant:
        return [variant['name']] + [''] * (len(HEAD) - 1 + len(names))
    relative = stats.of_rounds(variant['samples'], base['samples']) if base else None
    interval = ' .. '.join(' '.join(scaled(x)) for x in variant['interval'])
    metrics = variant['metrics']
    return [variant['name'], *scaled(variant['median']), interval,
            ratio(relative.value) if relative else '',
            spread(relative) if relative and variant is not base else '',
            *(metric(name, metrics[name]) if name in metrics else '' for name in names)]


def section(case, baseline=None):
    """The head and the rows of a case."""
    base, names = lines.named(case, baseline or case['baseline']), []
    for variant in case['variants']:
        names += [name for name in variant.get('metrics', {}) if name not in names]
    head = HEAD + [name[:-3] if name.endswith('_ns') else name for name in names]
    table = [row(variant, base, names) for variant in case['variants']]
    notes = [', '.join(f'{key}: {variant[key]}' for key in ('absent', 'failed', 'doubt', 'command')
                       if key in variant) for variant in case['variants']]
    if any(notes):
        head.append('notes')
        table = [[*cells, note] for cells, note in zip(table, notes)]
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


LEFT = ('', 'variant', 'interval', 'its interval', 'notes', 'case', 'expected of', 'bound')


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


def options(parser):
    parser.add_argument('files', nargs='*', default=['-'])
    parser.add_argument('--baseline', metavar='VARIANT',
                        help='what ratios refer to, instead of the baseline of each case')
    parser.add_argument('--markdown', action='store_true', help='for a document')


def run(args):
    show = print_markdown if args.markdown else print_plain
    targets = []
    for line in lines.of_paths(args.files):
        if line['type'] == 'environment':
            for key, value in {'subject': line['subject'], **lines.flat(line)}.items():
                if value is not None:
                    print(f'- {key}: {value}' if args.markdown else f'# {key}: {value}')
        else:
            print()
            print(f'**{line["case"]}**: {line["op"]}' if args.markdown
                  else f'{line["case"]}: {line["op"]}')
            print()
            show(*section(line, args.baseline))
            targets += [verdict(line, target) for target in line['targets']]
    if targets:
        print()
        show(['case', 'expected of', 'bound', 'got', ''], targets)
