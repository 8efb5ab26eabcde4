# SPDX-License-Identifier: MIT OR Apache-2.0
"""As much of JSON Schema (2020-12) as schema.json uses, for a Python without modules.

A keyword that is not known here is an error, not something that holds by itself.
"""
import json
import pathlib
import re

FILE = pathlib.Path(__file__).with_name('schema.json')
TYPES = {'object': dict, 'array': list, 'string': str, 'boolean': bool, 'null': type(None)}
WORDS = {'$schema', '$comment', '$defs', 'title', 'description', 'then', 'else'}


def is_a(value, name):
    if name in ('number', 'integer'):
        return isinstance(value, (int, float)) and not isinstance(value, bool) and \
            (name == 'number' or value == int(value))
    return isinstance(value, TYPES[name])


def same(a, b):
    """True is not 1 in JSON."""
    return a == b and isinstance(a, bool) == isinstance(b, bool)


class Schema:
    def __init__(self, root):
        self.root = root

    def problems(self, value, rule=None, place=''):
        """Each a text that begins with its place in the value; none if the value is as it should be."""
        rule = self.root if rule is None else rule
        if isinstance(rule, bool):
            return [] if rule else [f'{place or "it"}: must not be there']
        found = []
        for keyword, wanted in rule.items():
            if keyword not in WORDS:
                check = getattr(self, 'check_' + keyword.lstrip('$'), None)
                if not check:
                    raise NotImplementedError(f'schema keyword {keyword}')
                found += check(value, wanted, rule, place)
        return found

    def holds(self, value, rule):
        return not self.problems(value, rule)

    def check_ref(self, value, wanted, _rule, place):
        return self.problems(value, self.root['$defs'][wanted[len('#/$defs/'):]], place)

    def check_type(self, value, wanted, _rule, place):
        names = [wanted] if isinstance(wanted, str) else wanted
        return [] if any(is_a(value, name) for name in names) else \
            [f'{place or "it"}: is no {" or ".join(names)}']

    def check_const(self, value, wanted, _rule, place):
        return [] if same(value, wanted) else [f'{place or "it"}: is {value!r}, not {wanted!r}']

    def check_enum(self, value, wanted, _rule, place):
        return [] if any(same(value, one) for one in wanted) else \
            [f'{place or "it"}: is {value!r}, none of {wanted}']

    def check_required(self, value, wanted, _rule, place):
        missing = [key for key in wanted if isinstance(value, dict) and key not in value]
        return [f'{place + ": " if place else ""}no {key}' for key in missing]

    def check_properties(self, value, wanted, _rule, place):
        return [problem for key, rule in wanted.items() if isinstance(value, dict) and key in value
                for problem in self.problems(value[key], rule, f'{place}.{key}'.lstrip('.'))]

    def check_additionalProperties(self, value, wanted, rule, place):
        others = [key for key in value if key not in rule.get('properties', {})] \
            if isinstance(value, dict) else []
        return [problem for key in others
                for problem in self.problems(value[key], wanted, f'{place}.{key}'.lstrip('.'))]

    def check_items(self, value, wanted, _rule, place):
        return [problem for at, one in enumerate(value if isinstance(value, list) else [])
                for problem in self.problems(one, wanted, f'{place}[{at}]')]

    def check_minItems(self, value, wanted, _rule, place):
        short = isinstance(value, list) and len(value) < wanted
        return [f'{place}: has fewer than {wanted}'] if short else []

    def check_maxItems(self, value, wanted, _rule, place):
        long = isinstance(value, list) and len(value) > wanted
        return [f'{place}: has more than {wanted}'] if long else []

    def check_minLength(self, value, wanted, _rule, place):
        short = isinstance(value, str) and len(value) < wanted
        return [f'{place}: is shorter than {wanted}'] if short else []

    def check_pattern(self, value, wanted, _rule, place):
        wrong = isinstance(value, str) and not re.search(wanted, value)
        return [f'{place}: is {value!r}, not like {wanted}'] if wrong else []

    def check_minimum(self, value, wanted, _rule, place):
        return [f'{place}: is below {wanted}'] if is_a(value, 'number') and value < wanted else []

    def check_maximum(self, value, wanted, _rule, place):
        return [f'{place}: is above {wanted}'] if is_a(value, 'number') and value > wanted else []

    def check_if(self, value, wanted, rule, place):
        branch = rule.get('then' if self.holds(value, wanted) else 'else', True)
        return self.problems(value, branch, place)

    def check_oneOf(self, value, wanted, _rule, place):
        found = [self.problems(value, rule, place) for rule in wanted]
        fitting = sum(not problems for problems in found)
        if fitting == 1:
            return []
        if fitting:
            return [f'{place or "it"}: fits {fitting} of {len(wanted)} ways']
        return min(found, key=len)  # the way that was probably meant


def of_lines():
    return Schema(json.loads(FILE.read_text(encoding='utf-8')))
