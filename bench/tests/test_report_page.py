# SPDX-License-Identifier: MIT OR Apache-2.0
"""Tables, plots and the page, made from a fixed file."""
import copy
import html.parser
import os
import pathlib
import re
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

import reporting  # finds the others
import gnuplot
import judge
import lines
import page
import palette
import plots
import sides
import taprunner

VOID = {'meta', 'br', 'hr', 'img', 'link', 'input'}
needs_gnuplot = unittest.skipUnless(gnuplot.there(), 'needs gnuplot')


class Page(html.parser.HTMLParser):
    """What a browser would make of it: elements must match, ids be unique, links lead somewhere."""

    def __init__(self, text):
        super().__init__()
        self.problems, self.open, self.ids, self.links, self.text = [], [], [], [], []
        self.feed(text)
        self.close()
        self.problems += [f'open: {name}' for name in self.open]

    def handle_starttag(self, tag, attrs):
        self.look(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.look(tag, attrs)

    def look(self, tag, attrs):
        for key, value in attrs:
            if key == 'id':
                self.ids.append(value)
            elif key in ('href', 'src', 'srcset', 'action', 'data', 'poster', 'xlink:href'):
                self.links.append(value)
        if tag in ('script', 'link', 'iframe', 'object', 'embed', 'base'):
            self.problems.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f'closes {tag}')

    def handle_data(self, data):
        self.text.append(data)


def section(text, title):
    """The words of a section of the page, without its marks."""
    found = re.search(r'<section id="%s">(.*?)</section>' % title, text, re.S).group(1)
    return re.sub(r'\s+', ' ', re.sub(r'<[^>]*>', ' ', found))


def without_gnuplot():
    """An environment whose path has none."""
    return {**os.environ, 'PATH': str(reporting.HERE)}


class Made(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.there = pathlib.Path(cls.folder.name)
        for name, env in (('with', None), ('without', without_gnuplot())):
            status, output, errors = reporting.run('html', reporting.FIXED, '-o', cls.there / name,
                                                   env=env)
            assert status == 0, (output, errors)
        cls.bare = (cls.there / 'without' / 'index.html').read_text(encoding='utf-8')
        cls.whole = (cls.there / 'with' / 'index.html').read_text(encoding='utf-8')
        cls.results = lines.Results(reporting.fixed())

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_tables_are_as_they_were(self):
        for name, more in (('fixed.txt', []), ('fixed.md', ['--markdown'])):
            status, output, _ = reporting.run('table', *more, reporting.FIXED)
            self.assertEqual(status, 0)
            self.assertEqual(output, (reporting.HERE / name).read_text(encoding='utf-8'),
                             f'if that is meant: bench/report table {" ".join(more)} > {name}')

    def test_page_is_well_formed_and_needs_nothing_else(self):
        for text in (self.bare, self.whole):
            found = Page(text)
            self.assertEqual(found.problems, [])
            self.assertEqual(len(found.ids), len(set(found.ids)))
            self.assertTrue(found.links)
            for link in found.links:
                self.assertTrue(link.startswith('#') and link[1:] in found.ids, link)
            self.assertNotIn('://', text)
            self.assertNotIn('@import', text)
            for inside in re.findall(r'url\(([^)]*)\)', text):
                self.assertTrue(inside.startswith('#'), inside)
            ElementTree.fromstring(text.replace('<!DOCTYPE html>', ''))

    def test_losses_are_listed_with_their_ratios(self):
        words = section(self.bare, 'where-we-lose')
        for case, mine, best in (('vec push/1e5', 'vec', 'realloc x2, huge'),
                                 ('vec push/1e8', 'vec, small pages', 'realloc x2, huge'),
                                 ('vec life/1e1', 'vec', 'tiny vector'),
                                 ('slotmap get', 'slotmap, symmetric', 'urcu memb'),
                                 ('slotmap get', 'exclusive', 'plain'),
                                 ('slotmap get', 'slotmap', 'plain'),  # which does less
                                 ('slotmap memory/1e7', 'slotmap', 'plain'),
                                 ('slotmap occupancy/1e6', 'slotmap values', 'plain values')):
            a, b = (lines.named(self.results.cases[tuple(case.split())], name)['median']
                    for name in (mine, best))
            found = re.search(rf'{re.escape(case)} {re.escape(mine)} \S+ \S+ {re.escape(best)} '
                              r'\S+ \S+ ([\d.]+) ', words)
            self.assertTrue(found, (case, mine, best))
            self.assertAlmostEqual(float(found.group(1)) / (a / b), 1, delta=0.05)
        self.assertIn('push/1e6 vec: time / that of realloc x2 at most 0.3 0.3054 not met', words)
        self.assertIn('latency/1e8 vec max_ns 310 µs realloc x2 60.0 µs', words)
        self.assertNotIn('vec push/1e7 vec 0.79 ns', words)

    def test_wins_are_listed_no_plainer(self):
        words = section(self.bare, 'where-we-win')
        self.assertRegex(words, r'vec push/1e7 vec 0\.\d+ ns realloc x2, huge 2\.\d+ ns 0\.3\d ')
        self.assertRegex(words, r'push/1e7 vec: time / that of realloc x2 at most 0.3 0.2\d+ met')
        self.assertIn('vec breathe/3e7 vec left_percent 0.9 ', words)

    def test_who_wins_and_who_loses_only_depends_on_the_figures(self):
        env = reporting.environment()
        cells = {'vec': [10, 11, 12, 10, 11, 12, 13], 'peer': [20, 22, 24, 20, 22, 24, 25]}
        for mine, theirs, won in (('vec', 'peer', True), ('peer', 'vec', False)):
            case = reporting.case('x', [reporting.variant('vec', cells[mine]),
                                        reporting.variant('peer', cells[theirs])])
            text = page.page(lines.Results([env, case]), None)
            inside = [title for title in ('lose', 'win') if 'vec x' in section(text, f'where-we-{title}')]
            self.assertEqual(inside, ['win' if won else 'lose'])

    def test_what_is_open_is_neither(self):
        words = section(self.bare, 'where-it-is-open')
        self.assertIn('slotmap get slotmap 1.12 ns urcu memb', words)
        self.assertIn('vec: time / that of tcmalloc x2 at most 1 unknown', words)
        self.assertIn('slotmap get-10 slotmap, slotmap, symmetric, exclusive, plain, urcu memb, mutex, '
                      'rwlock there are more threads than processors', words)

    def test_doubtful_figures_neither_win_nor_lose(self):
        def contests(*variants):
            return [(one.mine['name'], one.best['name'])
                    for one in judge.contests([reporting.case('x', list(variants))])]
        good = reporting.variant('vec', [10, 11, 12]), reporting.variant('peer', [20, 21, 22])
        why = {'doubt': 'its threads waited'}
        self.assertEqual(contests(*good), [('vec', 'peer')])
        self.assertEqual(contests(*good, reporting.variant('other', [1, 2, 3], **why)), [('vec', 'peer')])
        self.assertEqual(contests({**good[0], **why}, good[1]), [])
        self.assertEqual(contests(good[0], {**good[1], **why}), [])

    def test_absent_is_said_with_its_reason(self):
        words = section(self.bare, 'what-is-absent')
        self.assertIn('vec tcmalloc x2 libtcmalloc.so.4 is &lt;not&gt; here push/1e5, push/1e6', words)
        self.assertIn('exclusive values failed: walk: lost &amp; found', words)
        self.assertIn('floor: warm stores a floor', words)

    def test_what_the_processes_took_is_there(self):
        words = section(self.bare, 'every-case')
        self.assertIn('of the process minor_faults system_calls mappings peak_rss vec 0.001 0 -1 4.00 MiB '
                      'realloc x2 0.002', words)

    def test_environment_is_there(self):
        words = section(self.bare, 'environment')
        for word in ('none: figures made up', 'a &lt;fixed&gt; file &amp; no build', 'libraries, glibc 2.36',
                     'madvise', '8 GiB'):
            self.assertIn(word, words)

    def test_a_quick_run_is_not_sold_as_more(self):
        quick = [{**line, 'quick': True} if line['type'] == 'environment' else line
                 for line in reporting.fixed()]
        self.assertIn('worth little', page.page(lines.Results(quick), None))
        self.assertNotIn('A quick run', self.bare)
        measures = [{**line, 'mode': 'quick'} if line['type'] == 'environment' else line
                    for line in quick]
        self.assertIn('shorter batches', page.page(lines.Results(measures), None))
        self.assertNotIn('worth little', page.page(lines.Results(measures), None))

    def test_without_gnuplot_the_page_says_that_plots_are_missing(self):
        self.assertIn('no gnuplot', section(self.bare, 'plots'))
        self.assertEqual([path.name for path in (self.there / 'without').iterdir()], ['index.html'])

    @needs_gnuplot
    def test_plots_are_files_and_in_the_page(self):
        names = [plot.name for _, plot in plots.of_results(self.results)]
        self.assertEqual(names, ['vec-time-to-n', 'vec-push', 'vec-latency-1e8', 'vec-breathe-3e7-ms',
                                 'slotmap-get', 'slotmap-occupancy', 'slotmap-memory-1e7'])
        for name in names:
            png = (self.there / 'with' / f'{name}.png').read_bytes()
            self.assertEqual(png[:8], b'\x89PNG\r\n\x1a\n')
            ElementTree.parse(self.there / 'with' / f'{name}.svg')
            self.assertIn(f'<figure id="plot-{name}">', self.whole)
        self.assertEqual(self.whole.count('<svg'), len(names))

    @needs_gnuplot
    def test_plots_name_all_variants_and_units(self):
        for _, plot in plots.of_results(self.results):
            drawn = ElementTree.parse(self.there / 'with' / f'{plot.name}.svg').getroot()
            words = ''.join(''.join(drawn.itertext()).split())
            for curve in plot.curves:
                self.assertIn(''.join(curve.label.split()), words)
            self.assertRegex(words, 'ns|µs|MiB|perµs')


class Drawn(unittest.TestCase):
    def results(self):
        return lines.Results(reporting.fixed())

    def test_curves_can_be_told_apart(self):
        for _, plot in plots.of_results(self.results()):
            looks = [curve.style[:2] for curve in plot.curves]
            self.assertEqual(len(looks), len(set(looks)), plot.name)
        for names in (['vec', 'vec, a', 'vec, b', 'vec, c', 'vec, d', 'vec, e'],
                      [f'peer{i}' for i in range(14)]):
            styles = palette.Palette('vec').styles(names)
            self.assertEqual(len(set(styles.values())), len(names))

    def test_ours_are_thicker(self):
        for subject, plot in plots.of_results(self.results()):
            for curve in plot.curves:
                self.assertEqual(curve.style.width > 2, sides.is_ours(subject, curve.label))

    def test_colours_go_round_only_when_there_are_no_more(self):
        colours = palette.Palette('slotmap')
        styles = colours.styles(['slotmap', 'exclusive', 'plain', 'urcu memb', 'ck epoch', 'mutex',
                                 'rwlock'])
        self.assertEqual(len({style.colour for style in styles.values()}), 7)

    def test_a_variant_keeps_its_colour(self):
        seen = {}
        for subject, plot in plots.of_results(self.results()):
            for curve in plot.curves:
                known = seen.setdefault((subject, curve.label), curve.style.colour)
                self.assertEqual(curve.style.colour, known)

    def test_threads_together_do_more(self):
        plot = next(p for _, p in plots.of_results(self.results()) if p.name == 'slotmap-get')
        one, two = next(c for c in plot.curves if c.label == 'plain').points[:2]
        case = self.results().cases['slotmap', 'get-2']
        self.assertEqual(two[:2], (2, 2e3 / lines.named(case, 'plain')['median']))
        self.assertLess(one[2], one[1])
        self.assertEqual(plot.mark, 2)  # processors

    def test_growing_and_shrinking_is_laid_out_in_a_line(self):
        self.assertEqual([p[0] for p in plots.unfolded([[0, 1], [5, 2], [10, 3], [5, 4], [0, 5]])],
                         [0, 5, 10, 15, 20])
        self.assertEqual(plots.there_and_back([[0, 1], [2000, 2], [0, 1]]),
                         [(0, '0'), (1000, '1 k'), (2000, '2 k'), (3000, '1 k'), (4000, '0')])
        self.assertIsNone(plots.there_and_back([[0, 1], [9, 2], [5, 1]]))

    def test_a_time_of_nothing_has_no_point(self):
        found = copy.deepcopy(reporting.fixed())
        found[1]['variants'][0].update(min=0, interval=[0, found[1]['variants'][0]['max']])
        plot = plots.of_results(lines.Results(found))[0][1]
        self.assertEqual([len(c.points) for c in plot.curves if c.label == 'vec'], [3])

    def test_labels_are_no_commands(self):
        self.assertEqual(gnuplot.quoted("it's a_b @x {y} 5 ~ &"),
                         "'it''s a\\_b \\@x \\{y\\} 5 \\~ \\&'")

    @needs_gnuplot
    def test_a_long_legend_is_one_column(self):
        env, case = reporting.fixed()[:2]
        peers = [reporting.variant(f'peer{i}', [i + 1, i + 2]) for i in range(24)]
        cases = [{**case, 'case': f'push/1e{n}', 'size': 10**n, 'baseline': 'peer0', 'targets': [],
                  'variants': peers} for n in (5, 6)]
        plot = plots.of_results(lines.Results([env, *cases]))[0][1]
        with tempfile.TemporaryDirectory() as folder:
            target = pathlib.Path(folder) / 'x.svg'
            gnuplot.draw(plot, target)
            found = re.findall(r'translate\(([\d.]+),[\d.]+\)[^>]*>\s*<text><tspan[^>]*>peer\d+<',
                               target.read_text(encoding='utf-8'))
        self.assertEqual((len(found), len(set(found))), (24, 1))

    @needs_gnuplot
    def test_strange_names_can_be_drawn(self):
        found = reporting.fixed()
        for line in found[1:5]:
            line['variants'][2]['name'] = line['baseline'] = "a'b{c}_d^2 %s @\\ \"q\" <&> é"
        plot = plots.of_results(lines.Results(found))[0][1]
        with tempfile.TemporaryDirectory() as folder:
            target = pathlib.Path(folder) / 'x.svg'
            gnuplot.draw(plot, target)
            words = ''.join(ElementTree.parse(target).getroot().itertext())
        self.assertIn("a'b{c}_d^2", words)
        self.assertIn('<&> é', words)


if __name__ == '__main__':
    taprunner.main()
