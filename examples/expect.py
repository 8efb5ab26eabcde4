#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Run a program; what it prints must match the regular expressions, line by line.

usage: expect.py PROGRAM REGEX...

Meson sets MESON_EXE_WRAPPER where the program is for another system. A program
that exits with 77 skips its test.
"""
import os
import re
import shlex
import subprocess
import sys


def main():
    program, wanted = sys.argv[1], sys.argv[2:]
    command = shlex.split(os.environ.get("MESON_EXE_WRAPPER", "")) + [program]
    run = subprocess.run(command, stdout=subprocess.PIPE, timeout=60)
    got = run.stdout.decode().splitlines()
    print("\n".join(got))
    if run.returncode != 0:
        print("exit status", run.returncode)
        return 77 if run.returncode == 77 else 1
    for number in range(max(len(got), len(wanted))):
        line = got[number] if number < len(got) else None
        regex = wanted[number] if number < len(wanted) else None
        if line is None or regex is None or not re.fullmatch(regex, line):
            print(f"line {number + 1}: wanted {regex!r}, got {line!r}")
            return 1
    return 0


sys.exit(main())
