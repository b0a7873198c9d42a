"""`./oob` ends up here. Ctrl-C is answered from the first moment on: what it finds under way takes seconds to import."""

from __future__ import annotations

import gc
import os
import signal
import sys
from types import FrameType

INTERRUPTED = 130
WORD = "\noob: interrupted\n"
PATIENCE_SECONDS = 10.0
"""Some libraries take Ctrl-C for something else and go on. After this time, longer than a tunnel needs to end what it began
(components/leash.py), the process ends all the same.
"""


def run() -> None:
    """The command line. Ctrl-C ends it with 130 and a word, wherever it finds it, but for commands that answer it themselves:
    they hand it on to another program, or it is their way to end.
    """
    heard: list[int] = []

    def hear(number: int, _frame: FrameType | None) -> None:
        heard.append(number)
        signal.signal(signal.SIGALRM, give_up)
        signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)
        raise KeyboardInterrupt

    def give_up(_number: int, _frame: FrameType | None) -> None:
        os.write(sys.stderr.fileno(), WORD.encode())
        os._exit(INTERRUPTED)

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not where whoever called has it ignored
        signal.signal(signal.SIGINT, hear)
    try:
        from ops.cli import main

        main()
    except KeyboardInterrupt:
        code: int | str | None = INTERRUPTED
    except SystemExit as ended:
        code = ended.code
    except Exception:
        if not heard:
            raise
        code = INTERRUPTED  # some libraries take Ctrl-C for an import that failed, and go on
    else:
        code = 0
    if heard and code == INTERRUPTED:
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.stderr.write(WORD)
        gc.freeze()  # what was planned so far is not looked through before the end
    sys.exit(code)


if __name__ == "__main__":
    run()
