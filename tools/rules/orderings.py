# SPDX-License-Identifier: MIT OR Apache-2.0
"""Atomic operations and their orderings."""
import re

from rules.rule import rule
from rules.tree import matches

STRONG = re.compile(r'\b__ATOMIC_(?:ACQUIRE|RELEASE|ACQ_REL|SEQ_CST|CONSUME)\b|'
                    r'\bmemory_order_(?:acquire|release|acq_rel|seq_cst|consume)\b|'
                    r'\bvbuf_(?:load|store|cas|exchange|fetch|add|sub|or|and|fence|barrier)\w*'
                    r'_(?:acquire|release|acq_rel|seq_cst)_?\b|\bvbuf_(?:light|heavy)_?\s*\(')
LABEL = re.compile(r'\[([\w.-]+)\]\s+pairs\s+with\s+(\[[\w.-]+\](?:(?:,|\s+and)\s+\[[\w.-]+\])*)')
DEFINES_ATOMICS = ('src/atomic.h', 'include/vbuf/atomic.h')


@rule
def atomics_named(tree):
    """Atomic operations are those of <vbuf/atomic.h>, so that the model sees every one."""
    foreign = re.compile(r'\b(?:__atomic_\w+|__sync_\w+|_Atomic|atomic_\w+|stdatomic|_Interlocked\w+|'
                         r'Interlocked\w+)\b')
    return [f'{path}:{number}: {found.group(0)}'
            for path in tree.files('include/vbuf/*.h', 'src/*.c', 'src/*.h')
            if not matches(path, DEFINES_ATOMICS)
            for number, line in tree.code(path) for found in [foreign.search(line)] if found]


@rule
def orderings_paired(tree):
    """An ordering stronger than relaxed has '[a] pairs with [b]' beside it, and [b] names [a]."""
    problems, partners, places = [], {}, {}
    for path in tree.files('include/vbuf/*.h', 'src/*.c', 'src/*.h'):
        if matches(path, DEFINES_ATOMICS):
            continue
        raw = tree.text(path)
        for found in LABEL.finditer(re.sub(r'\n[ \t]*\*', '\n  ', raw)):
            partners.setdefault(found.group(1), set()).update(re.findall(r'\[(.*?)\]', found.group(2)))
            places[found.group(1)] = path
        lines = raw.splitlines()
        for number, line in tree.code(path):
            near = ' '.join(text.strip().lstrip('*') for text in lines[max(0, number - 4):number])
            if STRONG.search(line) and not LABEL.search(near):
                problems.append(f'{path}:{number}: no "[label] pairs with [other]" beside it')
    for label, others in sorted(partners.items()):
        for other in sorted(others):
            if label not in partners.get(other, ()):
                problems.append(f'{places[label]}: [{label}] pairs with [{other}], '
                                'which does not exist or names another')
    return problems
