#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Install libvbuf into a scratch folder, and use it in every way there is."""
# The classes are what the runner looks for in this module.
from case_cmake import CMake  # noqa: F401
from case_pkgconfig import PkgConfig  # noqa: F401
from case_subproject import Subproject  # noqa: F401
import taprunner  # in tools/, which those made known

if __name__ == '__main__':
    taprunner.main()
