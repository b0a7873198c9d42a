"""The address plan, for any range that the settings accept.

Not proved: that an account is offered the zones that its region's letters promise.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.clouds.aws.addresses import Zone, plan
from components.clouds.aws.settings import NARROWEST_VPC, WIDEST_VPC
from components.contract import Unsupported

# Prefix length: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
LOAD_BALANCER_NEEDS = 27
RESERVED = 5  # addresses that AWS keeps in every subnet


@st.composite
def ranges(draw: st.DrawFn) -> IPv4Network:
    length = draw(st.integers(WIDEST_VPC, NARROWEST_VPC))
    number = draw(st.integers(0, 2**length - 1))
    return IPv4Network((number << (32 - length), length))


def subnets(zones: tuple[Zone, ...]) -> list[IPv4Network]:
    return [subnet for zone in zones for subnet in (zone.public, zone.application, zone.database)]


@given(ranges(), st.integers(2, 3))
def test_subnets_lie_in_the_range_and_never_overlap(cidr: IPv4Network, zones: int) -> None:
    found = subnets(plan(cidr, "eu-central-1", zones))
    assert len(found) == 3 * zones
    assert all(subnet.subnet_of(cidr) for subnet in found)
    assert not any(left.overlaps(right) for left, right in combinations(found, 2))


@given(ranges())
def test_pods_get_a_quarter_a_zone_and_the_load_balancer_enough_to_grow(cidr: IPv4Network) -> None:
    for zone in plan(cidr, "eu-central-1", 3):
        assert zone.application.prefixlen == cidr.prefixlen + 2
        assert zone.application.num_addresses - RESERVED >= 1000
        assert zone.public.prefixlen <= LOAD_BALANCER_NEEDS
        assert zone.database.prefixlen <= LOAD_BALANCER_NEEDS


@given(ranges())
def test_a_third_zone_moves_nothing(cidr: IPv4Network) -> None:
    assert plan(cidr, "eu-central-1", 3)[:2] == plan(cidr, "eu-central-1", 2)


def test_zones_are_named_by_the_letters_that_the_region_offers() -> None:
    cidr = IPv4Network("10.0.0.0/16")
    assert [zone.name for zone in plan(cidr, "eu-central-1", 3)] == ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
    assert [zone.name for zone in plan(cidr, "ap-northeast-1", 2)] == ["ap-northeast-1a", "ap-northeast-1c"]


def test_a_region_with_two_zones_refuses_three_and_says_what_to_set() -> None:
    with pytest.raises(Unsupported, match=r"aws\.network\.zones to 2"):
        plan(IPv4Network("10.0.0.0/16"), "us-west-1", 3)


def test_a_count_of_zones_that_settings_would_refuse_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="between 1 and 3"):
        plan(IPv4Network("10.0.0.0/16"), "eu-central-1", 4)
