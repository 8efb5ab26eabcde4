# SPDX-License-Identifier: MIT OR Apache-2.0
"""README.md and results agree, or it is seen that they do not."""
import pathlib
import shutil
import tempfile
import unittest

import reporting  # finds the others
import gnuplot
import lines
import readme
import taprunner

TEXT = f'# A thing\n\nBefore.\n\n{readme.BEGIN.format("results/a.jsonl")}\n{readme.END}\n\nBehind.\n'
PLOT = '<?xml version="1.0"?>\n<svg>a picture</svg>\n'


class Readme(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.there = pathlib.Path(folder.name)
        (self.there / 'results').mkdir()
        (self.there / 'docs').mkdir()
        self.file = self.there / 'results' / 'a.jsonl'
        self.readme = self.there / 'README.md'
        self.svg = self.there / 'docs' / 'measured.svg'
        shutil.copy(reporting.FIXED, self.file)
        self.readme.write_text(TEXT, encoding='utf-8')

    def write(self):
        """Both, without gnuplot."""
        results = lines.results([self.file])
        _, new = readme.made(results, self.readme, 'results/a.jsonl', 'docs/measured.svg')
        self.readme.write_text(new, encoding='utf-8')
        self.svg.write_text(readme.stamped(PLOT, readme.chosen(results)), encoding='utf-8')

    def check(self, status, *words):
        got, output, errors = reporting.run('readme', self.file, self.readme, '--check')
        self.assertEqual(got, status, output + errors)
        for one in words:
            self.assertIn(one, output + errors)

    def change(self, path, old, new):
        text = path.read_text(encoding='utf-8')
        self.assertIn(old, text)
        path.write_text(text.replace(old, new, 1), encoding='utf-8')

    def test_what_was_written_agrees(self):
        self.write()
        self.check(0)
        text = self.readme.read_text(encoding='utf-8')
        self.assertTrue(text.startswith('# A thing\n\nBefore.\n\n<!-- bench/report of'))
        self.assertTrue(text.endswith(f'{readme.END}\n\nBehind.\n'))
        self.assertIn('| push 10⁷ | 0.79 ns | 2.45 ns | realloc x2, huge | 0.32 | 0.30 .. 0.34 |', text)
        self.assertIn('| make, push 10, destroy: each push | 3.43 ns | 0.90 ns | tiny vector | **3.81** |',
                      text)
        self.assertIn('](docs/measured.svg)', text)
        self.assertIn('figures made up', text)  # the machine

    def test_an_empty_readme_does_not(self):
        self.check(1, '+| push 10⁷', 'not the plot')

    def test_a_digit_in_the_readme(self):
        self.write()
        self.change(self.readme, '0.79 ns', '0.78 ns')
        self.check(1, '-| push 10⁷ | 0.78 ns', '+| push 10⁷ | 0.79 ns')

    def test_other_results(self):
        self.write()
        text = self.file.read_text(encoding='utf-8').splitlines()
        found = [line for line in text if '"push/1e7"' not in line]
        self.file.write_text('\n'.join(found), encoding='utf-8')
        self.check(1, '-| push 10⁷')

    def test_another_plot(self):
        self.write()
        self.change(self.svg, 'a picture', 'another picture')
        self.check(1, 'measured.svg: not the plot')
        self.svg.unlink()
        self.check(1, 'measured.svg: not the plot')

    def test_a_plot_of_other_results(self):
        self.write()
        results = lines.results([self.file])
        self.file.write_text(self.file.read_text(encoding='utf-8').replace('"median": 7.', '"median": 6.'),
                             encoding='utf-8')
        changed = lines.results([self.file])
        self.assertNotEqual(readme.told(readme.chosen(results)), readme.told(readme.chosen(changed)))
        self.check(1, 'not the plot')

    def test_results_without_what_is_shown_are_of_no_use(self):
        self.file.write_text(self.file.read_text(encoding='utf-8').splitlines()[0], encoding='utf-8')
        self.check(2, 'none of the cases')

    def test_without_marks_nothing_is_written(self):
        for text in ('# A thing\n', TEXT + TEXT, TEXT.replace(readme.END, '')):
            self.readme.write_text(text, encoding='utf-8')
            for more in ([], ['--check']):
                status, _, errors = reporting.run('readme', self.file, self.readme, *more)
                self.assertEqual(status, 2, errors)
            self.assertEqual(self.readme.read_text(encoding='utf-8'), text)

    @unittest.skipUnless(gnuplot.there(), 'needs gnuplot')
    def test_the_command_writes_both(self):
        self.assertEqual(reporting.run('readme', self.file, self.readme)[0], 0)
        self.check(0)
        first = self.readme.read_bytes(), self.svg.read_bytes()
        self.assertEqual(reporting.run('readme', self.file, self.readme)[0], 0)
        self.assertEqual((self.readme.read_bytes(), self.svg.read_bytes()), first)


class Record(unittest.TestCase):
    """Of programs that print known lines."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.there = pathlib.Path(folder.name)
        (self.there / 'build' / 'bench').mkdir(parents=True)
        self.readme = self.there / 'README.md'
        self.readme.write_text(TEXT, encoding='utf-8')

    def program(self, name, script):
        path = self.there / 'build' / 'bench' / name
        path.write_text(f'#!/bin/sh\n{script}\n', encoding='utf-8')
        path.chmod(0o755)

    def test_a_program_that_fails_leaves_all_as_it_was(self):
        self.program('bench-a', 'exit 3')
        status, _, errors = reporting.run('record', self.there / 'build', self.readme)
        self.assertEqual(status, 2)
        self.assertIn('ended with 3', errors)
        self.assertFalse((self.there / 'results' / 'a.jsonl').exists())
        self.assertEqual(self.readme.read_text(encoding='utf-8'), TEXT)

    def test_a_build_without_programs(self):
        self.assertEqual(reporting.run('record', self.there, self.readme)[0], 2)

    @unittest.skipUnless(gnuplot.there(), 'needs gnuplot')
    def test_lines_and_readme_are_written(self):
        self.program('bench-a', f'[ "$*" = "--repeats 5" ] && cat "{reporting.FIXED}"')
        status, output, errors = reporting.run('record', self.there / 'build', self.readme,
                                               '--repeats', '5')
        self.assertEqual(status, 0, output + errors)
        file = self.there / 'results' / 'a.jsonl'
        self.assertEqual(file.read_bytes(), reporting.FIXED.read_bytes())
        self.assertEqual(reporting.run('readme', file, self.readme, '--check')[0], 0)


if __name__ == '__main__':
    taprunner.main()
