"""Does a text name the primary? Names by their boundaries, networks by their addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from ipaddress import ip_network

from components.hosts import under
from policies.isolation.addresses import leads_to, networks_in
from policies.isolation.declaration import Declaration, Entry
from policies.isolation.decoding import normal
from policies.isolation.glance import Glance
from policies.isolation.needles import Ends, Needle, needles, organisation

_UUID_FRONT = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}")
_HOST_FRONT = re.compile(r"[\w.-]*$")
_ARN_FRONT = re.compile(r"arn:[\w:/.*-]*$")
_ARN_REST = re.compile(r"[\w:/.*-]*")
_FRACTION = re.compile(r"\.(?!0+(?![0-9.]))[0-9]")  # nothing but zeros is the same number
_GROUPS = re.compile(r"(\d+)([-_ ,.])\d+(?:\2\d+)+")
_DIGITS, _DIGITS_BEFORE = re.compile(r"\d+"), re.compile(r"\d+$")
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Match:
    """`value` is what stood there, without anything around it that could be a credential; `entry` what was declared."""

    value: str
    entry: Entry


class Matcher:
    """Everything that is looked for, prepared once. Asking changes nothing."""

    def __init__(self, declaration: Declaration) -> None:
        every = [needle for entry in declaration.entries for needle in needles(entry)]
        accounts = {needle.text for needle in every if needle.entry.kind == "account"}
        self._needles = tuple(needle for needle in every if not _told_anyway(needle, declaration, accounts))
        self._groups = _grouped(self._needles)
        self._numbers = {needle.text for needle in self._needles if needle.ends is Ends.NUMBER and needle.text.isdigit()}
        self._networks = {ip_network(entry.value): entry for entry in declaration.entries if entry.kind == "cidr"}
        self._organisations = {name: entry for entry in declaration.entries if (name := organisation(entry))}

    @property
    def glance(self) -> Glance:
        """A look at many texts, for the same things."""
        return Glance(self._groups, bool(self._networks))

    def matches(self, text: str) -> Iterator[Match]:
        """Every declared entry that a text names, each name once and each of its networks."""
        read = normal(text)
        yield from self._names(read)
        for spelling, network in networks_in(read) if self._networks else ():
            other = leads_to(network, self._networks)
            if other is not None:
                yield Match(spelling, self._networks[other])

    def names(self, text: str) -> Iterator[Match]:
        """The same for names only: a network's spelling is too easily made by chance."""
        return self._names(normal(text))

    def _names(self, read: str) -> Iterator[Match]:
        for part in [part for part in self._groups if part in read]:
            for needle in self._groups[part]:
                if needle.text in read:
                    value = _named(read, needle)
                    if value:
                        yield Match(value[:LONGEST], needle.entry)

    def number(self, number: int) -> Iterator[Match]:
        """A number that is an account's: quotes forgotten, leading zeros lost."""
        text = f"{number:012d}"
        if text in self._numbers:
            yield from (Match(text, needle.entry) for needle in self._needles if needle.text == text)

    def stack(self, reference: str) -> Iterator[Match]:
        """What a reference to another stack, organisation/project/stack, names if the primary's state backend keeps that."""
        parts = normal(reference).split("/")
        if len(parts) == 3 and parts[0] in self._organisations:
            yield Match(reference[:LONGEST], self._organisations[parts[0]])


def _grouped(every: Iterable[Needle]) -> dict[str, tuple[Needle, ...]]:
    """Needles by a text that stands in each of them: where that text is not, none of them is."""
    groups: dict[str, tuple[Needle, ...]] = {}
    for needle in sorted(every, key=lambda one: len(one.text)):
        part = next((part for part in groups if part in needle.text), needle.text)
        groups[part] = (*groups.get(part, ()), needle)
    return groups


def _told_anyway(needle: Needle, declaration: Declaration, accounts: Set[str]) -> bool:
    """Whether a name that only follows from an entry is declared itself: the account in an ARN, a zone's name below a domain."""
    if needle.text == normal(needle.entry.value):
        return False
    others = [entry for entry in declaration.entries if entry is not needle.entry]
    if needle.ends is Ends.NUMBER:
        return needle.entry.kind != "account" and needle.text in accounts
    zone = needle.ends is Ends.HOST and needle.entry.kind == "dnsZone"
    return zone and any(entry.kind == "domain" and under(needle.text, entry.value) for entry in others)


def _named(text: str, needle: Needle) -> str:
    """What the text says at the first place where the needle stands whole; '' if nowhere."""
    start = text.find(needle.text)
    while start >= 0:
        end = start + len(needle.text)
        if needle.behind is not None:
            behind = needle.behind.match(text, end)
            end = behind.end() if behind else -1
        if end > 0 and _BOUNDARIES[needle.ends](text, start, end):
            return _around(text, start, end, needle.ends)
        start = text.find(needle.text, start + 1)
    return ""


def _joins(letter: str) -> bool:
    """Whether a letter beside a name makes it another name."""
    return letter.isalnum() or letter in "-_"


def _word(text: str, start: int, end: int) -> bool:
    return not _joins(text[start - 1 : start] or " ") and not _joins(text[end : end + 1] or " ")


def _host(text: str, start: int, end: int) -> bool:
    """acme.example in www.acme.example. and acme.example:443; not in notacme.example, acme.example.org or acme.example-x."""
    goes_on = text[end : end + 1] == "." and _joins(text[end + 1 : end + 2] or " ")
    return _word(text, start, end) and not goes_on


def _mailbox(text: str, start: int, end: int) -> bool:
    """soc@acme.example in mailto:soc@acme.example; not in my.soc@acme.example, which is somebody else's."""
    return _host(text, start, end) and text[max(0, start - 1) : start] not in (".", "+")


def _number(text: str, start: int, end: int) -> bool:
    """Hyphens end a number (bucket names), digits and letters do not, nor does a decimal point or a UUID."""
    before, after = text[start - 1 : start] or " ", text[end : end + 1] or " "
    if before.isalnum() or after.isalnum() or before == "+":
        return False
    if (before == "." and text[max(0, start - 2) : start - 1].isdigit()) or _FRACTION.match(text, end):
        return False
    return not (start >= 24 and _UUID_FRONT.fullmatch(text, start - 24, start)) and not _one_of_more_groups(text, start, end)


def _one_of_more_groups(text: str, start: int, end: int) -> bool:
    """Whether a number in groups has another group beside it: 5555-1212-3434-5656 is a card's number."""
    found = _GROUPS.fullmatch(text, start, end)
    if found is None:
        return False
    size, between = len(found[1]), found[2]
    before, after = _DIGITS_BEFORE.search(text, max(0, start - 1 - size), start - 1), _DIGITS.match(text, end + 1)
    joined = (before and text[start - 1] == between and before[0], after and text[end] == between and after[0])
    return any(group and (len(group) == size or between in ",.") for group in joined)


def _region(text: str, start: int, end: int) -> bool:
    """eu-west-1 and its zones eu-west-1a to f."""
    if _word(text, start, end):
        return True
    return text[end : end + 1] in tuple("abcdef") and text[end - 1].isdigit() and _word(text, start, end + 1)


_BOUNDARIES = {Ends.HOST: _host, Ends.MAILBOX: _mailbox, Ends.NUMBER: _number, Ends.WORD: _word, Ends.REGION: _region}


def _around(text: str, start: int, end: int, ends: Ends) -> str:
    """The whole host name or ARN around a hit; the hit alone otherwise, because a credential may stand beside it."""
    if ends is Ends.HOST:
        front = _HOST_FRONT.search(text, max(0, start - 253), start)
        return text[front.start() if front else start : end].lstrip(".-")
    front = _ARN_FRONT.search(text, max(0, start - 200), start)
    rest = _ARN_REST.match(text, end)
    return text[front.start() : rest.end() if rest else end] if front else text[start:end]
