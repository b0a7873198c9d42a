"""Shared by all tests."""

import gc


def pytest_collection_finish() -> None:
    """`./oob test` starts with the collector paused (see tests/__main__.py); from here on it may run."""
    gc.enable()
