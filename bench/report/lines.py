# SPDX-License-Identifier: MIT OR Apache-2.0
"""Read JSON lines: those of the programs, or as Meson's log packs them."""
import json
import re
import sys

import schema


class Useless(Exception):
    """There is nothing to be done with this input; says where and why."""


def refuse(constant):
    raise ValueError(f'{constant} is no JSON')


def parse(text, where):
    try:
        line = json.loads(text, parse_constant=refuse)
    except ValueError as error:
        raise Useless(f'{where}: {error}') from None
    if not isinstance(line, dict):
        raise Useless(f'{where}: not an object')
    return line


def unpacked(file):
    """(line, where it stands); Meson's log holds the lines of a program packed in one of its own."""
    for number, text in enumerate(file, 1):
        where = f'{file.name}:{number}'
        line = parse(text, where) if text.strip() else None
        if line and 'stdout' in line and 'type' not in line:
            for packed in line['stdout'].splitlines():
                yield parse(packed, where), where
        elif line is not None:
            yield line, where


def of_files(files):
    """All lines, environments and cases, in their order."""
    found, rules = [], schema.of_lines()
    for file in files:
        for line, where in unpacked(file):
            problems = rules.problems(line)
            if problems:
                name = f'{line["case"]}: ' if isinstance(line.get('case'), str) else ''
                raise Useless(f'{where}: {name}{problems[0]}')
            if line['type'] == 'case' and not found:
                raise Useless(f'{where}: a case before its environment')
            found.append(line)
    if not found:
        raise Useless('nothing to read')
    return found


def of_paths(paths):
    """The lines of the files of these names; "-" is standard input."""
    files = []
    try:
        for path in paths:
            files.append(sys.stdin if str(path) == '-' else open(path, encoding='utf-8'))
        return of_files(files)
    except UnicodeDecodeError as error:
        raise Useless(f'{error}') from None
    finally:
        for file in files:
            if file is not sys.stdin:
                file.close()


# Of an environment, what each start of a program has anew.
PASSING = ('seed', 'load', 'timer_ns', 'filter', 'repeats', 'budget_s', 'began', 'available')


class Results:
    """One run of some subjects: environments by subject, cases by (subject, case). It may have been
    made by several starts of a program, each for some of the cases."""

    def __init__(self, found):
        self.environments, self.cases = {}, {}
        for line in found:
            subject = line['subject']
            if line['type'] == 'environment':
                known = self.environments.setdefault(subject, line)
                for key in dict.fromkeys([*known, *line]):
                    if key not in PASSING and known.get(key) != line.get(key):
                        raise Useless(f'{subject}: two environments, with {key} '
                                      f'{known.get(key)} and {line.get(key)}')
                continue
            if subject not in self.environments:
                raise Useless(f'{subject} {line["case"]}: of which environment?')
            if (subject, line['case']) in self.cases:
                raise Useless(f'{subject} {line["case"]} is there twice: several runs')
            self.cases[subject, line['case']] = line


def results(paths):
    return Results(of_paths(paths))


def family(case):
    """What its name has before the size: "push" of "push/1e5"."""
    return case['case'].rsplit('/', 1)[0] if 'size' in case else case['case']


def threads(name):
    """("get", 4) of the family "get-4", ("get", 1) of "get"."""
    found = re.fullmatch(r'(.*)-(\d+)', name)
    return (found.group(1), int(found.group(2))) if found else (name, 1)


def flat(environment):
    """Its members; those that have members themselves are spread: "libraries, glibc"."""
    found = {}
    for key, value in environment.items():
        if isinstance(value, dict):
            found.update({f'{key}, {inner}': one for inner, one in value.items()})
        elif isinstance(value, list):
            found[key] = ', '.join(map(str, value)) or None
        elif key not in ('type', 'schema', 'subject'):
            found[key] = value
    return found


def measured(case):
    """Its variants that have figures."""
    return [variant for variant in case['variants'] if 'samples' in variant]


def named(case, name):
    """Its variant of that name, if it has figures."""
    return next((variant for variant in measured(case) if variant['name'] == name), None)
