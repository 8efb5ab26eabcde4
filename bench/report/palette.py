# SPDX-License-Identifier: MIT OR Apache-2.0
"""How a variant is drawn: a colour for all with one first name, a dash and a point for each.

The colours are those of Okabe and Ito, which people tell apart however they see colours, without
their yellow, which vanishes on white; a brown comes last.
"""
import collections
import re

import sides

Style = collections.namedtuple('Style', 'colour dash point width')

OURS = ('#D55E00', '#CC79A7')  # vermillion; reddish purple, which peers get last, for a second form
PEERS = ('#0072B2', '#009E73', '#E69F00', '#56B4E9', '#000000', '#CC79A7', '#8B5A2B')
FLOOR = '#888888'
DASHES = ('1', '(8,4)', '(2,4)', '(10,4,2,4)', '(14,3)', '(2,2,8,2)')
POINTS = ((7, 6), (5, 4), (9, 8), (11, 10), (13, 12), (15, 14))  # of gnuplot, filled and hollow
KINDS = re.compile(r'( x2| x1\.5| reserve| epoch| memb| bp| qsbr|,.*| values| handles| runs.*)+$')


def first_name(name):
    """Those with one maker: "realloc" of "realloc x1.5, huge"."""
    return KINDS.sub('', name)


class Palette:
    """Gives out styles; the same variant of a subject has the same colour in all its plots."""

    def __init__(self, subject):
        self.subject = subject
        self.colours = {}

    def colour(self, name):
        first = first_name(name)
        if first not in self.colours:
            ours = sides.is_ours(self.subject, name)
            if sides.why_none(self.subject, name) and not ours:
                self.colours[first] = FLOOR
            else:
                row = OURS if ours else PEERS
                free = [colour for colour in row if colour not in self.colours.values()]
                self.colours[first] = free[0] if free else row[len(self.colours) % len(row)]
        return self.colours[first]

    def styles(self, names):
        """{name: style} for the variants of one plot."""
        seen, found = collections.Counter(), {}
        for name in names:
            colour, first = self.colour(name), first_name(name)
            shape = POINTS[list(self.colours).index(first) % len(POINTS)]
            again, seen[colour] = seen[colour], seen[colour] + 1
            found[name] = Style(colour, DASHES[again % len(DASHES)], shape[again % 2],
                                3.5 if sides.is_ours(self.subject, name) else 1.6)
        return found
