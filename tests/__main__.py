"""Runs pytest with the garbage collector paused until all test modules are loaded.

CPython before 3.11.8 and 3.12.2 fails now and then with "AST constructor recursion depth mismatch" when a collection runs inside
ast.parse (https://github.com/python/cpython/issues/106905), and pytest parses every test module that it has not cached yet.
"""

import gc
import sys

gc.disable()

import pytest  # noqa: E402 only after the collector is paused

sys.exit(pytest.main(sys.argv[1:]))
