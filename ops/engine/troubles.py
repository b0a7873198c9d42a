"""What the CLI says when it fails, and what to do about it. Its own message has been shown; this adds the remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ops.engine.faults import COULD_NOT_RUN, REFUSED, EngineError


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A message to know, the sentence to add, the exit code. `{stack}` is filled in."""

    says: str
    advice: str
    code: int = COULD_NOT_RUN


KNOWN = (
    Trouble(
        says="passphrase must be set with",
        advice="This stack's secrets are encrypted with a passphrase, and none is set. Set PULUMI_CONFIG_PASSPHRASE, "
        "or PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it.",
    ),
    Trouble(
        says="incorrect passphrase",
        advice="The passphrase does not fit this stack. Set PULUMI_CONFIG_PASSPHRASE to the one it was made with; "
        "it is kept with the break-glass material, outside the account.",
    ),
    Trouble(
        says="no stack named",
        advice="{stack} is not in this state store. If it is new, make it: `pulumi stack init {stack} --secrets-provider ...`; "
        "if it exists elsewhere, choose that store: `pulumi login ADDRESS`. `pulumi whoami -v` shows the present one.",
    ),
    Trouble(
        says="PULUMI_ACCESS_TOKEN must be set for login",
        advice="No state store has been chosen. Choose one that survives the primary: `pulumi login ADDRESS` "
        "(or set PULUMI_BACKEND_URL).",
    ),
    Trouble(
        says="unable to open bucket",
        advice="The state store cannot be opened. Check its address: PULUMI_BACKEND_URL, or `pulumi whoami -v`.",
    ),
    Trouble(
        says="failed to load checkpoint|could not deserialize deployment|snapshot integrity",
        advice="The state cannot be read. Nothing has been changed.",
    ),
    Trouble(
        says="no space left on device|disk quota exceeded|file too large",
        advice="The disk is full. Free some space before anything else; then call again: if a step could not be recorded, "
        "the next `./oob up {stack}` says so and prints the way back.",
    ),
    Trouble(
        says="get credentials|NoCredentialProviders|ExpiredToken|InvalidClientTokenId|could not find default credentials",
        advice="There are no valid credentials for the out-of-band account. Sign in to it; "
        "`./oob doctor {stack}` shows who is calling.",
    ),
    Trouble(
        says="failed to discover package requirements",
        advice="The program's Python packages cannot be listed (the environment .venv has no pip, or is not there). "
        "Delete .venv and call ./oob again.",
    ),
    Trouble(says="permission denied", advice="The state store or the project folder cannot be written to by this user."),
    Trouble(
        says="currently locked by",
        advice="The state is locked by another run.",
        code=REFUSED,
    ),
)


def known(output: str) -> Trouble | None:
    """The first known trouble in what the CLI wrote."""
    return next((one for one in KNOWN if re.search(one.says, output)), None)


def translated(output: str, stack: str, otherwise: str) -> EngineError:
    """An error for a person: the remedy of a known trouble, else `otherwise`."""
    found = known(output)
    if found is None:
        return EngineError(otherwise, REFUSED)
    return EngineError(found.advice.format(stack=stack), found.code)


def last_error(output: str) -> str:
    """The CLI's own last error line, without its prefix."""
    errors = [line.strip() for line in output.splitlines() if line.strip().startswith("error:")]
    return errors[-1].removeprefix("error:").strip() if errors else output.strip()[-300:]
