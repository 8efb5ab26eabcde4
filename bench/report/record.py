# SPDX-License-Identifier: MIT OR Apache-2.0
"""Run all benchmark programs of a build, and make README.md say what they found.

The lines go to the results file that README.md names, and what stands there before is
replaced only when all have run. Further arguments go to each program: --repeats 5, say.
"""
import argparse
import pathlib
import subprocess
import sys

import check
import lines
import readme


def programs(build):
    found = sorted(path for path in (build / 'bench').glob('bench-*')
                   if path.is_file() and path.suffix in ('', '.exe'))
    if not found:
        raise lines.Useless(f'{build}: no benchmark programs')
    return found


def options(parser):
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('readme', type=pathlib.Path)
    parser.add_argument('more', nargs=argparse.REMAINDER)


def run(args):
    named = readme.MARKED.search(args.readme.read_text(encoding='utf-8'))
    if not named:
        raise lines.Useless(f'{args.readme}: names no results file')
    target = args.readme.parent / named.group(1)
    fresh = target.with_suffix('.new')
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(fresh, 'w', encoding='utf-8') as file:
        for program in programs(args.build):
            done = subprocess.run([program, *args.more], stdout=file, check=False)
            if done.returncode:
                raise lines.Useless(f'{program}: ended with {done.returncode}; its lines: {fresh}')
    for problem in check.problems(lines.results([fresh])):
        print(problem, file=sys.stderr)
    fresh.replace(target)
    print(target)
    return readme.run(argparse.Namespace(file=target, readme=args.readme, check=False))
