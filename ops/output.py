"""Writing results: whole or not at all, and a sentence instead of a traceback when the disk is full or the pipe closed."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

from ops import interrupts


class NotWritten(Exception):  # noqa: N818 it says what happened
    """A result that could not be written; `str()` says where, why and what to do. Exit code 3."""


def open_closed_streams() -> None:
    """Put the null device where the caller has closed a standard stream (`>&-`): what is opened next would take its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 open to the end of the process


def write_whole(path: Path, text: str) -> None:
    """Replace `path` by `text` in one step: a reader sees the old file or the new one, never half of one."""
    with interrupts.told():
        _write_whole(path, text)


def _write_whole(path: Path, text: str) -> None:
    temporary: str | None = None
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "is a directory")
        if path.exists() and not path.is_file():  # a device or a pipe cannot be replaced, only written to
            path.write_text(text, encoding="utf-8")
            return
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except (OSError, KeyboardInterrupt) as problem:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        if isinstance(problem, KeyboardInterrupt):
            raise
        reason = problem.strerror or problem.__class__.__name__
        raise NotWritten(
            f"{path}: could not be written ({reason}); nothing was left behind. Choose another place or free space."
        ) from None


def show(text: str) -> None:
    """Print a result to its last byte, or to where its reader has heard enough. OSError if the place is full.

    Where Python is told not to buffer (PYTHONUNBUFFERED, usual in containers), its own `write` drops without a word what did not
    fit on a full disk.
    """
    rest = memoryview(text.encode(sys.stdout.encoding, errors="backslashreplace"))
    try:
        sys.stdout.flush()
        while rest:
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the end of the process would fail on it again
