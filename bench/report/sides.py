# SPDX-License-Identifier: MIT OR Apache-2.0
"""Whose a variant is: ours, a peer's, or a floor's that nobody could pass.

Who is named here is ours, or no contestant for the reason given; anybody else is a peer.
"""
import fnmatch

OURS = {
    'vm': ('vbuf', 'vbuf,*', 'huge pages', 'small pages', 'default', 'prefault', 'prefault,*',
           'discard', 'purge', 'decommit+commit'),
    'vec': ('vec', 'vec,*'),
    'cvec': ('cvec', 'cvec[ ,]*'),
    'slotmap': ('slotmap', 'slotmap[ ,]*', 'exclusive', 'exclusive[ ,]*', '* live'),
}

FLOOR = 'floor:*'
NO_CONTESTANTS = {
    'vm': {'WILLNEED': 'makes nothing resident'},
    'vec': {'store loop': 'a floor: stores, and no vector', 'memcpy': 'a floor: no vector'},
    'cvec': {'array': 'a floor: no vector'},
    'slotmap': {'array': 'a floor: no handles', 'array,*': 'a floor: no handles',
                'every slot': 'a floor: no handles', 'every slot,*': 'a floor: no handles',
                'slotmap, alone': 'one thread, for comparison with several'},
}


def match(name, patterns):
    return next((pattern for pattern in patterns if fnmatch.fnmatchcase(name, pattern)), None)


def known(subject):
    return subject in OURS


def why_none(subject, name):
    """Why the variant is no contestant; None if it is one."""
    if fnmatch.fnmatchcase(name, FLOOR):
        return 'a floor: what nobody could pass'
    found = match(name, NO_CONTESTANTS.get(subject, {}))
    return NO_CONTESTANTS[subject][found] if found else None


def is_ours(subject, name):
    return not why_none(subject, name) and bool(match(name, OURS.get(subject, ())))


def is_peer(subject, name):
    return not why_none(subject, name) and not is_ours(subject, name)


# Variants of one case that do different work, by their names; the others do the same.
TASKS = {
    'vm': {'discard': 'discard', 'FREE': 'discard', 'purge': 'purge', 'DONTNEED': 'purge',
           'decommit+commit': 'decommit', 'DONTNEED+mprotect twice': 'decommit'},
    'vec': {'*, local': 'local', '*, pointer': 'pointer'},
    'slotmap': {'*shuffled': 'shuffled', '*handles': 'handles', '*handles, used': 'used',
                '* values': 'values', '*, values': 'values', '* runs': 'values'},
}
# Made for one thread at a time: a contest among themselves.
ALONE = {'slotmap': ('exclusive', 'exclusive[ ,]*', 'plain', 'plain[ ,]*')}
LESS = 'not made for threads'


def task(subject, name):
    found = match(name, TASKS.get(subject, {}))
    return TASKS[subject][found] if found else None


def rivalry(subject, mine, peer):
    """"same" if the peer does what ours does, "less" if less, None if something else, or more."""
    if not is_peer(subject, peer) or task(subject, mine) != task(subject, peer):
        return None
    alone = ALONE.get(subject, ())
    if match(mine, alone):
        return 'same' if match(peer, alone) else None
    return 'less' if match(peer, alone) else 'same'
