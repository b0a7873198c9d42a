"""`./oob` ends up here. Ctrl-C is answered from the first moment on: what it finds under way takes seconds to import."""

from __future__ import annotations

import signal
import sys
from types import FrameType

INTERRUPTED = 130


def run() -> None:
    """The command line. Ctrl-C ends it with 130 and a word, wherever it finds it, but for commands that answer it themselves:
    they hand it on to another program, or it is their way to end.
    """
    heard: list[int] = []

    def hear(number: int, _frame: FrameType | None) -> None:
        heard.append(number)
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not where whoever called has it ignored
        signal.signal(signal.SIGINT, hear)
    try:
        from ops.cli import main

        main()
    except KeyboardInterrupt:
        code: int | str | None = INTERRUPTED
    except SystemExit as ended:
        code = ended.code
    else:
        code = 0
    if heard and code == INTERRUPTED:
        sys.stderr.write("\noob: interrupted\n")
    sys.exit(code)


if __name__ == "__main__":
    run()
