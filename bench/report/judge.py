# SPDX-License-Identifier: MIT OR Apache-2.0
"""Where ours are ahead of the best peer, where behind, and where neither can be said."""
import collections

import figures
import lines
import sides
import stats

# of time: mine and best are variants; ahead counts the rivals that are faster beyond the interval
Contest = collections.namedtuple('Contest', 'case mine best ratio ahead rivals')
# of a metric: medians only
Figure = collections.namedtuple('Figure', 'case mine best name ours theirs')
APART = 1.1  # medians without an interval are told apart only from here on


def believed(case):
    return [variant for variant in lines.measured(case) if 'doubt' not in variant]


def ours(case):
    return [v for v in believed(case) if sides.is_ours(case['subject'], v['name'])]


def rivals(case, mine, kind='same'):
    return [v for v in believed(case)
            if sides.rivalry(case['subject'], mine['name'], v['name']) == kind]


def contest(case, mine, kind='same'):
    """One of ours against the rival with the least median; None if there is none, or it is not
    believed."""
    against = rivals(case, mine, kind)
    ratios = [stats.of_rounds(mine['samples'], rival['samples']) for rival in against]
    if not against or None in ratios or 'doubt' in mine:
        return None
    best = min(range(len(against)), key=lambda at: against[at]['median'])
    ahead = sum(ratio.low > 1 for ratio in ratios)
    return Contest(case, mine, against[best], ratios[best], ahead, len(against))


def contests(cases, kind='same'):
    """Each of ours in each case that has a rival of that kind."""
    found = [contest(case, mine, kind) for case in cases for mine in ours(case)]
    return [one for one in found if one]


def lost(one):
    return one.ratio.low > 1


def won(one):
    return one.ratio.high < 1


def figure(case, mine, name, kind='same'):
    """One of the metrics of ours beside that of the rival who is best in it; None without."""
    direction, value = figures.better(name), mine['metrics'][name]
    against = [v for v in rivals(case, mine, kind) if v['metrics'].get(name) is not None]
    if not direction or value is None or not against:
        return None
    best = max(against, key=lambda rival: direction * rival['metrics'][name])
    return Figure(case, mine, best, name, value, best['metrics'][name])


def apart(found):
    return [one for one in found if max(one.ours, one.theirs) > APART * min(one.ours, one.theirs)]


def other_figures(cases):
    """(better, worse): the metrics in which ours and the best rival are apart."""
    found = [figure(case, mine, name) for case in cases for mine in ours(case)
             for name in mine['metrics']]
    told = apart([one for one in found if one])
    good = [(one.ours > one.theirs) == (figures.better(one.name) > 0) for one in told]
    return ([one for one, well in zip(told, good) if well],
            [one for one, well in zip(told, good) if not well])


def absent(cases):
    """{(variant, reason): [cases]} of what did not run, failures too."""
    found = collections.defaultdict(list)
    for case in cases:
        for variant in case['variants']:
            for way in ('absent', 'failed'):
                if way in variant:
                    reason = variant[way] if way == 'absent' else f'failed: {variant[way]}'
                    found[case['subject'], variant['name'], reason].append(case['case'])
    return found
