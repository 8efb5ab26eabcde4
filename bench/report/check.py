# SPDX-License-Identifier: MIT OR Apache-2.0
"""Whether lines are as schema.json and bench/README.md say.

The schema knows the shape; what figures have to do with each other is looked at here. The exit
status is 1 when some line is not as it should be.
"""
import math

import lines
import sides

STATS = ('min', 'q1', 'median', 'q3', 'max')


def of_variant(variant, repeats):
    if 'samples' not in variant:
        return
    values = [variant[key] for key in STATS]
    low, high = variant['interval']
    if values != sorted(values):
        yield f'not in order: {", ".join(STATS)}: {values}'
    if not values[0] <= low <= variant['median'] <= high <= values[-1]:
        yield f'the interval {low} .. {high} has not the median, or is too wide'
    if len(variant['samples']) > repeats:
        yield f'{len(variant["samples"])} samples of {repeats} rounds'
    for key, value in (('min', min(variant['samples'])), ('max', max(variant['samples']))):
        if not math.isclose(variant[key], value):
            yield f'{key} is {variant[key]}, that of the samples {value}'


def of_series(variant):
    for name, series in variant.get('series', {}).items():
        at = [x for x, _ in series['points']]
        if series['x'] == 'ms' and at != sorted(at):
            yield f'series {name}: time goes back'


def of_target(target, names):
    for key in ('variant', 'against'):
        if target[key] is not None and target[key] not in names:
            yield f'target: no variant {target[key]}'
    if 'at_most' not in target and 'at_least' not in target:
        yield f'target of {target["variant"]}: no bound'
    if (target['got'] is None) != (target['met'] is None):
        yield f'target of {target["variant"]}: got and met do not go together'


def of_case(case, repeats):
    names = [variant['name'] for variant in case['variants']]
    for variant in case['variants']:
        for problem in (*of_variant(variant, repeats), *of_series(variant)):
            yield f'{variant["name"]}: {problem}'
    if len(set(names)) != len(names):
        yield f'two variants of one name: {names}'
    if case['baseline'] not in names:
        yield f'no baseline {case["baseline"]}'
    if len({len(variant['samples']) for variant in lines.measured(case)}) > 1:
        yield 'not as many samples of each variant'
    if case.get('threads', 1) > 1:
        for variant in lines.measured(case):
            if not {'cores', 'overlap'} <= set(variant['metrics']) and 'alone' not in variant['name']:
                yield f'{variant["name"]}: nothing shows that its threads ran at once'
    for target in case['targets']:
        yield from of_target(target, names)
    if sides.known(case['subject']) and \
            not any(sides.is_ours(case['subject'], name) for name in names):
        yield 'none of the variants is ours: sides.py'


def problems(results):
    """[text] of all cases."""
    return [f'{subject} {name}: {problem}' for (subject, name), case in results.cases.items()
            for problem in of_case(case, results.environments[subject]['repeats'])]


def options(parser):
    parser.add_argument('files', nargs='*', default=['-'])


def run(args):
    found = problems(lines.results(args.files))
    for problem in found:
        print(problem)
    return 1 if found else 0
