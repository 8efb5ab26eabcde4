#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Make the tarball of a release from the last commit, and use it as packagers do."""
# The class is what the runner looks for in this module.
from case_release import Release  # noqa: F401
import taprunner  # in tools/, which that made known

if __name__ == '__main__':
    taprunner.main()
