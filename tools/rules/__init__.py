# SPDX-License-Identifier: MIT OR Apache-2.0
"""The house rules, a module for each family; tools/check runs them.

A rule is a function of the tree. Its first line states it; it returns the problems it
found, each a line that begins with the place.
"""
