"""Networks: what shares an address with what, and what can be seen from the internet."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network

AnyNetwork = IPv4Network | IPv6Network

# RFC 1918, RFC 6598 and RFC 4193. Not `is_private`, which also counts the documentation ranges.
PRIVATE_V4 = (IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16"))
UNROUTED: tuple[AnyNetwork, ...] = (*PRIVATE_V4, IPv4Network("100.64.0.0/10"), IPv6Network("fc00::/7"))


def overlaps(left: AnyNetwork, right: AnyNetwork) -> bool:
    """Whether two networks share an address; an IPv4 and an IPv6 network never do."""
    if isinstance(left, IPv4Network) and isinstance(right, IPv4Network):
        return left.overlaps(right)
    if isinstance(left, IPv6Network) and isinstance(right, IPv6Network):
        return left.overlaps(right)
    return False


def within(inner: AnyNetwork, outer: AnyNetwork) -> bool:
    """Whether every address of `inner` lies in `outer`."""
    return overlaps(inner, outer) and inner.prefixlen >= outer.prefixlen


def is_private(network: AnyNetwork) -> bool:
    """Whether the network lies in a range that the internet does not carry."""
    return any(within(network, private) for private in UNROUTED)


def parsed(text: str) -> AnyNetwork | str:
    """The network, or the spelling that was probably meant ('' if none): 10.0.0.5/16 means 10.0.0.0/16."""
    try:
        network = ip_network(text)
    except ValueError:
        try:
            return str(ip_interface(text.strip()).network)
        except ValueError:
            return ""
    written_out = "/" in text and text.partition("/")[2].isdigit()
    mapped = isinstance(network, IPv6Network) and network.network_address.ipv4_mapped is not None
    if mapped:
        return ""
    return network if written_out else str(network)
