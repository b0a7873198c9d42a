"""What somebody may have joined to the environment by hand: peerings, delegations, trust policies, replication targets.

Reads only. Each question that is refused is told as such, and the others are asked all the same. The rights that it needs are
those of the AWS managed policy SecurityAudit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.clouds.aws.settings import Settings
from components.settings import CloudSettings
from components.sightings import Sighting, Unseen

Answer = Mapping[str, Any]
Connect = Callable[[str, str], Any]
"""(service, region) to a client of that service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One operation of one service. `key` is the list in its answer, `name` the field that names an entry of it."""

    what: str
    service: str
    operation: str
    key: str
    name: str
    parameters: Mapping[str, Any]
    link: bool = False


_NO_MORE = {"Filters": [{"Name": "status-code", "Values": ["active", "pending-acceptance", "provisioning"]}]}
_STANDING = {"Filters": [{"Name": "state", "Values": ["available", "pending"]}]}

_IN_REGIONS = (
    _Question(
        what="VPC peering",
        service="ec2",
        operation="describe_vpc_peering_connections",
        key="VpcPeeringConnections",
        name="VpcPeeringConnectionId",
        parameters=_NO_MORE,
        link=True,
    ),
    _Question(
        what="transit gateway attachment",
        service="ec2",
        operation="describe_transit_gateway_attachments",
        key="TransitGatewayAttachments",
        name="TransitGatewayAttachmentId",
        parameters=_STANDING,
        link=True,
    ),
    _Question(
        what="VPN connection",
        service="ec2",
        operation="describe_vpn_connections",
        key="VpnConnections",
        name="VpnConnectionId",
        parameters=_STANDING,
        link=True,
    ),
    _Question(
        what="route table",
        service="ec2",
        operation="describe_route_tables",
        key="RouteTables",
        name="RouteTableId",
        parameters={},
    ),
    _Question(
        what="resource share from another account",
        service="ram",
        operation="get_resource_shares",
        key="resourceShares",
        name="resourceShareArn",
        parameters={"resourceOwner": "OTHER-ACCOUNTS"},
        link=True,
    ),
    _Question(
        what="resource share to another account",
        service="ram",
        operation="get_resource_shares",
        key="resourceShares",
        name="resourceShareArn",
        parameters={"resourceOwner": "SELF"},
        link=True,
    ),
)
_ROLES = _Question(what="trust policy of a role", service="iam", operation="list_roles", key="Roles", name="Arn", parameters={})
_OIDC = _Question(
    what="OpenID Connect provider",
    service="iam",
    operation="list_open_id_connect_providers",
    key="OpenIDConnectProviderList",
    name="Arn",
    parameters={},
)
_SAML = _Question(
    what="SAML provider", service="iam", operation="list_saml_providers", key="SAMLProviderList", name="Arn", parameters={}
)
_ZONES = _Question(
    what="hosted zone", service="route53", operation="list_hosted_zones", key="HostedZones", name="Id", parameters={}
)
_BUCKETS = _Question(what="bucket", service="s3", operation="list_buckets", key="Buckets", name="Name", parameters={})


def sightings(section: CloudSettings, connect: Connect | None = None) -> Iterator[Sighting | Unseen]:
    """Everything that leads somewhere, in both regions. Needs credentials and the network; `connect` replaces botocore's."""
    if not isinstance(section, Settings):
        raise TypeError(f"expected the settings of this cloud, got {type(section).__name__}")
    look = _Look(connect or _client)
    strange = look.account(section)
    if strange is not None:
        yield strange
        return
    for region in (section.region, section.replica_region):
        for question in _IN_REGIONS:
            yield from look.at(question, region)
    for question in (_ROLES, _OIDC, _SAML):
        yield from look.at(question, section.region)
    yield from _names(look, section.region)
    yield from _copies(look, section.region)
    yield from look.organisation(section.region)


def _names(look: _Look, region: str) -> Iterator[Sighting | Unseen]:
    """Zones with what they are joined to, and every record in them: a delegation is a record of type NS."""
    for zone in look.at(_ZONES, region):
        if isinstance(zone, Unseen):
            yield zone
            continue
        yield from look.one("hosted zone", zone.name, "route53", "get_hosted_zone", region, Id=zone.name)
        records = _Question(
            what="record",
            service="route53",
            operation="list_resource_record_sets",
            key="ResourceRecordSets",
            name="Name",
            parameters={"HostedZoneId": zone.name},
        )
        yield from look.at(records, region)


def _copies(look: _Look, region: str) -> Iterator[Sighting | Unseen]:
    """Where every bucket is copied to, and who may use it."""
    for bucket in look.at(_BUCKETS, region):
        if isinstance(bucket, Unseen):
            yield bucket
            continue
        yield from look.one("replication", bucket.name, "s3", "get_bucket_replication", region, Bucket=bucket.name)
        yield from look.one("bucket policy", bucket.name, "s3", "get_bucket_policy", region, Bucket=bucket.name)


def _client(service: str, region: str) -> Any:
    from botocore.session import get_session

    return get_session().create_client(service, region_name=region)


# Answers that mean "there is none", which is a good answer.
_NONE = frozenset({"ReplicationConfigurationNotFoundError", "NoSuchBucketPolicy", "AWSOrganizationsNotInUseException"})


class _Look:
    """Asks, and turns every refusal into Unseen."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._clients: dict[tuple[str, str], Any] = {}

    def _client(self, service: str, region: str) -> Any:
        key = (service, region)
        if key not in self._clients:
            self._clients[key] = self._connect(service, region)
        return self._clients[key]

    def account(self, section: Settings) -> Unseen | None:
        """None when the credentials are for the account that the stack names."""
        found = list(self.one("account", section.account, "sts", "get_caller_identity", section.region))
        answer = found[0] if found else Unseen(what="account", why="no answer")
        if isinstance(answer, Unseen):
            return Unseen(what="everything in the cloud", why=answer.why)
        given = str(answer.settings.get("Account", ""))
        if given == section.account:
            return None
        return Unseen(what="everything in the cloud", why=f"the credentials are for {given}, the stack says {section.account}")

    def organisation(self, region: str) -> Iterator[Sighting | Unseen]:
        """The organisation that the account belongs to."""
        yield from self.one("organisation", "of the account", "organizations", "describe_organization", region)

    def at(self, question: _Question, region: str) -> Iterator[Sighting | Unseen]:
        """Every entry of a list, page after page."""
        from botocore.exceptions import BotoCoreError, ClientError

        where = f"{question.what} in {region}"
        try:
            client = self._client(question.service, region)
            if client.can_paginate(question.operation):
                pages = client.get_paginator(question.operation).paginate(**question.parameters)
            else:
                pages = [getattr(client, question.operation)(**question.parameters)]
            for page in pages:
                for entry in page.get(question.key, []):
                    settings: Answer = entry
                    yield Sighting(
                        what=question.what, name=str(settings.get(question.name, "")), settings=settings, link=question.link
                    )
        except (BotoCoreError, ClientError) as problem:
            yield Unseen(what=where, why=_why(problem))

    def one(
        self, what: str, name: str, service: str, operation: str, region: str, **parameters: str
    ) -> Iterator[Sighting | Unseen]:
        """One thing's details; nothing where there is none."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = dict(getattr(self._client(service, region), operation)(**parameters))
        except ClientError as problem:
            if problem.response.get("Error", {}).get("Code") not in _NONE:
                yield Unseen(what=f"{what} {name}", why=_why(problem))
        except BotoCoreError as problem:
            yield Unseen(what=f"{what} {name}", why=_why(problem))
        else:
            answer.pop("ResponseMetadata", None)
            yield Sighting(what=what, name=name, settings=answer)


def _why(problem: Exception) -> str:
    """The error's code, which names the cause; its text may repeat what was asked with."""
    from botocore.exceptions import ClientError

    code = problem.response.get("Error", {}).get("Code", "") if isinstance(problem, ClientError) else ""
    return code or problem.__class__.__name__
