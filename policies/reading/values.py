"""Plain values with a third state: UNKNOWN is what only the cloud can answer, and nobody may take it for yes or no."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple, NoReturn, cast


class NotYetKnown(TypeError):  # noqa: N818 it is no error: an answer
    """A decision was asked of UNKNOWN. Who judges a rule reports it as not yet judged."""


class Unknown:
    """The type of UNKNOWN. It has no truth, equals nothing and holds nothing: every such question raises NotYetKnown."""

    def _refuse(self, *_: object) -> NoReturn:
        raise NotYetKnown("this value is known after deployment only")

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __contains__ = __iter__ = __len__ = __str__ = __int__ = __float__ = __getitem__ = _refuse
    __hash__ = None  # pyright: ignore[reportAssignmentType]  # unhashable, so that sets cannot swallow it

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()

Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"] | Unknown
Truth = bool | Unknown
Test = Callable[[Value], bool]


class Seen(NamedTuple):
    """A value, and the path at which it stands."""

    path: str
    value: Value


_STEP = re.compile(r"\[\*\]|[^.\[\]]+")


@cache
def _steps(path: str) -> tuple[str, ...]:
    return tuple(_STEP.findall(path))


def peek(value: Value, path: str, default: Value = None) -> Value:
    """The value at a path of plain keys (`a.b.c`), `default` where nothing stands. UNKNOWN on the way is the answer.

    A list of one stands for its element: providers take a block in both forms.
    """
    for key in _steps(path):
        if isinstance(value, list):
            value = _alone(value)
        if not isinstance(value, dict):
            return UNKNOWN if value is UNKNOWN else default
        value = value.get(key)
    return default if value is None else value


def _alone(given: list[Value]) -> Value:
    """The one element of a list, or None."""
    return given[0] if len(given) == 1 else None


def below(value: Value, path: str, at: str = "") -> Seen:
    """What stands at a path of plain keys: None where nothing does, UNKNOWN where it stands on the way. Lists as in `peek`."""
    for key in _steps(path):
        if isinstance(value, list):
            value, at = _alone(value), f"{at}[0]"
        if isinstance(value, dict):
            value = value.get(key)
        elif value is UNKNOWN:
            break
        else:
            value = None
        at = f"{at}.{key}" if at else key
    return Seen(at, value)


def stands(value: Value, path: str) -> bool:
    """Whether something stands at a path as findings write it, with numbers for elements. A key may hold dots itself."""
    for step in _steps(path):
        if isinstance(value, list) and step.isdigit():
            value = value[int(step)] if int(step) < len(value) else None
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return isinstance(value, dict) and any(key.startswith(f"{step}.") for key in value)
    return value is not None


def each(value: Value, path: str, at: str = "") -> list[Seen]:
    """Every value at a path. `[*]` stands for each element of a list (what stands alone counts as one), `*` for each key.

    Absent keys give None; a list that is not there gives nothing; UNKNOWN on the way is given once, where it stands.
    """
    if "*" not in path:
        return [below(value, path, at)]
    plain, rest = _split(path)
    found = [below(value, plain, at)]
    for step in rest:
        found = _further(found, step)
    return found


@cache
def _split(path: str) -> tuple[str, tuple[str, ...]]:
    """The plain keys before the first `[*]` or `*`, and the steps from there on."""
    steps = _steps(path)
    wild = min(steps.index(one) for one in ("[*]", "*") if one in steps)
    return ".".join(steps[:wild]), steps[wild:]


def _further(found: list[Seen], step: str) -> list[Seen]:
    further: list[Seen] = []
    for seen in found:
        at, value = seen
        if value is UNKNOWN:
            further.append(seen)
        elif step == "[*]":
            if isinstance(value, list):
                further += [Seen(f"{at}[{index}]", inner) for index, inner in enumerate(value)]
            elif value is not None and value != "":
                further.append(seen)
        elif isinstance(value, list):
            further += _further([Seen(f"{at}[0]", _alone(value))], step)
        elif not isinstance(value, dict):
            if step != "*":
                further.append(Seen(joined(at, step), None))
        elif step == "*":
            further += [Seen(joined(at, key), inner) for key, inner in value.items()]
        else:
            further.append(Seen(joined(at, step), value.get(step)))
    return further


def joined(at: str, key: str) -> str:
    """A path one step further."""
    return f"{at}.{key}" if at else key


def listed(value: Value) -> list[Value]:
    """A list as it is, nothing as no elements, anything else as the one element that short forms allow."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def is_true(value: Value) -> bool:
    """True, also where a provider takes it as text."""
    if value is UNKNOWN:
        raise NotYetKnown
    return value is True or value == 1 or (isinstance(value, str) and value.lower() in ("true", "on", "1"))


def is_false(value: Value) -> bool:
    """False, also as text. An absent value is not false."""
    if value is UNKNOWN:
        raise NotYetKnown
    return value is False or value == 0 or (isinstance(value, str) and value.lower() in ("false", "off", "0"))


def present(value: Value) -> bool:
    """Whether anything is given. UNKNOWN is: something will stand there."""
    return value is UNKNOWN or value not in (None, "", [], {})


def number(value: Value) -> float | None:
    """A number, also as text; None for anything else."""
    if value is UNKNOWN:
        raise NotYetKnown
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return None


def at_least(least: float) -> Test:
    """A test: a number of at least `least`."""
    return lambda value: (found := number(value)) is not None and found >= least


def at_most(most: float) -> Test:
    """A test: a number of at most `most`."""
    return lambda value: (found := number(value)) is not None and found <= most


def one_of(*words: str) -> Test:
    """A test: one of these words, whatever their case; a whole number counts as its digits."""
    wanted = frozenset(word.lower() for word in words)

    def test(value: Value) -> bool:
        if isinstance(value, str):
            return value.lower() in wanted
        return isinstance(value, int) and not isinstance(value, bool) and str(value) in wanted

    return test


def matches(pattern: str) -> Test:
    """A test: text in which the pattern is found."""
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.search(value) is not None


services_key = matches(r"(^|[:/])alias/aws/")
"""A test: the name of a key that AWS has made for one of its services, whose policy nobody else writes."""

plain_http = matches(r"^(?i:http)://")
"""A test: an address that is asked without encryption."""


def asked(test: Test, value: Value) -> Truth:
    """The test's answer, or UNKNOWN where it would have to decide about something unknown."""
    if value is UNKNOWN:
        return UNKNOWN
    try:
        return test(value)
    except NotYetKnown:
        return UNKNOWN


def any_of(answers: Iterable[Truth]) -> Truth:
    """True when one is; else UNKNOWN when one is; else False."""
    result: Truth = False
    for answer in answers:
        if isinstance(answer, Unknown):
            result = UNKNOWN
        elif answer:
            return True
    return result


def all_of(answers: Iterable[Truth]) -> Truth:
    """False when one is; else UNKNOWN when one is; else True."""
    result: Truth = True
    for answer in answers:
        if isinstance(answer, Unknown):
            result = UNKNOWN
        elif not answer:
            return False
    return result


def negated(answer: Truth) -> Truth:
    """The opposite; of UNKNOWN, UNKNOWN."""
    return UNKNOWN if isinstance(answer, Unknown) else not answer


def first_unknown(value: Value) -> str | None:
    """The path of the first UNKNOWN in a value; None where everything is known."""
    if value is UNKNOWN:
        return ""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(inner, str) and (rest := first_unknown(inner)) is not None:
                return f"{key}{rest}" if not rest or rest[0] == "[" else f"{key}.{rest}"
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            if not isinstance(inner, str) and (rest := first_unknown(inner)) is not None:
                return f"[{index}]{rest}" if not rest or rest[0] == "[" else f"[{index}].{rest}"
    return None


def strings(value: Value, at: str = "") -> Iterator[Seen]:
    """Every text in a value, and every UNKNOWN, with its path."""
    if value is UNKNOWN or isinstance(value, str):
        yield Seen(at, value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(inner, joined(at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from strings(inner, f"{at}[{index}]")


def from_plain(value: object, unknowns: frozenset[str]) -> Value:
    """Plain JSON values as Values: texts in `unknowns` become UNKNOWN, whole floats become ints."""
    if isinstance(value, str):
        return UNKNOWN if value in unknowns else value
    if isinstance(value, dict):
        return {str(key): from_plain(inner, unknowns) for key, inner in cast("dict[object, object]", value).items()}
    if isinstance(value, (list, tuple)):
        return [from_plain(inner, unknowns) for inner in cast("list[object]", value)]
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return from_plain(dict(cast("Mapping[object, object]", value)), unknowns)
    return str(value)
