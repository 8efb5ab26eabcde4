# SPDX-License-Identifier: MIT OR Apache-2.0
"""The small parts of a page: elements, tables, plots put into it."""
import html
import re


def element(name, *inside, **attributes):
    """inside is markup already; attributes are text. Those called cls are the class."""
    told = ''.join(f' {key.replace("cls", "class").replace("_", "-")}="{html.escape(str(value))}"'
                   for key, value in attributes.items() if value is not None)
    return f'<{name}{told}>{"".join(inside)}</{name}>'


def text(words):
    return html.escape(str(words), quote=False)


def slug(words):
    return re.sub(r'[^a-z0-9]+', '-', str(words).lower()).strip('-')


class Cell:
    """A cell that wants a class of its own."""

    def __init__(self, words, cls):
        self.words, self.cls = words, cls


class Link:
    """A cell that leads somewhere."""

    def __init__(self, words, href):
        self.words, self.href = words, href


def cell(name, one, right):
    if isinstance(one, Link):
        return element(name, element('a', text(one.words), href=one.href))
    if isinstance(one, Cell):
        return element(name, text(one.words), cls=one.cls)
    return element(name, text(one), cls='n' if right else None)


def table(head, rows, right=(), caption=None, classes=None):
    """rows of texts or Cells; right: the columns of figures; classes: one a row."""
    parts = [element('caption', text(caption))] if caption else []
    parts.append(element('thead', element('tr', *(cell('th', one, at in right)
                                                  for at, one in enumerate(head)))))
    body = [element('tr', *(cell('td', one, at in right) for at, one in enumerate(row)),
                    cls=classes[number] if classes else None) for number, row in enumerate(rows)]
    parts.append(element('tbody', '\n'.join(body)))
    # what can be scrolled must be reached by the keyboard too
    return element('div', element('table', *parts), cls='wide', tabindex='0', role='region',
                   aria_label=caption or ', '.join(str(getattr(one, 'words', one)) for one in head))


def inlined(svg, name, title):
    """An SVG file as a part of a page: no prologue, names that no other plot has."""
    svg = svg[svg.index('<svg'):]
    svg = re.sub(r'<!--.*?-->', '', svg, flags=re.S)
    svg = re.sub(r'\s+xmlns(:\w+)?=(["\']).*?\2', '', svg)
    svg = re.sub(r'\bxlink:href=', 'href=', svg)
    svg = re.sub(r'\bid=(["\'])(.*?)\1', lambda m: f'id="{name}-{m.group(2)}"', svg)
    svg = re.sub(r'\bhref=(["\'])#(.*?)\1', lambda m: f'href="#{name}-{m.group(2)}"', svg)
    svg = re.sub(r'url\((["\']?)#(.*?)\1\)', lambda m: f'url(#{name}-{m.group(2)})', svg)
    svg = re.sub(r'<title>.*?</title>|<desc>.*?</desc>', '', svg, flags=re.S)
    return svg.replace('<svg', f'<svg role="img" aria-label="{html.escape(title)}"', 1).strip()


def section(title, *parts):
    return element('section', element('h2', text(title)), *parts, id=slug(title))
