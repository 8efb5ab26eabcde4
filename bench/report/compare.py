# SPDX-License-Identifier: MIT OR Apache-2.0
"""Which differences between two runs are beyond noise.

Each file holds the lines of one run; of which subjects and cases does not matter: what both
have is compared. The exit status is 1 when something of ours takes longer, beyond noise and
by more than the threshold, or fails now; 2 when there is nothing that could be told.
"""
import argparse
import collections
import re
import statistics

import lines
import sides
import stats
import table
import text

# before, after: samples, or ratios to the baseline in the same round
Pair = collections.namedtuple('Pair', 'subject case name before after')
Told = collections.namedtuple('Told', 'pair ratio beyond')


def is_ours(pair):
    """Of a subject that nobody described, everything counts."""
    return sides.is_ours(pair.subject, pair.name) or not sides.known(pair.subject)


def environments(before, after):
    """What is not the same: [(subject, key, before, after)]."""
    found = []
    for subject in before.environments:
        if subject not in after.environments:
            continue
        old, new = (lines.flat(of.environments[subject]) for of in (before, after))
        for key in dict.fromkeys([*old, *new]):
            if key not in lines.PASSING and old.get(key) != new.get(key):
                found.append((subject, key, old.get(key), new.get(key)))
    return found


def samples(case, variant, relative):
    """Those of the variant; or in each round its time over that of the baseline. None if that
    cannot be had."""
    if not relative:
        return variant['samples']
    base = lines.named(case, case['baseline'])
    if not base or base is variant or sides.is_ours(case['subject'], base['name']):
        return None
    return [a / b for a, b in zip(variant['samples'], base['samples']) if b > 0] or None


def pairs(before, after, relative):
    """(what can be compared, [what cannot, and why], [what fails only now])."""
    found, left, broken = [], [], []
    for key in dict.fromkeys([*before.cases, *after.cases]):
        name = ' '.join(key)
        if key not in before.cases or key not in after.cases:
            left.append(f'{name}: only {"after" if key not in before.cases else "before"}')
            continue
        old, new = before.cases[key], after.cases[key]
        if any(old.get(field) != new.get(field) for field in ('op', 'size', 'unit')):
            left.append(f'{name}: another operation: "{old["op"]}" before, "{new["op"]}" after')
            continue
        theirs = {variant['name']: variant for variant in new['variants']}
        for variant in old['variants']:
            other = theirs.pop(variant['name'], {'absent': 'not in the case'})
            pair = Pair(*key, variant['name'], None, None)
            if 'samples' in variant and 'samples' in other:
                both = [samples(of, v, relative) for of, v in ((old, variant), (new, other))]
                if None not in both:
                    found.append(pair._replace(before=both[0], after=both[1]))
            elif 'samples' in variant and 'failed' in other and is_ours(pair):
                broken.append(f'{name}, {variant["name"]}: {other["failed"]}')
            elif 'samples' in variant or 'samples' in other:
                one, when = (other, 'after') if 'samples' in variant else (variant, 'before')
                why = one.get('absent') or one.get('failed')
                left.append(f'{name}, {variant["name"]}: not {when}: {why}')
        left += [f'{name}, {other}: only after' for other in theirs]
    return found, left, broken


def tell(found, error):
    """([Told], [pairs that no test could tell anything of], the error that each test is allowed)."""
    least = [stats.least_surprise(len(p.after), len(p.before)) for p in found]
    each = stats.error_of_each(least, error)
    told, mute = [], []
    for pair, best in zip(found, least):
        ratio = stats.of_runs(pair.after, pair.before)
        if each is None or best > each or not ratio:
            mute.append(pair)
            continue
        # the rank test knows the level, the interval is about the medians: both must agree
        apart = (ratio.low > 1 or ratio.high < 1) and \
            stats.surprise(pair.after, pair.before) <= each and \
            (middle_quotient(pair) > 1) == (ratio.value > 1)
        told.append(Told(pair, ratio, apart))
    return told, mute, each


def middle_quotient(pair):
    """Which way the ranks point."""
    return statistics.median(a / b for a in pair.after for b in pair.before)


def verdict(one, threshold):
    if not one.beyond:
        return 'same'
    change = one.ratio.value
    if change > 1:
        return 'SLOWER' if is_ours(one.pair) and change > 1 + threshold else 'slower'
    return 'faster'


def metrics(before, after, threshold):
    """Medians of metrics of ours that differ by more than the threshold; their noise is not known."""
    found = []
    for key, old in before.cases.items():
        new = after.cases.get(key)
        for variant in lines.measured(old) if new else ():
            other = lines.named(new, variant['name'])
            if not other or not is_ours(Pair(*key, variant['name'], None, None)):
                continue
            for name, value in variant['metrics'].items():
                now = other['metrics'].get(name)
                if value is not None and now is not None and \
                        abs(now - value) > threshold * max(abs(value), abs(now)):
                    found.append([' '.join(key), variant['name'], name,
                                  text.metric(name, value), text.metric(name, now)])
    return found


def targets(before, after):
    """Expectations that were met, and are not now."""
    found = []
    for key, old in before.cases.items():
        now = {(t['variant'], t['figure'], t['against']): t
               for t in after.cases.get(key, {}).get('targets', [])}
        for target in old['targets']:
            other = now.get((target['variant'], target['figure'], target['against']))
            if other and target['met'] and other['met'] is False:
                found.append(table.verdict(after.cases[key], other))
    return found


def figure(value, relative):
    return text.ratio(value) if relative else text.time(value)


def print_told(told, threshold, relative, everything):
    shown = [one for one in told if everything or one.beyond]
    shown.sort(key=lambda one: (not is_ours(one.pair), -one.ratio.value))
    rows = [[verdict(one, threshold), f'{one.pair.subject} {one.pair.case}', one.pair.name,
             figure(statistics.median(one.pair.before), relative),
             figure(statistics.median(one.pair.after), relative),
             text.ratio(one.ratio.value), text.spread(one.ratio),
             f'{len(one.pair.before)}, {len(one.pair.after)}'] for one in shown]
    if rows:
        table.print_plain(['', 'case', 'variant', 'before', 'after', 'ratio', 'its interval',
                           'rounds'], rows)
        print()


def others_moved(told):
    """What this project does not change shows how alike the two runs were."""
    others = [one for one in told if not is_ours(one.pair)]
    moved = [one for one in others if one.beyond]
    if not others:
        return
    middle = statistics.median(one.ratio.value for one in others)
    print(f'{len(moved)} of {len(others)} peers and floors, whose code is not ours, differ beyond '
          f'noise; all of them in the median by {text.ratio(middle)}.')
    if len(moved) > max(1, 0.05 * len(others)):
        print('So the runs were not alike. Measure again, or compare --relative.')


def part(words):
    """5 % or 0.05."""
    found = re.fullmatch(r'(\d+(?:\.\d+)?) ?(%?)', words)
    if not found:
        raise argparse.ArgumentTypeError(f'neither like 5% nor like 0.05: {words}')
    return float(found.group(1)) / (100 if found.group(2) else 1)


def options(parser):
    parser.add_argument('before', metavar='BEFORE')
    parser.add_argument('after', metavar='AFTER')
    parser.add_argument('--threshold', type=part, default=0.05, metavar='5%',
                        help='a regression is slower by more than this (default: 5%%)')
    parser.add_argument('--error', type=part, default=0.05, metavar='5%',
                        help='how likely it may be that anything at all is called a difference '
                             'when there is none (default: 5%%)')
    parser.add_argument('--relative', action='store_true',
                        help='compare the ratios to the baseline of each case: what slows the whole '
                             'machine down cancels out')
    parser.add_argument('--all', action='store_true', help='show what is the same, too')


def run(args):
    before, after = lines.results([args.before]), lines.results([args.after])
    found, left, broken = pairs(before, after, args.relative)
    told, mute, each = tell(found, args.error)
    for subject, key, old, new in environments(before, after):
        print(f'ANOTHER ENVIRONMENT, {subject}: {key}: {old} before, {new} after')
    print_told(told, args.threshold, args.relative, args.all)
    regressions = [one for one in told if verdict(one, args.threshold) == 'SLOWER']
    counts = collections.Counter(verdict(one, args.threshold).lower() for one in told)
    if each:
        print(f'{len(told)} comparisons: {counts["slower"]} slower, {counts["faster"]} faster, '
              f'{counts["same"]} the same within noise (each tested to {each:.2g}, for '
              f'{args.error:.0%} in all).')
        others_moved(told)
    rows = metrics(before, after, args.threshold)
    if rows:
        print(f'\nMetrics of ours that differ by more than {args.threshold:.0%}. They are medians; '
              'whether that is noise cannot be told:\n')
        table.print_plain(['case', 'variant', 'figure', 'before', 'after'], rows)
    for row in targets(before, after):
        print(f'no longer met: {row[0]}, {row[1]}: {row[2]}, got {row[3]}')
    for words in left:
        print(f'not compared: {words}')
    for words in broken:
        print(f'FAILS NOW: {words}')
    if mute:
        print(f'not compared: {len(mute)} with times of 0, or too few rounds to tell anything '
              'beside so many others (--repeats 10 does for hundreds; or fewer cases, by --filter)')
    if not told and not broken:
        raise lines.Useless('nothing that could be told')
    if regressions or broken:
        print(f'\n{len(regressions)} slower by more than {args.threshold:.0%}'
              + (f', {len(broken)} broken' if broken else ''))
        return 1
    return 0
