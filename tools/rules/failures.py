# SPDX-License-Identifier: MIT OR Apache-2.0
"""Every failure of the system is driven into every function that can meet it."""
import re

from rules.exports import map_names
from rules.rule import rule

# What a table of operations has for each function that it drives: see tests/fault_grid.h.
DRIVEN = re.compile(r'\bDRIVES\((\w+)')
NAME = re.compile(r'(?<![\w.>])[A-Za-z_]\w*')  # not a member


def definitions(tree, path):
    """The texts of what a source defines or declares outside of all braces, directives left out."""
    chunk, depth, goes_on = [], 0, False
    for _, line in tree.code(path):
        directive = goes_on or line.lstrip().startswith('#')
        goes_on = directive and line.endswith('\\')
        if directive:
            continue
        chunk.append(line)
        depth += line.count('{') - line.count('}')
        if depth == 0 and line.rstrip().endswith((';', '}')):
            yield '\n'.join(chunk)
            chunk = []


def bodies(tree, path):
    """{name: text} of the functions and tables of a source."""
    found = {}
    for text in definitions(tree, path):
        head, brace, body = re.sub(r'__attribute__\(\(.*?\)\)', '', text).partition('{')
        table, function = re.search(r'(\w+)(?:\[\w*\])* =\s*$', head), re.search(r'(\w+)\)?\(', head)
        if brace and (table or function):
            found[(table or function).group(1)] = body
    return found


def can_fail(tree):
    """The functions of the two doors to the system that have an error to return."""
    return {name for path in tree.files('src/os.h', 'src/sync.h') for text in definitions(tree, path)
            for name in re.findall(r'\bint (vbuf_\w+)\(', text)}


def with_fault(tree):
    """Those that the faulty library can make fail."""
    text = ''.join(tree.text(path) for path in tree.files('tests/support/faulty_*.c'))
    return set(re.findall(r'^(vbuf_(?:os|sync)_\w+)\(', text, re.M)) | \
        {f'vbuf_{door}_{name}' for name in re.findall(r'^FAULTY(?:_IN_PART)?\((\w+)', text, re.M) for door in ('os', 'sync')}


def reaches_system(tree):
    """The exported functions from which, by what they mention, a call that can fail is reached."""
    fail = can_fail(tree)
    defined = {path: bodies(tree, path) for path in tree.files('src/*.[ch]', 'include/vbuf/*.h')}
    shared = {name: path for path, texts in defined.items() for name in texts
              if name.startswith('vbuf_') or path.endswith('.h')}
    users, reached = {}, set()
    for path, texts in defined.items():
        for name, text in texts.items():
            mentioned = set(NAME.findall(text))
            if mentioned & fail:
                reached.add((path, name))
            for other in mentioned:
                place = path if other in texts else shared.get(other)
                users.setdefault((place, other), set()).add((path, name))
    ahead = list(reached)
    while ahead:
        more = users.get(ahead.pop(), set()) - reached
        reached |= more
        ahead += more
    return {name for name in map_names(tree) if (shared.get(name), name) in reached}


@rule
def failures_driven(tree):
    """Tables of tests/fault_grid_*.c drive each exported function below which a system call may fail.

    Those with a name that ends in '_' are the cold halves of inline functions, and driven
    through them.
    """
    driven = {name for path in tree.files('tests/fault_grid_*.c') for name in DRIVEN.findall(tree.text(path))}
    wanted = {name for name in reaches_system(tree) if not name.endswith('_')}
    return [f'{name}: no fault in front of it in tests/support' for name in sorted(can_fail(tree) - with_fault(tree))] + \
        [f'{name}: no DRIVES({name}, ...) in tests/fault_grid_*.c' for name in sorted(wanted - driven)] + \
        [f'{name}: driven, and not exported' for name in sorted(driven - set(map_names(tree)))]
