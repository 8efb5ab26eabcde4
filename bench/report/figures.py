# SPDX-License-Identifier: MIT OR Apache-2.0
"""Figures beside time of which less, or more, is better. The other metrics explain."""
import fnmatch

LESS = ('*p99_ns', '*p99.9_ns', '*p99.99_ns', '*max_ns', 'touch_after_ns', 'faults', 'faults_a_life',
        'peak_of_allowed', 'spare_of_allowed', 'resident_each', 'peak', 'beside_value',
        'left_percent', 'mappings_left', 'resident_left', 'resident_of_bound', 'retired_of_bound')
MORE = ('charge_returned', 'system_charge_returned')


def better(name):
    """-1 if less of it is better, 1 if more is, 0 if that is not said."""
    for direction, patterns in ((-1, LESS), (1, MORE)):
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
            return direction
    return 0
