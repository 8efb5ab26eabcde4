# SPDX-License-Identifier: MIT OR Apache-2.0
"""The few figures that stand for all: the same rows win or lose, each beside the best peer."""
import collections

import judge
import lines
import sides
import text

# figure: "time", or a metric of which less is better
ROWS = (
    ('push 10⁵ numbers of 8 bytes, fresh memory', 'vec', 'push/1e5', 'vec', 'time'),
    ('push 10⁷', 'vec', 'push/1e7', 'vec', 'time'),
    ('push 10⁸', 'vec', 'push/1e8', 'vec', 'time'),
    ('the slowest of 10⁸ pushes', 'vec', 'latency/1e8', 'vec', 'max_ns'),
    ('make, push 10, destroy: each push', 'vec', 'life/1e1', 'vec', 'time'),
    ('make, push 10⁵, destroy: each push', 'vec', 'life/1e5', 'vec', 'time'),
    ('life of a vector of 10, 1000 of them at a time', 'vec', 'many/1e1', 'vec', 'time'),
    ('concurrent push, one thread', 'cvec', 'push/1e7', 'cvec', 'time'),
    ('concurrent push, two threads', 'cvec', 'push-2/1e7', 'cvec', 'time'),
    ('the same, by blocks of a thread\'s own', 'cvec', 'append-2/1e7', 'cvec', 'time'),
    ('read the next element', 'cvec', 'reads/1e6', 'cvec get', 'time'),
    ('slotmap: pin, get, unpin', 'slotmap', 'get', 'slotmap', 'time'),
    ('pin, get, unpin in two threads at once', 'slotmap', 'get-2', 'slotmap', 'time'),
    ('get at random of 10⁶, pinned', 'slotmap', 'get-random/1e6', 'slotmap', 'time'),
    ('insert and remove, a pin each', 'slotmap', 'churn', 'slotmap', 'time'),
    ('insert and remove in two threads at once', 'slotmap', 'churn-2', 'slotmap', 'time'),
    ('the same, the form for one thread', 'slotmap', 'churn', 'exclusive', 'time'),
    ('insert into fresh memory', 'slotmap', 'fresh/1e7', 'slotmap', 'time'),
    ('walk over 10⁶ elements, each', 'slotmap', 'walk/1e6', 'slotmap values', 'time'),
    ('resident after 10⁷ insertions and removals, %', 'slotmap', 'memory/1e7', 'slotmap',
     'left_percent'),
    ('commit the next 64 KiB', 'vm', 'commit/64KiB', 'vbuf', 'time'),
    ('commit, touch, decommit 4 KiB, alone', 'vm', 'cycle/4KiB', 'vbuf', 'time'),
    ('make 2 MiB ready, each 4 KiB', 'vm', 'prefault/2MiB', 'prefault, huge pages', 'time'),
)

# mine, best: figures as texts; peer: the best one's name; worse: None where the interval has 1
Row = collections.namedtuple('Row', 'what mine peer best ratio interval worse')


def of_time(case, mine):
    found = judge.contest(case, mine)
    less = None if found else judge.contest(case, mine, 'less')
    if not found and not less:
        return None
    name = found.best['name'] if found else f'{less.best["name"]}, {sides.LESS}'
    found = found or less
    worse = True if judge.lost(found) else False if judge.won(found) else None
    return (text.time(mine['median']), name, text.time(found.best['median']),
            text.short_ratio(found.ratio.value), text.spread(found.ratio), worse)


def of_metric(case, mine, name):
    """Medians only: lines have no samples of metrics."""
    found = less = None
    if name in mine['metrics']:
        found = judge.figure(case, mine, name)
        less = None if found else judge.figure(case, mine, name, 'less')
    if not found and not less:
        return None
    peer = found.best['name'] if found else f'{less.best["name"]}, {sides.LESS}'
    found = found or less
    show = text.time if name.endswith('_ns') else text.digits
    ratio = text.short_ratio(found.ours / found.theirs) if found.theirs > 0 else ''
    apart = found.ours != found.theirs and found in judge.apart([found])
    return show(found.ours), peer, show(found.theirs), ratio, '', \
        found.ours > found.theirs if apart else None


def rows(results):
    """Of the cases that the results have."""
    found = []
    for what, subject, case, name, figure in ROWS:
        line = results.cases.get((subject, case))
        mine = lines.named(line, name) if line else None
        cells = None
        if mine:
            cells = of_time(line, mine) if figure == 'time' else of_metric(line, mine, figure)
        if cells:
            found.append(Row(what, *cells))
    return found


def machine(results):
    """What they ran on, in a sentence."""
    env = next(iter(results.environments.values()))
    memory = env.get('memory')
    loads = [one['load'] for one in results.environments.values() if one.get('load') is not None]
    parts = [f'{env.get("system") or "System unknown"} {env.get("kernel") or ""}'.strip(),
             env['cpu'] or 'processor unknown',
             f'{env["cpus"]} processors' if env.get('cpus') else None,
             f'{memory / 2**30:.0f} GiB' if memory else None,
             f'huge pages: {env["thp"]}' if env.get('thp') else None,
             f'overcommit {env["overcommit"]}' if env.get('overcommit') else None,
             f'load {max(loads):.1f} before' if loads else None, env['compiler']]
    return ', '.join(part for part in parts if part)


def rounds(results):
    """"15 rounds", and whether some cases had fewer."""
    numbers = {len(v['samples']) for case in results.cases.values() for v in lines.measured(case)}
    most = max(numbers, default=0)
    return f'{most} rounds' + (', fewer where a case takes long' if len(numbers) > 1 else '')
