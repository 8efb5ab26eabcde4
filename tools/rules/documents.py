# SPDX-License-Identifier: MIT OR Apache-2.0
"""Documents say what is so."""
import re

from rules.rule import rule
from rules.tree import blank_comments

BLOCK = re.compile(r'^(<!-- (\S+) -->\n)?```(?:c|cpp|c\+\+)\n(.*?)^```$', re.M | re.S)


@rule
def quoted_programs(tree):
    """A C block of a document is the file named above it, less the comments at that file's top."""
    problems = []
    for path in tree.files('*.md'):
        for _, name, block in BLOCK.findall(tree.text(path)):
            if not name:
                problems.append(f'{path}: a C block without "<!-- file -->" above it')
            elif name not in tree.paths:
                problems.append(f'{path}: quotes {name}, which is not there')
            else:
                whole = tree.text(name)
                top = whole[:-len(block)] if block and whole.endswith(block) else 'different'
                if blank_comments(top).strip():
                    problems.append(f'{path}: the block differs from {name}')
    return problems


@rule
def links_lead_somewhere(tree):
    """A relative link in a document leads to a file of the project."""
    problems = []
    for path in tree.files('*.md'):
        for target in re.findall(r'\]\(([^)#\s]+)(?:#[^)]*)?\)', tree.text(path)):
            if not re.match(r'\w+:', target) and \
                    not ((tree.root / path).parent / target).exists():
                problems.append(f'{path}: {target}')
    return problems


def project_version(tree):
    return re.search(r"^\s*version: '([^']+)'", tree.text('meson.build'), re.M).group(1)


@rule
def one_version(tree):
    """include/vbuf/base.h says the version that meson.build says."""
    text = tree.text('include/vbuf/base.h')
    header = dict(re.findall(r'#define VBUF_VERSION_(\w+) "?([\d.]+)"?', text))
    version = project_version(tree)
    numbers = '.'.join(header.get(part, '?') for part in ('MAJOR', 'MINOR', 'PATCH'))
    return [f'include/vbuf/base.h: {found}, meson.build: {version}'
            for found in (numbers, header.get('STRING', '?')) if found != version]


@rule
def symbols_versioned(tree):
    """The version of the symbols in src/libvbuf.map is that of the soname: 0.x, and 1 from 1.0 on."""
    numbers = project_version(tree).split('.')
    wanted = 'VBUF_' + ('.'.join(numbers[:2]) if numbers[0] == '0' else numbers[0])
    found = re.search(r'([\w.]+)\s*{', blank_comments(tree.text('src/libvbuf.map')))
    name = found.group(1) if found else 'nothing'
    return [] if name == wanted else [f'src/libvbuf.map: {name}, not {wanted}']


@rule
def changelog_current(tree):
    """The topmost section of CHANGELOG.md is that of the current version."""
    found = re.search(r'^## \[?([\d.]+)', tree.text('CHANGELOG.md'), re.M)
    version = project_version(tree)
    if found and found.group(1) == version:
        return []
    return [f'CHANGELOG.md: begins with {found.group(1) if found else "nothing"}, not {version}']
