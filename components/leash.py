"""Runs a command that ends with the program that started it, however that program ends.

Usage: `python leash.py COMMAND [ARGUMENT …]`. It stands alone and imports nothing of this project.

The starter keeps the other end of standard input. When that closes, by intent or because the starter was killed, the
command's whole process group is asked to stop and then made to: a command may leave the real work to a program of its
own (session plug-ins do), which would otherwise live on and keep its port.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

# A session is ended in order on an interrupt; what does not listen within these seconds is ended without asking.
STEPS = ((signal.SIGINT, 2.0), (signal.SIGTERM, 1.0), (signal.SIGKILL, 1.0))


def group_lives(group: int) -> bool:
    """Whether any process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def end(command: subprocess.Popen[bytes]) -> None:
    """Stop the command and everything it started, gently first."""
    for asked, seconds in STEPS:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(command.pid, asked)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            command.poll()  # a child that has ended is counted as living until it is asked about
            if not group_lives(command.pid):
                return
            time.sleep(0.02)


def main(arguments: list[str]) -> int:
    # Its standard input stays open and empty: some programs take an end of it as the wish to stop.
    command = subprocess.Popen(arguments, stdin=subprocess.PIPE, start_new_session=True)

    def watch() -> None:
        sys.stdin.buffer.read()
        end(command)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
    code = command.wait()
    end(command)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    try:
        status = main(sys.argv[1:])
    except OSError as problem:
        sys.stderr.write(f"{sys.argv[1]}: {problem.strerror}\n")
        status = 127
    sys.stderr.flush()
    os._exit(status)  # the watching thread sits in a read that cannot be called off
