# SPDX-License-Identifier: MIT OR Apache-2.0
"""The headline in README.md: a table and a plot, from a results file of the repository.

They stand between two marks; the first names the file. The plot goes to docs/measured.svg
beside the README. With --check nothing is written: the exit status is 1 when README or plot
are not those of the results.
"""
import difflib
import hashlib
import os
import pathlib
import re
import textwrap

import gnuplot
import headline
import lines
import plots

PLOT = 'vec-push'
BEGIN = '<!-- bench/report of {} -->'
END = '<!-- end of bench/report -->'
MARKED = re.compile(re.escape(BEGIN).replace(r'\{\}', r'(\S+)') + r'\n.*?' + re.escape(END), re.S)
STAMP = '<!-- bench/report: {} {} -->'
STAMPED = re.compile(re.escape(STAMP).replace(r'\{\}', r'(\w+)') + '\n')


def digest(words):
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def told(plot):
    """What the picture depends on, but for gnuplot's version."""
    return digest(gnuplot.script(plot))


def stamped(svg, plot):
    """The picture with a line that says of what it is, and that it is whole."""
    at = svg.index('<svg')
    return svg[:at] + STAMP.format(told(plot), digest(svg)) + '\n' + svg[at:]


def is_of(svg, plot):
    found = STAMPED.search(svg)
    return bool(found) and found.group(1) == told(plot) and \
        found.group(2) == digest(STAMPED.sub('', svg, count=1))


def chosen(results):
    """The plot for the README; None if the results have nothing for it."""
    return next((plot for _, plot in plots.of_results(results) if plot.name == PLOT), None)


def bold(words, really):
    return f'**{words}**' if really and words else words


def block(results, where, plot, picture):
    """What stands between the marks, and they."""
    rows = headline.rows(results)
    if not rows:
        raise lines.Useless('these results have none of the cases that are shown')
    table = [f'| {row.what} | {row.mine} | {row.best} | {row.peer} | '
             f'{bold(row.ratio, row.worse)} | {row.interval} |' for row in rows]
    parts = [
        BEGIN.format(where),
        *textwrap.wrap(
            'Each row stands beside the best of all peers that do the same work, whatever they were '
            'given: huge pages, say, or the length in advance. Below 1 libvbuf takes less; where the '
            'ratio is **bold** it takes more. '
            f'On {headline.machine(results)}. Medians of {headline.rounds(results)}; ratios within '
            f'each round, with bootstrap intervals; [all samples]({where}).',
            110, break_long_words=False, break_on_hyphens=False),
        '', '| work | libvbuf | best peer | which | ratio | interval |',
        '|---|---:|---:|---|---:|---|', *table]
    if plot:
        parts += ['', f'![{plot.title}: time per element of each peer, by N]({picture})']
    return '\n'.join([*parts, END])


def made(results, readme, where, picture):
    """The README anew."""
    old = readme.read_text(encoding='utf-8')
    if len(MARKED.findall(old)) != 1:
        raise lines.Useless(f'{readme}: not one "{BEGIN.format("FILE")}" with "{END}" behind it')
    return old, MARKED.sub(lambda _: block(results, where, chosen(results), picture), old)


def check(readme, old, new, svg, plot):
    status = 0
    if new != old:
        print(*difflib.unified_diff(old.splitlines(), new.splitlines(), f'{readme}',
                                    'as the results have it', lineterm='', n=1), sep='\n')
        status = 1
    if plot and not (svg.exists() and is_of(svg.read_text(encoding='utf-8'), plot)):
        print(f'{svg}: not the plot of these results')
        status = 1
    return status


def write(readme, new, svg, plot):
    if plot:
        svg.parent.mkdir(exist_ok=True)
        try:
            gnuplot.draw(plot, svg)
        except gnuplot.Missing:
            raise lines.Useless('needs gnuplot (Debian: gnuplot-nox)') from None
        svg.write_text(stamped(svg.read_text(encoding='utf-8'), plot), encoding='utf-8')
        print(svg)
    readme.write_text(new, encoding='utf-8')
    print(readme)
    return 0


def options(parser):
    parser.add_argument('file', type=pathlib.Path)
    parser.add_argument('readme', type=pathlib.Path)
    parser.add_argument('--check', action='store_true', help='write nothing')


def run(args):
    results = lines.results([args.file])
    where = pathlib.Path(os.path.relpath(args.file.resolve(), args.readme.resolve().parent)).as_posix()
    svg = args.readme.parent / 'docs' / 'measured.svg'
    old, new = made(results, args.readme, where, 'docs/measured.svg')
    plot = chosen(results)
    if args.check:
        return check(args.readme, old, new, svg, plot)
    return write(args.readme, new, svg, plot)
