# SPDX-License-Identifier: MIT OR Apache-2.0
"""A page with everything, and the plots as SVG and PNG beside it.

Reads the files named, or standard input. The page needs no other file, and asks for none.
"""
import itertools
import pathlib
import sys

import gnuplot
import headline
import judge
import lines
import plots
import sides
import table
import text
import verdicts
from html_parts import Cell, element, inlined, section, slug
from html_parts import table as html_table
from html_parts import text as plain


BYTES = ('peak_rss', 'final_rss', 'resident', 'charge')  # of a process


def shown(key, value):
    if value is None:
        return '\u2013'
    if isinstance(value, bool):
        return 'yes' if value else 'no'
    return text.size(value) if key == 'memory' or key.endswith('_size') else value


def environment(results):
    """What is the same for all programs, and then what is not."""
    envs = {subject: lines.flat(env) for subject, env in results.environments.items()}
    first = next(iter(envs.values()))
    keys = list(dict.fromkeys(key for env in envs.values() for key in env))
    common = [key for key in keys if key not in lines.PASSING and
              all(key in env and env[key] == first[key] for env in envs.values())]
    parts = [html_table(['all programs', ''],
                        [[key, Cell(shown(key, first[key]), 'long')] for key in common])]
    other = [key for key in keys if key not in common]
    if other:
        parts.append(html_table(['', *envs], [[key, *(shown(key, env.get(key)) for env in envs.values())]
                                              for key in other]))
    return section('Environment', *parts)


def headline_table(results):
    rows = headline.rows(results)
    if not rows:
        return element('p', 'None of the cases of the headline is in these results.')
    signs = {True: 'bad', False: 'good', None: None}
    return html_table(
        ['work', 'libvbuf', 'best peer', '', Cell('ratio', 'n'), 'interval'],
        [[Cell(row.what, 'long'), Cell(row.mine, 'n ours'), row.peer, row.best,
          Cell(row.ratio, 'n mark'), row.interval] for row in rows],
        right=(3,), classes=[signs[row.worse] for row in rows],
        caption='Times per operation. \u25B2 marks what takes longer than with the best peer, '
                '\u25BC what takes less.')


def draw(results, folder):
    """[(subject, plot, svg)]; None without gnuplot."""
    if not gnuplot.there():
        return None
    found = []
    for subject, plot in plots.of_results(results):
        svg = folder / f'{plot.name}.svg'
        gnuplot.draw(plot, svg, svg.with_suffix('.png'))
        found.append((subject, plot, svg.read_text(encoding='utf-8')))
    return found


def gallery(drawn):
    if drawn is None:
        return section('Plots', element('p', 'The plots are missing: there was no gnuplot '
                                        '(Debian: gnuplot-nox) when this page was made. '
                                        'The tables have all figures.', cls='note'))
    parts = []
    for subject, of_one in itertools.groupby(drawn, key=lambda one: one[0]):
        parts.append(element('h3', plain(verdicts.name_of(subject))))
        for _, plot, svg in of_one:
            parts.append(element('figure', element('div', inlined(svg, plot.name, plot.title),
                                                   cls='wide', tabindex='0', role='region',
                                                   aria_label=plot.name),
                                 element('figcaption', plain(plot.caption)), id=f'plot-{plot.name}'))
    intro = element('p', plain('Ours are the thick lines in vermillion and purple. Bars are intervals '
                               'of the medians; most are smaller than the points.'), cls='soft')
    return section('Plots', intro, *(parts or [element('p', 'No case has a plot.')]))


def process_table(case):
    """What the processes of the batches took; nothing if that is not known."""
    ran = [variant for variant in lines.measured(case) if variant.get('process')]
    names = list(dict.fromkeys(name for variant in ran for name in variant['process']))
    if not names:
        return ''

    def form(name, value):
        if value is None:
            return ''
        return text.size(value) if name in BYTES and value >= 0 else text.number(value)
    rows = [[variant['name'], *(form(name, variant['process'].get(name)) for name in names)]
            for variant in ran]
    return html_table(['of the process', *names], rows, right=range(1, len(names) + 1))


def case_table(case):
    subject = case['subject']
    head, rows = table.section(case)
    right = [at for at, title in enumerate(head) if title not in table.LEFT] + [1]
    cells = [[Cell(one, 'long') if title == 'notes' else one for title, one in zip(head, row)]
             for row in rows]
    classes = ['ours' if sides.is_ours(subject, v['name']) else
               'floor' if sides.why_none(subject, v['name']) else None for v in case['variants']]
    return element('article', element('h4', plain(f'{subject} {case["case"]}')),
                   element('p', plain(case['op']), cls='soft'),
                   html_table(head, cells, right=right, classes=classes), process_table(case),
                   id=slug(f'case {subject} {case["case"]}'))


def all_cases(results):
    parts = []
    for subject in results.environments:
        cases = [case for (of, _), case in results.cases.items() if of == subject]
        if cases:
            parts.append(element('h3', plain(verdicts.name_of(subject))))
            parts += [case_table(case) for case in cases]
    note = element('p', plain('Medians and their intervals; ratios to the baseline of the case, which '
                              'is the one with 1.000. Ours are in colour; floors, which nobody could '
                              'pass and which are no peers, are grey.'), cls='soft')
    return section('Every case', note, *parts)


def missing(cases):
    found = judge.absent(cases)
    rows = [[subject, name, Cell(reason, 'long'), Cell(', '.join(where), 'long')]
            for (subject, name, reason), where in found.items()]
    excluded = sorted({(case['subject'], variant['name'], reason) for case in cases
                       for variant in case['variants']
                       for reason in [sides.why_none(case['subject'], variant['name'])] if reason})
    return section(
        'What is absent',
        html_table(['subject', 'variant', 'reason', 'cases'], rows) if rows else
        element('p', 'Every variant ran in every case.'),
        html_table(['subject', 'variant', 'reason'], excluded,
                   caption='Measured, but no contestants: never the best peer.') if excluded else '')


METHOD = (
    'The variants of a case take turns, in a new random order each round. The interval of a median '
    'covers the true one with at least 95 % whatever the distribution (order statistics).',
    'A ratio is the median over the rounds of the ratio within each round, so that what slows '
    'everything down cancels out. Its interval is the bootstrap\'s, widened where so few rounds '
    'would make it cover less than 95 %; fewer than six rounds cannot cover that, and then the '
    'level stands beside it.',
    'The best peer is chosen by its median in the same rounds, which flatters it a little: '
    'that is to our disadvantage.')


def page(results, drawn):
    cases = list(results.cases.values())
    met = verdicts.targets(cases)
    quick = {env.get('mode') for env in results.environments.values() if env['quick']}
    words = ('A quick run: fewer cases, and shorter batches.' if quick == {'quick'} else
             'A quick run: its figures are worth little.')
    warning = element('p', words, cls='note') if quick else ''
    sections = [environment(results), section('Headline', verdicts.counted(cases, met), headline_table(results)),
                verdicts.where_we_lose(cases, met), verdicts.where_we_win(cases, met), verdicts.where_it_is_open(cases, met),
                gallery(drawn), all_cases(results), missing(cases),
                section('How to read it', *(element('p', plain(words)) for words in METHOD))]
    titles = ['Environment', 'Headline', 'Where we lose', 'Where we win', 'Where it is open', 'Plots',
              'Every case', 'What is absent', 'How to read it']
    version = ', '.join(sorted({env['version'] for env in results.environments.values()}))
    body = element(
        'main', element('h1', 'libvbuf, measured'),
        element('p', plain(f'Version {version}. {headline.machine(results)}; '
                           f'{headline.rounds(results)}.'), cls='lead'), warning,
        element('nav', element('ul', *(element('li', element('a', plain(title), href='#' + slug(title)))
                                       for title in titles)), aria_label='Sections'),
        *sections)
    css = pathlib.Path(__file__).with_name('page.css').read_text(encoding='utf-8')
    return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>'
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
            f'<title>libvbuf, measured</title><style>\n{css}</style></head>\n'
            f'<body>{body}</body></html>\n')


def options(parser):
    parser.add_argument('files', nargs='*', default=['-'])
    parser.add_argument('-o', '--output', metavar='DIR', required=True, type=pathlib.Path,
                        help='where index.html and the plots go')


def run(args):
    results = lines.results(args.files)
    args.output.mkdir(parents=True, exist_ok=True)
    drawn = draw(results, args.output)
    if drawn is None:
        print('report html: no gnuplot: the page is made without plots', file=sys.stderr)
    target = args.output / 'index.html'
    target.write_text(page(results, drawn), encoding='utf-8')
    print(target)
