# SPDX-License-Identifier: MIT OR Apache-2.0
"""The sections of the page on what is won, what is lost, and what neither."""
import collections

import judge
import lines
import table
import text
from html_parts import Cell, Link, element, section, slug
from html_parts import table as html_table
from html_parts import text as plain

SUBJECTS = {'vec': 'The vector', 'cvec': 'The concurrent vector', 'slotmap': 'The concurrent slotmap',
            'vm': 'The virtual-memory layer'}


def name_of(subject):
    return SUBJECTS.get(subject, subject)


def case_link(case):
    title = f'{case["subject"]} {case["case"]}'
    return Link(title, '#' + slug(f'case {title}'))


def verdict_row(found):
    """Of a contest."""
    level = '' if found.ratio.level >= 0.95 else f' ({found.ratio.level:.0%})'
    return [case_link(found.case), Cell(found.mine['name'], 'ours'),
            text.time(found.mine['median']), found.best['name'], text.time(found.best['median']),
            Cell(text.short_ratio(found.ratio.value), 'n mark'), text.spread(found.ratio) + level,
            f'{found.ahead} of {found.rivals}']


CONTEST = ['case', 'ours', 'time', 'best peer', 'its time', Cell('ratio', 'n'), 'interval',
           'peers ahead']


def contest_tables(found, caption, worst_first):
    """One a subject."""
    parts = []
    for subject in dict.fromkeys(c.case['subject'] for c in found):
        rows = sorted((c for c in found if c.case['subject'] == subject),
                      key=lambda c: -c.ratio.value if worst_first else c.ratio.value)
        signs = ['bad' if judge.lost(c) else 'good' if judge.won(c) else None for c in rows]
        parts.append(html_table(CONTEST, [verdict_row(c) for c in rows], right=(2, 4),
                                caption=f'{name_of(subject)}: {caption}', classes=signs))
    return ''.join(parts) or element('p', 'None.')


def figure_table(found, what):
    def form(name, value):
        return text.time(value) if name.endswith('_ns') else text.number(value)
    rows = [[case_link(one.case), Cell(one.mine['name'], 'ours'), one.name,
             form(one.name, one.ours), one.best['name'], form(one.name, one.theirs)] for one in found]
    return html_table(['case', 'ours', 'figure', 'value', 'best peer', 'its value'], rows, right=(3, 5),
                      caption=f'More than {judge.APART - 1:.0%} {what} than the best peer; medians, '
                              'which have no interval.')


def targets(cases):
    """{True: [...], False: [...], None: [...]} of the verdicts on what is expected."""
    found = {True: [], False: [], None: []}
    for case in cases:
        for target in case['targets']:
            found[target['met']].append([case['subject'], *table.verdict(case, target)])
    return found


def target_table(rows):
    return html_table(['subject', 'case', 'expected of', 'bound', 'got', ''],
                      [[*row[:2], Cell(row[2], 'long'), *row[3:]] for row in rows], right=(4,))


def counted(cases, met):
    """The sums for the top."""
    contests = judge.contests(cases)
    lost, won = (sum(map(rule, contests)) for rule in (judge.lost, judge.won))
    cards = ((lost, f'of {len(contests)} comparisons lost: the best peer takes less time'),
             (len(contests) - lost - won, 'open: the interval holds 1'),
             (won, 'won: ours takes less time than the best peer'),
             (f'{len(met[True])} / {sum(map(len, met.values()))}', 'targets met'))
    return element('ul', *(element('li', element('b', plain(number)), plain(words))
                           for number, words in cards), cls='cards')


RULE = ('Each of our variants, in each case, stands against the peer with the least median of those '
        'that do the same work, whatever that was given (huge pages, or the length in advance). ')
LESS = ('What is not made for threads does less work than ours. What safety between threads costs '
        'beside it is listed here, too.')


def where_we_lose(cases, met):
    lost = [c for c in judge.contests(cases) if judge.lost(c)]
    less = [c for c in judge.contests(cases, 'less') if judge.lost(c)]
    worse = judge.other_figures(cases)[1]
    return section(
        'Where we lose',
        element('p', plain(RULE + 'A ratio above 1 means that ours takes longer.'), cls='soft'),
        contest_tables(lost, 'takes longer, beyond the interval; the worst first', True),
        element('h3', 'Behind what does less'), element('p', plain(LESS), cls='soft'),
        contest_tables(less, 'takes longer than what is not made for threads', True),
        element('h3', 'Targets not met'),
        target_table(met[False]) if met[False] else element('p', 'None.'),
        element('h3', 'Other figures'),
        figure_table(worse, 'worse') if worse else element('p', 'None.'))


def where_we_win(cases, met):
    won = [c for c in judge.contests(cases) if judge.won(c)]
    less = [c for c in judge.contests(cases, 'less') if judge.won(c)]
    better = judge.other_figures(cases)[0]
    return section(
        'Where we win',
        element('p', plain(RULE + 'A ratio below 1 means that ours takes less time.'), cls='soft'),
        contest_tables(won, 'takes less time, beyond the interval; the best first', False),
        element('h3', 'Ahead of what does less'),
        contest_tables(less, 'takes less time than what is not made for threads', False),
        element('h3', 'Targets met'),
        target_table(met[True]) if met[True] else element('p', 'None.'),
        element('h3', 'Other figures'),
        figure_table(better, 'better') if better else element('p', 'None.'))


def doubt_table(cases):
    """What neither wins nor loses, as the harness has seen that it went wrong."""
    found = collections.defaultdict(list)
    for case in cases:
        for variant in lines.measured(case):
            if 'doubt' in variant:
                found[case['subject'], case['case'], variant['doubt']].append(variant['name'])
    rows = [[case_link({'subject': subject, 'case': case}), Cell(', '.join(names), 'long'),
             Cell(why, 'long')] for (subject, case, why), names in found.items()]
    return html_table(['case', 'variants', 'why'], rows) if rows else element('p', 'None.')


def where_it_is_open(cases, met):
    level = [c for kind in ('same', 'less') for c in judge.contests(cases, kind)
             if not judge.lost(c) and not judge.won(c)]
    return section(
        'Where it is open',
        contest_tables(level, 'the interval of the ratio holds 1', True),
        element('h3', 'Figures that are not believed'),
        doubt_table(cases),
        element('h3', 'Targets that could not be judged'),
        target_table(met[None]) if met[None] else element('p', 'None.'))
