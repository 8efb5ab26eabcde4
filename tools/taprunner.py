# SPDX-License-Identifier: MIT OR Apache-2.0
"""Run the unittest cases of a script and print TAP, so that Meson sees each of them."""
import sys
import unittest


class TapResult(unittest.TestResult):
    """Prints a line for each case; what went wrong goes to standard error."""

    def _line(self, words, test, more=''):
        name = test.id().split('.', 1)[-1]
        print(f'{words} {self.testsRun} - {name}{more}', flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self._line('ok', test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._line('ok', test, f' # SKIP {reason}')

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._line('not ok', test)
        print(self.failures[-1][1], file=sys.stderr)

    def addError(self, test, err):
        super().addError(test, err)
        self._line('not ok', test)
        print(self.errors[-1][1], file=sys.stderr)


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules['__main__'])
    print(f'1..{suite.countTestCases()}')
    result = suite.run(TapResult())
    sys.exit(not result.wasSuccessful())
