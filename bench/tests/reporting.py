# SPDX-License-Identifier: MIT OR Apache-2.0
"""What the tests of bench/report share."""
import copy
import json
import pathlib
import statistics
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
REPORT = HERE.parent / 'report'
FIXED = HERE / 'fixed.jsonl'  # made up, and never to be made anew
sys.path[:0] = [str(REPORT), str(HERE.parent.parent / 'tools')]


def run(*args, text=None, env=None):
    """(exit status, standard output, standard error) of a command of the report."""
    done = subprocess.run([sys.executable, str(REPORT), *map(str, args)], capture_output=True,
                          input=None if text is None else text.encode(), env=env, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def fixed():
    return [json.loads(line) for line in FIXED.read_text(encoding='utf-8').splitlines()]


def write(path, found):
    path.write_text(''.join(json.dumps(line) + '\n' for line in found), encoding='utf-8')
    return path


def environment(**more):
    return {**copy.deepcopy(fixed()[0]), **more}


def variant(name, samples, **more):
    ascending = sorted(samples)
    return {'name': name, 'ops': 1, 'median': statistics.median(samples), 'min': ascending[0],
            'q1': ascending[len(samples) // 4], 'q3': ascending[-1 - len(samples) // 4],
            'max': ascending[-1], 'interval': [ascending[0], ascending[-1]], 'level': 0.9,
            'samples': list(samples), 'metrics': {}, **more}


def case(name, variants, subject='vec', **more):
    return {'type': 'case', 'subject': subject, 'case': name, 'op': 'something', 'unit': 'ns/op',
            'baseline': variants[0]['name'], 'variants': variants, 'targets': [], **more}
