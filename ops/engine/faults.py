"""Why an engine command does not go on, and the exit code that says so."""

from __future__ import annotations

FINE = 0
REFUSED = 1  # refused, or the engine failed; the text or the engine's own output says why
COULD_NOT_RUN = 3  # a tool, the state store, a passphrase or disk space is missing
INTERRUPTED = 130


class EngineError(Exception):
    """A command that stops. The text is for a person and says what to do; `code` is the exit code."""

    def __init__(self, text: str, code: int = REFUSED) -> None:
        super().__init__(text)
        self.code = code
