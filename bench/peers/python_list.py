#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""A peer in another language, and what one looks like: Python's list, in two cases of vec.

  bench-vec --filter push/1e6 --peer 'list of Python=python3 bench/peers/python_list.py'
"""
import json
import resource
import sys
import time


def push(wanted):
    """So many elements onto a list that is new; an operation is one of them."""
    n = wanted['size']
    some = []
    start = time.perf_counter_ns()
    for i in range(n):
        some.append(i)
    return {'ops': n, 'ns': time.perf_counter_ns() - start}


def life(wanted):
    """Lists that get so many and end, until there were as many operations as wanted."""
    n = wanted['size']
    times = max(1, wanted['ops'] // n)
    start = time.perf_counter_ns()
    for _ in range(times):
        some = []
        for i in range(n):
            some.append(i)
        del some
    return {'ops': times * n, 'ns': time.perf_counter_ns() - start}


CASES = {('vec', 'push'): push, ('vec', 'life'): life}


def main():
    wanted = json.loads(sys.stdin.readline())
    case = CASES.get((wanted['subject'], wanted['case']))
    if case:
        answer = case(wanted)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        answer['process'] = {'peak_rss': peak}
    else:
        answer = {'absent': 'a list has no such thing'}
    print(json.dumps(answer))


if __name__ == '__main__':
    main()
