"""Security groups and network access lists. Facts: CIS AWS 5.x, FSBP EC2.13 to EC2.21."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Outcome, Resource, Severity, bad_if, must_have, must_not, rule
from policies.reading.network import all_ports, any_anywhere, covers_port
from policies.reading.values import UNKNOWN, Seen, Truth, all_of, any_of, asked, is_true, negated, number, one_of, peek, present

GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
INBOUND = (GROUP, DEFAULT_GROUP, RULE, INGRESS)
OUTBOUND = (GROUP, DEFAULT_GROUP, RULE, EGRESS)
LIST_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
LISTS = ("aws:ec2/networkAcl:NetworkAcl", LIST_RULE, "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl")
# What tools write where nobody has said anything.
SAYS_NOTHING = one_of("Managed by Pulumi", "Managed by Terraform")
SENSITIVE = {
    20: "FTP",
    21: "FTP",
    23: "Telnet",
    1433: "SQL Server",
    1521: "Oracle",
    3306: "MySQL",
    5432: "PostgreSQL",
    5601: "Kibana",
    6379: "Redis",
    9042: "Cassandra",
    9092: "Kafka",
    9200: "Elasticsearch",
    10250: "kubelet",
    11211: "memcached",
    27017: "MongoDB",
}


def entries(r: Resource, direction: str) -> Iterator[Seen]:
    """The rules of a group for `ingress` or `egress`, whichever of the three resource types holds them."""
    if r.type in (GROUP, DEFAULT_GROUP):
        yield from r.each(f"{direction}[*]")
    elif r.type == RULE:
        if asked(one_of(direction), r.at("type")) is not False:
            yield Seen("", r.props)
    else:
        yield Seen("", r.props)


# Ways to say who is meant. A rule that uses none of them says nothing about whom it keeps out.
PEERS = (
    "cidrBlocks",
    "ipv6CidrBlocks",
    "cidrIpv4",
    "cidrIpv6",
    "prefixListId",
    "prefixListIds",
    "securityGroups",
    "sourceSecurityGroupId",
    "referencedSecurityGroupId",
)


def from_anywhere(entry: Seen) -> Truth:
    """Whether a rule speaks about the internet: by its ranges, or by naming nobody at all."""
    if entry.value is UNKNOWN:
        return UNKNOWN
    if not any(present(peek(entry.value, key)) for key in PEERS) and asked(is_true, peek(entry.value, "self")) is False:
        return True
    return any_anywhere(*(peek(entry.value, key) for key in ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6")))


def opens(entry: Seen, port: int) -> Truth:
    """Whether a rule covers a TCP port."""
    protocol = peek(entry.value, "protocol") if peek(entry.value, "protocol") is not None else peek(entry.value, "ipProtocol")
    every = asked(all_ports, protocol)
    if every is True:
        return True
    is_tcp = any_of([every, asked(one_of("tcp", "6"), protocol), protocol is None])
    return all_of([is_tcp, covers_port(peek(entry.value, "fromPort"), peek(entry.value, "toPort"), port)])


def everything(entry: Seen) -> Truth:
    """Whether a rule covers every port, of all protocols or of one."""
    protocol = peek(entry.value, "protocol") if peek(entry.value, "protocol") is not None else peek(entry.value, "ipProtocol")
    first, last = peek(entry.value, "fromPort"), peek(entry.value, "toPort")
    return any_of(
        [
            asked(all_ports, protocol),
            all_of([asked(one_of("tcp", "udp", "6", "17"), protocol), *(covers_port(first, last, port) for port in (1, 65535))]),
        ]
    )


def no_entry(r: Resource, port: int, says: str) -> Iterator[Outcome]:
    """A finding for each inbound rule that opens the port to the internet."""
    for entry in entries(r, "ingress"):
        yield from bad_if(all_of([from_anywhere(entry), opens(entry, port)]), entry.path, says)


@rule(
    "network-no-open-ssh",
    on=INBOUND,
    severity=Severity.CRITICAL,
    frameworks=("CIS AWS 5.2", "FSBP EC2.13", "NIST 800-53 AC-17"),
    remedy="Use the bastion; it needs no open port",
)
def no_open_ssh(r: Resource) -> Iterator[Outcome]:
    """SSH is not open to the internet."""
    yield from no_entry(r, 22, "opens SSH (22) to the internet")


@rule(
    "network-no-open-rdp",
    on=INBOUND,
    severity=Severity.CRITICAL,
    frameworks=("CIS AWS 5.2", "FSBP EC2.14", "NIST 800-53 AC-17"),
    remedy="Use the bastion; it needs no open port",
)
def no_open_rdp(r: Resource) -> Iterator[Outcome]:
    """Remote Desktop is not open to the internet."""
    yield from no_entry(r, 3389, "opens Remote Desktop (3389) to the internet")


@rule(
    "network-no-open-http",
    on=INBOUND,
    severity=Severity.HIGH,
    frameworks=("FSBP EC2.18", "NIST 800-53 SC-7"),
    remedy="Serve 443 only, and to listed networks",
)
def no_open_http(r: Resource) -> Iterator[Outcome]:
    """Plain HTTP is not open to the internet."""
    yield from no_entry(r, 80, "opens HTTP (80) to the internet")


@rule(
    "network-no-open-services",
    on=INBOUND,
    severity=Severity.CRITICAL,
    frameworks=("FSBP EC2.19", "NIST 800-53 SC-7"),
    remedy="Name the groups or networks that need the port",
)
def no_open_services(r: Resource) -> Iterator[Outcome]:
    """Databases, queues, node agents and old protocols are not open to the internet."""
    for entry in entries(r, "ingress"):
        outside = from_anywhere(entry)
        if outside is not False:
            for port, name in SENSITIVE.items():
                yield from bad_if(all_of([outside, opens(entry, port)]), entry.path, f"opens {name} ({port}) to the internet")


@rule(
    "network-no-open-everything",
    on=INBOUND,
    severity=Severity.CRITICAL,
    frameworks=("FSBP EC2.19", "NIST 800-53 SC-7"),
    remedy="Name the ports and the networks",
)
def no_open_everything(r: Resource) -> Iterator[Outcome]:
    """No rule opens all ports to the internet."""
    for entry in entries(r, "ingress"):
        yield from bad_if(all_of([from_anywhere(entry), everything(entry)]), entry.path, "opens every port to the internet")


@rule(
    "network-no-open-egress",
    on=OUTBOUND,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 SC-7(5)",),
    remedy="Name what may be reached; a group without outbound rules reaches nothing",
)
def no_open_egress(r: Resource) -> Iterator[Outcome]:
    """No group may reach the whole internet on all ports."""
    for entry in entries(r, "egress"):
        yield from bad_if(
            all_of([from_anywhere(entry), everything(entry)]), entry.path, "reaches the whole internet on every port"
        )


@rule(
    "network-rules-described",
    on=(GROUP, RULE, INGRESS, EGRESS),
    severity=Severity.LOW,
    remedy="Say in description what it is for",
)
def rules_described(r: Resource) -> Iterator[Outcome]:
    """Every group and every rule says what it is for."""
    yield from must_have(r, "description", "is not given")
    yield from must_not(r, "description", SAYS_NOTHING, "is what the tool wrote")
    if r.type == GROUP:
        for direction in ("ingress", "egress"):
            for entry in r.each(f"{direction}[*]"):
                if entry.value is not UNKNOWN:
                    yield from must_have(entry, "description", "is not given")


@rule(
    "network-default-group-empty",
    on=DEFAULT_GROUP,
    severity=Severity.HIGH,
    frameworks=("CIS AWS 5.4", "FSBP EC2.2"),
    remedy="Give empty lists for ingress and egress",
)
def default_group_empty(r: Resource) -> Iterator[Outcome]:
    """The default group of a network lets nothing in or out."""
    for direction in ("ingress", "egress"):
        given = r.at(direction)
        yield from bad_if(UNKNOWN if given is UNKNOWN else bool(given), direction, "lets something through")


def list_entries(r: Resource) -> Iterator[Seen]:
    """Inbound entries of a network access list that let something through."""
    alone = r.type == LIST_RULE
    if alone and asked(is_true, r.at("egress")) is True:
        return
    for entry in [Seen("", r.props)] if alone else r.each("ingress[*]"):
        action = peek(entry.value, "ruleAction" if alone else "action")
        if asked(one_of("allow"), action) is not False:
            yield entry


def _list_from_anywhere(entry: Seen) -> Truth:
    if entry.value is UNKNOWN:
        return UNKNOWN
    return any_anywhere(*(peek(entry.value, key) for key in ("cidrBlock", "ipv6CidrBlock")))


def _list_opens(r: Resource, port: int, says: str) -> Iterator[Outcome]:
    for entry in list_entries(r):
        refused = any_of(
            all_of([_list_from_anywhere(other), opens(other, port)])
            for other in r.each("ingress[*]")
            if _refuses_before(other, entry)
        )
        yield from bad_if(all_of([_list_from_anywhere(entry), opens(entry, port), negated(refused)]), entry.path, says)


def _refuses_before(other: Seen, entry: Seen) -> bool:
    """Whether an entry of the same list refuses, and is read first: the lowest number wins."""
    before, after = number(peek(other.value, "ruleNo")), number(peek(entry.value, "ruleNo"))
    return before is not None and after is not None and before < after and one_of("deny")(peek(other.value, "action"))


@rule("nacl-no-open-ftp-data", on=LISTS, severity=Severity.HIGH, frameworks=("FSBP EC2.21",), remedy="Name the networks")
def nacl_no_open_ftp_data(r: Resource) -> Iterator[Outcome]:
    """No access list opens FTP data to the internet."""
    yield from _list_opens(r, 20, "opens FTP data (20) to the internet")


@rule("nacl-no-open-ftp", on=LISTS, severity=Severity.HIGH, frameworks=("FSBP EC2.21",), remedy="Name the networks")
def nacl_no_open_ftp(r: Resource) -> Iterator[Outcome]:
    """No access list opens FTP to the internet."""
    yield from _list_opens(r, 21, "opens FTP (21) to the internet")


@rule("nacl-no-open-ssh", on=LISTS, severity=Severity.HIGH, frameworks=("CIS AWS 5.1", "FSBP EC2.21"), remedy="Name the networks")
def nacl_no_open_ssh(r: Resource) -> Iterator[Outcome]:
    """No access list opens SSH to the internet."""
    yield from _list_opens(r, 22, "opens SSH (22) to the internet")


@rule("nacl-no-open-rdp", on=LISTS, severity=Severity.HIGH, frameworks=("CIS AWS 5.1", "FSBP EC2.21"), remedy="Name the networks")
def nacl_no_open_rdp(r: Resource) -> Iterator[Outcome]:
    """No access list opens Remote Desktop to the internet."""
    yield from _list_opens(r, 3389, "opens Remote Desktop (3389) to the internet")


@rule("nacl-ports-named", on=LIST_RULE, severity=Severity.MEDIUM, remedy="Name the protocol and the ports")
def nacl_ports_named(r: Resource) -> Iterator[Outcome]:
    """No inbound entry of an access list covers every port."""
    for entry in list_entries(r):
        whole = any_of(
            [
                everything(entry),
                *([True] if peek(entry.value, "fromPort") is None and peek(entry.value, "toPort") is None else []),
            ]
        )
        yield from bad_if(whole, entry.path, "covers every port")
