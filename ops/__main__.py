"""`./oob` ends up here. Ctrl-C is answered from the first moment on: what it finds under way takes seconds to import."""

from __future__ import annotations

import sys

try:
    from ops import interrupts
except KeyboardInterrupt:  # before there was anything that could answer it
    sys.stderr.write("\noob: interrupted\n")
    sys.exit(130)


def run() -> None:
    """The command line. Ctrl-C ends it with 130 and a word, wherever it finds it, but for commands that answer it themselves:
    they hand it on to another program, or it is their way to end.
    """
    interrupts.answer()
    try:
        from ops.cli import main

        main()
    except KeyboardInterrupt:
        interrupts.end()
    except SystemExit as ended:
        if interrupts.heard() and ended.code == interrupts.INTERRUPTED:
            interrupts.end()
        raise


if __name__ == "__main__":
    run()
