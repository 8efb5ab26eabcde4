# SPDX-License-Identifier: MIT OR Apache-2.0
"""What all rules need: a list to be in, and tools to run."""
import concurrent.futures
import os
import subprocess

RULES = []
SLOW = []


class Skip(Exception):
    """Raised by a rule that lacks a tool, or a build to look at."""


def rule(function):
    RULES.append(function)
    return function


def slow(function):
    """Of a rule that takes more than some seconds: it is left out by --quick."""
    SLOW.append(function)
    return function


def run(*command, text=None, folder=None):
    """(exit status, standard output, standard error) of a command."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, cwd=folder)
    return done.returncode, done.stdout, done.stderr


def processors():
    return len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count() or 1


def each(function, items):
    """[function(item)], worked at by all processors; for functions that wait for a tool."""
    with concurrent.futures.ThreadPoolExecutor(processors()) as pool:
        return list(pool.map(function, items))
