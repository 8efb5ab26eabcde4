# SPDX-License-Identifier: MIT OR Apache-2.0
"""What the benchmarks' JSON lines are turned into: python3 bench/report COMMAND.

The exit status is 2 when the input is of no use. bench/README.md says what the figures are.
"""
import os
import sys

sys.dont_write_bytecode = True  # the source tree stays clean

import argparse  # noqa: E402

import check  # noqa: E402
import compare  # noqa: E402
import lines  # noqa: E402
import page  # noqa: E402
import readme  # noqa: E402
import record  # noqa: E402
import table  # noqa: E402

COMMANDS = {'table': table, 'html': page, 'compare': compare, 'check': check, 'readme': readme,
            'record': record}


def main():
    for stream in (sys.stdin, sys.stdout):  # whatever the locale
        stream.reconfigure(encoding='utf-8')
    parser = argparse.ArgumentParser(prog='report', description=__doc__)
    commands = parser.add_subparsers(dest='command', metavar='COMMAND', required=True)
    for name, module in COMMANDS.items():
        summary = module.__doc__.splitlines()[0]
        module.options(commands.add_parser(name, help=summary, description=module.__doc__))
    args = parser.parse_args()
    try:
        return COMMANDS[args.command].run(args)
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (lines.Useless, OSError) as error:
        print(f'report {args.command}: {error}', file=sys.stderr)
        return 2


if __name__ == '__main__':
    sys.exit(main())
