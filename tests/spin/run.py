#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Have spin search all interleavings of a model, in each of its variants, and print TAP.

What is to come of a variant the model itself says, in the comment at its top, by lines such as

    holds: a sentence, which becomes the name of the case
    fails BROKEN_FENCE: what goes wrong without the fence

The words in capitals are defined for spin's preprocessor. A variant holds if the search was
complete, found nothing and came by every line of the model. It fails if an assertion of the
model was violated, and in no other way. With --trail the shortest way to that is shown.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOM = 'room_in_the_buffer'  # in tso.pml: no assertion of what is modelled
MEGABYTES = 500
DEPTH = 100000
FLAGS = ['-Og', '-w', '-DSAFETY', '-DCOLLAPSE', f'-DMEMLIM={MEGABYTES}']  # most of a variant's time is the compiler's
VARIANT = re.compile(r'^ \* (holds|fails)((?: [A-Z][A-Z0-9_]*)*): (.+)$', re.M)
NOISE = re.compile(r'\[(DO|IF|break|else|goto .*|\.\(goto\)|k_ = .*|.*room_in_the_buffer.*)\]')  # in a trail
COMPILER = os.environ.get('CC', 'cc').split()


class Wrong(Exception):
    """What came of a variant is not what was to come."""


def variants(model):
    """[(whether it holds, [defined], sentence)] as the model tells them."""
    return [(word == 'holds', defined.split(), sentence)
            for word, defined, sentence in VARIANT.findall(model.read_text(encoding='utf-8'))]


def judge(output, holds):
    """The number of states seen; raises Wrong."""
    violated = re.search(r'^pan:\d+: assertion violated (.*) \(at depth \d+\)', output, re.M)
    errors = re.search(r'errors: (\d+)', output)
    states = re.search(r'^ *([\d.e+]+) states, stored', output, re.M)
    if not errors or not states:
        raise Wrong('there was no search')
    if violated and ROOM in violated.group(1):
        raise Wrong('a store buffer is too small: the model is to make BUFFER larger')
    if not holds:
        if not violated:
            raise Wrong('no assertion was violated')
        return states.group(1)
    if violated:
        raise Wrong(f'violated: {violated.group(1)}')
    if errors.group(1) != '0':
        raise Wrong('an error, and no assertion that was violated')
    for words in ('max search depth too small', 'Search not completed', 'out of memory', 'memory limit', 'truncated'):
        if words in output:
            raise Wrong(f'the search was not complete: {words}')
    unseen = [line.strip() for line in re.findall(r'^\t(.*:\d+, state \d+, ".*")$', output, re.M)
              if not line.endswith('"-end-"')]
    if unseen:
        raise Wrong('never came by ' + '; '.join(unseen))
    return states.group(1)


def called(command, folder):
    """Both outputs of a command that must succeed."""
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors='replace', check=False)
    if done.returncode != 0:
        raise Wrong(f'{command[0]}: exit status {done.returncode}\n{done.stdout}')
    return done.stdout


def search(model, defined, folder, *more):
    """What spin's verifier says. It exits with 0, whatever it finds."""
    said = called(['spin', '-a', *(f'-D{name}' for name in defined), str(model)], folder)
    if 'rror' in said:
        raise Wrong(said)
    called([*COMPILER, *FLAGS, *more, '-o', 'pan', 'pan.c'], folder)
    return called(['./pan', f'-m{DEPTH}', '-w22'], folder)


def try_all(model):
    """Print a line for each variant; whether each did what it was to do."""
    known = variants(model)
    good = bool(known)
    print(f'1..{len(known)}')
    for number, (holds, defined, sentence) in enumerate(known, 1):
        start = time.monotonic()
        try:
            with tempfile.TemporaryDirectory() as folder:
                comment = judge(search(model, defined, folder), holds) + ' states'
            verdict = 'ok'
        except Wrong as why:
            verdict, comment, good = 'not ok', str(why), False
        print(f'{verdict} {number} - {sentence}')
        comment = f'{" ".join(defined) or "as it is"}: {comment}, {time.monotonic() - start:.1f} s'
        print(*('# ' + line for line in comment.splitlines()), sep='\n', flush=True)
        if verdict == 'not ok':
            print(f'{model.name}: {sentence}: {comment}', file=sys.stderr)
    return good


def show(model, defined):
    """Print the shortest interleaving that violates something; whether there is one."""
    with tempfile.TemporaryDirectory() as folder:
        found = re.search(r'^pan:\d+: .*', search(model, defined, folder, '-DBFS'), re.M)
        if found:
            command = ['spin', '-p', '-k', f'{folder}/{model.name}.trail', *(f'-D{name}' for name in defined)]
            steps = subprocess.run([*command, str(model)], stdout=subprocess.PIPE, text=True, check=False).stdout
            print(*(line.replace(f'{model.parent}/', '') for line in steps.splitlines()
                    if re.match(r' *\d+:\t', line) and not NOISE.search(line)), sep='\n')
        print(found.group(0) if found else 'nothing is violated')
        return bool(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--trail', action='store_true', help='show how the variant fails, and no TAP')
    parser.add_argument('model', type=pathlib.Path)
    parser.add_argument('defined', nargs='*', help='with --trail: what is defined, BROKEN_X say')
    args = parser.parse_args()
    model = args.model.resolve()

    if not shutil.which('spin') or not shutil.which(COMPILER[0]):
        print('1..0 # SKIP needs spin, and a C compiler for what it writes')
        return 0
    return 0 if (show(model, args.defined) if args.trail else try_all(model)) else 1


if __name__ == '__main__':
    sys.exit(main())
