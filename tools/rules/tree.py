# SPDX-License-Identifier: MIT OR Apache-2.0
"""The files of the project, as rules look at them."""
import fnmatch
import pathlib
import re
import shutil

from rules.rule import Skip


def matches(path, patterns):
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)


def blank_comments(text):
    """C source with its comments and strings emptied; lines keep their numbers."""
    def empty(match):
        found = match.group(0)
        if found[0] == '/':
            return re.sub(r'[^\n]', ' ', found)
        return found[0] + ' ' * (len(found) - 2) + found[0]
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', empty, text,
                  flags=re.S)


class Tree:
    """The files of the project, without builds and fetched sources."""

    def __init__(self, root, build=None):
        self.root = pathlib.Path(root)
        self.build = pathlib.Path(build) if build else None
        self.paths = sorted(self.walk(self.root))

    def walk(self, folder):
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                skipped = entry.name in ('.git', '__pycache__') or entry.name.startswith('build') or \
                    (entry / 'meson-private').exists() or \
                    (entry.name == 'target' and (entry.parent / 'Cargo.toml').exists()) or \
                    (entry.parent.name == 'subprojects' and entry.name != 'packagefiles')
                if not skipped:
                    yield from self.walk(entry)
            elif entry.is_file():
                yield entry.relative_to(self.root).as_posix()

    def files(self, *patterns):
        return [path for path in self.paths if matches(path, patterns)]

    def text(self, path):
        return (self.root / path).read_text(encoding='utf-8', errors='replace')

    def code(self, path):
        """(line number, line) of a C file, comments and strings blanked."""
        return enumerate(blank_comments(self.text(path)).splitlines(), 1)

    def includes(self, path):
        """(line number, '<' or '"', name) of each #include; dead ones in comments left out."""
        raw = self.text(path).splitlines()
        for number, line in self.code(path):
            if re.match(r'\s*#\s*include\b', line):
                found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', raw[number - 1])
                if found:
                    yield number, found.group(1), found.group(2)

    def library(self, name):
        """A built library; the rule is skipped where there is no build."""
        if not self.build:
            raise Skip('no build given')
        if not shutil.which('nm'):
            raise Skip('no nm')
        path = self.build / 'src' / name
        if not path.exists():
            raise Skip(f'{path} is not built')
        return path
