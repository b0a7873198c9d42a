"""Host names and networks are compared as the network compares them, whatever their spelling.

Not proved: that a name resolves, or that two scripts that look alike are told apart.
"""

from __future__ import annotations

from ipaddress import IPv6Network, ip_network

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from components import hosts, networks
from components.faults import shown
from components.networks import AnyNetwork

LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
NAME = st.lists(LABEL, min_size=1, max_size=4).map(lambda labels: ".".join([*labels, "example"]))
ANY_TEXT = st.text(max_size=80)


def v4(address: int, prefix: int) -> AnyNetwork:
    return ip_network((address & ~((1 << (32 - prefix)) - 1), prefix))


def v6(address: int, prefix: int) -> AnyNetwork:
    return ip_network((address >> (128 - prefix) << (128 - prefix), prefix))


V4 = st.builds(v4, st.integers(0, 2**32 - 1), st.integers(0, 32))
V6 = st.builds(v6, st.integers(2**100, 2**128 - 1), st.integers(1, 128))


@given(NAME, LABEL)
def test_a_name_lies_under_itself_and_under_everything_behind_a_dot(zone: str, label: str) -> None:
    assert hosts.under(zone, zone)
    assert hosts.under(f"{label}.{zone}", zone)
    assert not hosts.under(zone, f"{label}.{zone}")
    assert not hosts.under(f"{label}{zone}", zone), "the end of a longer label is another name"


@given(NAME, NAME)
def test_neither_case_nor_a_final_dot_makes_another_name(left: str, right: str) -> None:
    plain = hosts.under(left, right)
    assert hosts.under(left.upper(), right) == plain
    assert hosts.under(f"{left}.", right) == plain
    assert hosts.under(left, f"{right.title()}.") == plain


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("CHAT.Acme.Example.", "chat.acme.example"),
        ("b\u00fccher.example", "xn--bcher-kva.example"),
        ("B\u00dcCHER.example", "xn--bcher-kva.example"),
        ("bu\u0308cher.example", "xn--bcher-kva.example"),
        ("chat\u3002acme\uff0eexample", "chat.acme.example"),
        ("\uff43\uff48\uff41\uff54.example", "chat.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("stra\u00dfe.example", "xn--strae-oqa.example"),
    ],
)
def test_every_spelling_of_a_name_comes_to_the_same(written: str, meant: str) -> None:
    assert hosts.canonical(written) == meant
    assert hosts.under(f"x.{written}", meant)
    assert hosts.is_host(meant)
    assert hosts.canonical(meant) == meant


@given(ANY_TEXT)
def test_any_text_has_one_spelling_and_never_an_error(text: str) -> None:
    once = hosts.canonical(text)
    assert hosts.canonical(once.strip()) in (once, hosts.canonical(once.strip()))
    assert hosts.suggestion(text) is None or hosts.is_host(hosts.suggestion(text) or "")
    hosts.of_address(text)
    hosts.of_email(text)


@given(NAME)
def test_a_suggestion_is_a_name_that_is_accepted(name: str) -> None:
    for written in (f"https://{name}/path?x", f"{name}:8443", f" {name.upper()}. ", f"user@{name}"):
        assert hosts.suggestion(written) == name


@given(V4 | V6, V4 | V6)
def test_two_networks_overlap_when_one_holds_the_others_first_address(left: AnyNetwork, right: AnyNetwork) -> None:
    expected = left.version == right.version and (left.network_address in right or right.network_address in left)
    assert networks.overlaps(left, right) == expected
    assert networks.overlaps(left, right) == networks.overlaps(right, left)


@given(V4 | V6)
def test_a_network_in_its_one_spelling_is_read_back(network: AnyNetwork) -> None:
    assume(not (isinstance(network, IPv6Network) and network.network_address.ipv4_mapped))
    assert networks.parsed(str(network)) == network


@given(ANY_TEXT)
def test_what_is_no_network_gives_a_suggestion_that_is_one_or_none(text: str) -> None:
    found = networks.parsed(text)
    if isinstance(found, str) and found:
        assert not isinstance(networks.parsed(found), str)


@pytest.mark.parametrize(
    ("network", "private"),
    [("10.1.0.0/16", True), ("100.64.0.0/10", True), ("fd00::/8", True), ("192.0.2.0/24", False), ("8.0.0.0/7", False)],
)
def test_private_is_what_the_internet_does_not_carry(network: str, private: bool) -> None:
    """The documentation ranges of the examples are not private, although Python's ipaddress says so."""
    assert networks.is_private(ip_network(network)) is private


@given(st.text() | st.integers() | st.booleans() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()) | st.none())
def test_a_shown_value_is_short_and_on_one_line(value: object) -> None:
    text = shown(value)
    assert "\n" not in text
    assert len(text) <= 320, "60 characters, each escaped at worst"
