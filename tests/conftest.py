"""Tests that press Ctrl-C need programs that hear it: who is started in the background ignores it, and so do its children."""

from __future__ import annotations

import signal

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
