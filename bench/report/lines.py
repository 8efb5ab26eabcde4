# SPDX-License-Identifier: MIT OR Apache-2.0
"""Read JSON lines: those of the programs, or as Meson's log packs them."""
import json
import sys

SCHEMA = 1


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
    found = []
    for file in files:
        for line, where in unpacked(file):
            kind = line.get('type')
            if kind not in ('environment', 'case'):
                raise Useless(f'{where}: neither an environment nor a case')
            if kind == 'environment' and line.get('schema') != SCHEMA:
                raise Useless(f'{where}: schema {line.get("schema")}; I know {SCHEMA}')
            if kind == 'case' and not found:
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
