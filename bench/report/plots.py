# SPDX-License-Identifier: MIT OR Apache-2.0
"""Which plots there are, and what is in each. gnuplot.py draws them."""
import collections
import re

import axes
import lines
import palette

# kind, subject, family, name of the file, title, what an operation is; and what the kind needs
Wanted = collections.namedtuple('Wanted', 'kind subject family name title per more')
Curve = collections.namedtuple('Curve', 'label style points')  # points: (x, y, low, high)
Axis = collections.namedtuple('Axis', 'label form log ticks')  # ticks: those it must have, or None
Plot = collections.namedtuple('Plot', 'name title caption x y curves mark')


def wanted(kind, subject, family, name, title, per='', **more):
    return Wanted(kind, subject, family, name, title, per, more)


PLOTS = (
    wanted('sizes', 'vec', 'push', 'vec-time-to-n',
           'Time to N: pushes of 8 bytes into fresh memory', 'push', whole=True),
    wanted('sizes', 'vec', 'push', 'vec-push',
           'Pushes of 8 bytes into fresh memory, each', 'push'),
    wanted('sizes', 'vec', 'push-allocators', 'vec-push-allocators',
           'Pushes of 8 bytes into fresh memory, by other allocators', 'push'),
    wanted('sizes', 'vec', 'life', 'vec-life',
           'Make, push N, destroy, over and over', 'push'),
    wanted('sizes', 'vec', 'warm', 'vec-warm', 'Pushes of 8 bytes into memory used before', 'push'),
    wanted('sizes', 'vec', 'append', 'vec-append', 'Append a block', 'append'),
    wanted('percentiles', 'vec', 'latency', 'vec-latency', 'Latency of a single push'),
    wanted('course', 'vec', 'breathe', 'vec-breathe',
           'Resident memory of a vector that grows and shrinks'),
    wanted('threads', 'cvec', 'get', 'cvec-get', 'Reads at random of 10^5 elements', 'reads'),
    wanted('threads', 'cvec', 'push', 'cvec-push', 'Pushes of 8 bytes into one vector', 'pushes',
           shared=True),
    wanted('percentiles', 'cvec', 'growth', 'cvec-growth',
           'Latency of a read while another thread pushes'),
    wanted('threads', 'slotmap', 'get', 'slotmap-get',
           'Lookups of one element, a pin for each', 'lookups'),
    wanted('threads', 'slotmap', 'churn', 'slotmap-churn',
           'Insertions and removals of 16 bytes, a pin for each', 'pairs'),
    wanted('occupancy', 'slotmap', 'occupancy', 'slotmap-occupancy',
           'A walk over a map with room for a million, by its occupancy', 'slot', of=1000000),
    wanted('sizes', 'slotmap', 'fresh', 'slotmap-fresh', 'Insertions of 16 bytes into fresh memory',
           'insertion'),
    wanted('percentiles', 'slotmap', 'latency', 'slotmap-latency',
           'Latency in a full map, at random'),
    wanted('percentiles', 'slotmap', 'latency-fresh', 'slotmap-latency-fresh',
           'Latency from empty to full and back'),
    wanted('course', 'slotmap', 'memory', 'slotmap-memory',
           'Resident memory of a map that fills and empties'),
    wanted('sizes', 'vm', 'reserve', 'vm-reserve', 'Reserve and unreserve', 'call pair'),
    wanted('sizes', 'vm', 'decommit', 'vm-decommit', 'Decommit a chunk that is all resident', 'call'),
    wanted('sizes', 'vm', 'cycle', 'vm-cycle',
           'Commit, touch and decommit, alone in a reservation', 'round'),
)


def curves(names, points, styles):
    """In the order in which they end on the right, so that a legend beside them reads alike."""
    found = [Curve(name, styles[name], points[name]) for name in names if points[name]]
    return sorted(found, key=lambda curve: (-curve.points[-1][0], -curve.points[-1][1]))


def variant_names(cases):
    return list(dict.fromkeys(v['name'] for case in cases for v in lines.measured(case)))


def of_variants(cases, colours, at):
    """Curves through the cases: at(case, variant) is a point of the variant, or None."""
    names = variant_names(cases)
    points = collections.defaultdict(list)
    for case in cases:
        for variant in lines.measured(case):
            point = at(case, variant)
            if point:
                points[variant['name']].append(point)
    return curves(names, points, colours.styles(names))


INTERVALS = 'Medians, with their intervals. Lower is better.'


def sizes(want, cases, colours):
    cases = sorted((c for c in cases if lines.family(c) == want.family and 'size' in c),
                   key=lambda case: case['size'])
    if len({case['size'] for case in cases}) < 2:
        return []
    counts = all(re.search(r'/\d+e\d+$', case['case']) for case in cases)
    whole = want.more.get('whole')

    def at(case, variant):
        times = case['size'] if whole else 1
        return variant['interval'][0] > 0 and (
            case['size'], *(ns * times for ns in (variant['median'], *variant['interval'])))
    found = of_variants(cases, colours, at)
    x = Axis('N, elements (logarithmic)' if counts else 'size (logarithmic)',
             'count' if counts else 'bytes', True, [case['size'] for case in cases])
    y = Axis('time of all N (logarithmic)' if whole else f'time per {want.per} (logarithmic)',
             'ns', True, None)
    return [Plot(want.name, want.title, INTERVALS, x, y, found, None)]


PERCENTILES = (('p50_ns', 'p50'), ('p99_ns', 'p99'), ('p99.9_ns', 'p99.9'),
               ('p99.99_ns', 'p99.99'), ('max_ns', 'max'))


def percentiles(want, cases, colours):
    """A plot for each case, and each kind of call in it."""
    found = []
    for case in cases:
        if lines.family(case) != want.family:
            continue
        metrics = {name for variant in lines.measured(case) for name in variant['metrics']}
        for prefix in sorted({re.sub(r'(p50|max)_ns$', '', m) for m in metrics
                              if re.search(r'(^|_)(p50|max)_ns$', m)}):
            def points(variant, prefix=prefix):
                got = variant['metrics']
                return [(at, got[prefix + key], None, None)
                        for at, (key, _) in enumerate(PERCENTILES) if got.get(prefix + key)]
            names = variant_names([case])
            lines_of = curves(names, {v['name']: points(v) for v in lines.measured(case)},
                              colours.styles(names))
            what = prefix.rstrip('_')
            size = case['case'].rsplit('/', 1)[-1] if 'size' in case else ''
            found.append(Plot(
                '-'.join(part for part in (want.name, size, what) if part),
                want.title + (f': {what}' if what else '') + (f', of {pretty(size)}' if size else ''),
                'Medians over the rounds; the clock\'s own time is in them. Lower is better.',
                Axis('percentile', 'plain', False, [(at, label) for at, (_, label)
                                                    in enumerate(PERCENTILES)]),
                Axis('time of a call (logarithmic)', 'ns', True, None), lines_of, None))
    return [plot for plot in found if plot.curves]


def pretty(size):
    """10^7 of 1e7."""
    power = re.fullmatch(r'(\d+)e(\d+)', size)
    if not power:
        return size
    factor = '' if power.group(1) == '1' else power.group(1) + ' × '
    return f'{factor}10^{{{power.group(2)}}}'


def unfolded(points):
    """Up to so many elements and back again, laid out in a line: what was done, not what is there."""
    at, before, found = 0, points[0][0], []
    for x, y in points:
        at, before = at + abs(x - before), x
        found.append((at, y, None, None))
    return found


def there_and_back(points):
    """Ticks that say how many elements are there, below unfolded points; None if it is no mere
    way up and down."""
    first, most, last = points[0][0], max(x for x, _ in points), points[-1][0]
    there, back = most - first, most - last
    rising = [x for x, _ in points[:[x for x, _ in points].index(most)]]
    if rising != sorted(rising) or first or last or not most:
        return None
    return [(part * there, axes.short_count(part * most)) for part in (0, 0.5)] + \
        [(there, axes.short_count(most)), (there + back / 2, axes.short_count(most / 2)),
         (there + back, '0')]


def course(want, cases, colours):
    """A plot for each case, and each kind of x in it."""
    found = []
    for case in cases:
        if lines.family(case) != want.family:
            continue
        for by, label in (('ms', 'time, ms'), ('elements', 'elements, up and down again')):
            courses = {v['name']: v['series']['resident']['points'] for v in lines.measured(case)
                       if v.get('series', {}).get('resident', {}).get('x') == by}
            names = [name for name in variant_names([case]) if name in courses]
            if not names:
                continue
            size = case['case'].rsplit('/', 1)[-1] if 'size' in case else ''
            styles = colours.styles(names)
            ticks = there_and_back(courses[names[0]]) if by == 'elements' else None
            points = {name: unfolded(courses[name]) if by == 'elements' else
                      [(x, y, None, None) for x, y in courses[name]] for name in names}
            ordered = sorted((Curve(name, styles[name], points[name]) for name in names),
                             key=lambda curve: -curve.points[-1][1])
            found.append(Plot(
                '-'.join(part for part in (want.name, size, by if by == 'ms' else '') if part),
                want.title + (f', {pretty(size)} elements' if size else ''),
                'One round each. Less is better, above all at the end.',
                Axis(label, 'plain' if by == 'ms' else 'count', False, ticks),
                Axis('resident memory', 'bytes', False, None), ordered, None))
    return found


def threads(want, cases, colours):
    """All threads together; the time of a case is that of one of them, or of the whole (shared)."""
    chosen = []
    for case in cases:
        name, number = lines.threads(lines.family(case))
        if name == want.family:
            chosen.append((number, case))
    chosen.sort(key=lambda pair: pair[0])
    if len({number for number, _ in chosen}) < 2:
        return []
    number_of = {id(case): number for number, case in chosen}
    shared = want.more.get('shared')

    def at(case, variant):
        number = number_of[id(case)]
        whole = 1e3 * (1 if shared else number)
        low, high = variant['interval']
        if low <= 0 or (number > 1 and variant['name'].endswith(', alone')):
            return None
        return number, whole / variant['median'], whole / high, whole / low
    cases = [case for _, case in chosen]
    return [Plot(want.name, want.title,
                 'All threads together: medians, with their intervals. Higher is better.',
                 Axis('threads', 'plain', True, sorted({number for number, _ in chosen})),
                 Axis(f'{want.per} per µs (logarithmic)', 'plain', True, None),
                 of_variants(cases, colours, at), 'cpus')]


def occupancy(want, cases, colours):
    cases = sorted((c for c in cases if lines.family(c) == want.family and c.get('size')),
                   key=lambda case: case['size'])
    if len(cases) < 2:
        return []
    whole = want.more['of'] / 100
    return [Plot(want.name, want.title, INTERVALS,
                 Axis('occupied (logarithmic)', 'percent', True,
                      [case['size'] / whole for case in cases]),
                 Axis(f'time per {want.per} (logarithmic)', 'ns', True, None),
                 of_variants(cases, colours, lambda case, v: v['interval'][0] > 0 and (
                     case['size'] / whole, v['median'], *v['interval'])), None)]


KINDS = {'sizes': sizes, 'percentiles': percentiles, 'course': course, 'threads': threads,
         'occupancy': occupancy}


def of_results(results):
    """[(subject, family, plot)] of all that the results have something for."""
    found, colours = [], {}
    for want in PLOTS:
        cases = [case for (subject, _), case in results.cases.items() if subject == want.subject]
        own = colours.setdefault(want.subject, palette.Palette(want.subject))
        for plot in KINDS[want.kind](want, cases, own):
            if plot.curves:
                cpus = results.environments[want.subject].get('cpus')
                found.append((want.subject, plot._replace(mark=cpus if plot.mark else None)))
    return found
