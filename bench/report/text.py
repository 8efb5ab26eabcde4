# SPDX-License-Identifier: MIT OR Apache-2.0
"""Figures for people."""


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
