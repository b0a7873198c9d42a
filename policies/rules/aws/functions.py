"""Functions: who calls them, what they run on, what their settings hold. Facts: Lambda developer guide; FSBP Lambda controls."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Level, Outcome, Resource, Severity, bad_if, must_have, must_not, rule
from policies.reading.credentials import holds_credential
from policies.reading.values import Value, all_of, asked, one_of, present

FUNCTION = "aws:lambda/function:Function"
PERMISSION = "aws:lambda/permission:Permission"
# The oldest of each kind that AWS still mends (Lambda: runtimes); what has no number here is judged by nobody.
OLDEST = {"python": (3, 10), "nodejs": (20,), "java": (11,), "dotnet": (8,), "ruby": (3, 2)}
ENDED = ("go1.x", "provided", "nodejs", "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "provided.al2")


@rule(
    "functions-not-public",
    on=(PERMISSION, "aws:lambda/functionUrl:FunctionUrl"),
    severity=Severity.CRITICAL,
    frameworks=("FSBP Lambda.1", "NIST 800-53 AC-3"),
    remedy="Name the principal, and for a service sourceArn or sourceAccount; set authorizationType to AWS_IAM",
)
def not_public(r: Resource) -> Iterator[Outcome]:
    """Nobody from outside calls a function, neither directly nor through a service that acts for everybody."""
    yield from must_not(r, "authorizationType", one_of("NONE"), "takes calls from anybody")
    yield from must_not(r, "functionUrlAuthType", one_of("NONE"), "takes calls from anybody")
    named = any(present(r.at(key)) for key in ("sourceAccount", "sourceArn", "principalOrgId"))
    yield from bad_if(
        all_of([not named, asked(_anybody, r.at("principal"))]), "principal", "is everybody, or a service that acts for everybody"
    )


def _anybody(value: Value) -> bool:
    return isinstance(value, str) and (value == "*" or value.endswith(".amazonaws.com"))


@rule(
    "functions-supported-runtime",
    on=FUNCTION,
    severity=Severity.MEDIUM,
    frameworks=("FSBP Lambda.2", "NIST 800-53 SI-2"),
    remedy="Choose a runtime that AWS still mends",
)
def supported_runtime(r: Resource) -> Iterator[Outcome]:
    """A function runs on what still gets fixes."""
    yield from must_not(r, "runtime", _ended, "gets no more fixes")


def _ended(value: Value) -> bool:
    if not isinstance(value, str):
        return False
    kind = value.rstrip("0123456789.x")
    numbers = tuple(int(part) for part in value[len(kind) :].split(".") if part.isdigit())
    return value in ENDED or (kind in OLDEST and bool(numbers) and numbers < OLDEST[kind])


@rule(
    "functions-no-keys-in-settings",
    on=FUNCTION,
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 IA-5(7)",),
    remedy="Give the function a role, and read secrets when it runs",
)
def no_keys_in_settings(r: Resource) -> Iterator[Outcome]:
    """No key stands in a function's environment."""
    yield from must_not(r, "environment.variables.*", holds_credential, "holds a key")


@rule(
    "functions-bounded",
    on=FUNCTION,
    severity=Severity.LOW,
    frameworks=("NIST 800-53 SC-5",),
    remedy="Set reservedConcurrentExecutions, and timeout",
    level=Level.ADVISORY,
)
def bounded(r: Resource) -> Iterator[Outcome]:
    """A function that runs wild takes nothing from others."""
    yield from must_have(r, "reservedConcurrentExecutions", "is not given")
