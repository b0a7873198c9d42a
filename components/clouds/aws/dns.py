"""Names: the hosted zone, health checks, and the record that people follow to wherever they should be (OOB-34 to OOB-37, OOB-61).

`site.host` leads to the primary until the latch is set (latch.py), and to this environment from then on; nothing moves it back by
itself. Its primary record hangs on the latch alone: the primary's own health only calls people, who decide (ADR 0006).
`site.directHost` always leads here, with no switch. If latch and environment were both down, Route 53 would send people to the
primary: the alarm on the environment's own check is what tells that before it matters.

A certificate authority that looks for CAA records of `site.host` follows it to the primary's name: if that name itself carries
one without amazon.com, ACM cannot renew. Ask the primary's owners; the zone's own record here cannot override theirs.

Not here: DNSSEC, whose key would live in us-east-1 and whose loss would make the names vanish, and logs of public queries.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions

from components.clouds.aws import latch
from components.clouds.aws.bucket import Bucket
from components.clouds.aws.handles import AwsEdge, AwsZone, Context
from components.clouds.aws.synthetic import Place, Probe, ProbeStore
from components.contract import PING_PATH, DnsOutputs, DnsSpec, Unsupported
from components.options import child, stateful
from components.sections import Site

HTTPS = 443
DISCOVERY = "/.well-known/openid-configuration"
# Only ACM may issue for the zone, and no wildcard: it holds the names of this environment and nothing else.
ISSUERS = ('0 issue "amazon.com"', '0 issuewild ";"')
ISSUERS_SECONDS = 3600


def discovery_host(issuer: str) -> str:
    """The host of an issuer's discovery document. ValueError if the issuer is not an https address."""
    parts = urlsplit(issuer)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError(f"{issuer!r} is not an https address")
    return parts.hostname


def discovery_path(issuer: str) -> str:
    """The path of an issuer's discovery document."""
    return f"{urlsplit(issuer).path.rstrip('/')}{DISCOVERY}"


class Zone(ComponentResource):
    """The zone of the out-of-band names, in the out-of-band account (OOB-37). A drill has a zone of its own."""

    def __init__(self, name: str, context: Context, site: Site, parent: Resource) -> None:
        super().__init__("oob:aws:Zone", name, None, child(parent))
        environment = context.environment
        zone = aws.route53.Zone(
            f"{name}-zone",
            name=site.zone,
            comment=f"Out-of-band names of {environment.name}",
            force_destroy=environment.disposable,
            # A new zone has new name servers, and the parent's delegation would lead nowhere.
            opts=stateful(child(self, context.main), disposable=environment.disposable),
        )
        aws.route53.Record(
            f"{name}-issuers",
            zone_id=zone.zone_id,
            name=site.zone,
            type="CAA",
            records=list(ISSUERS),
            ttl=ISSUERS_SECONDS,
            opts=child(self, context.main),
        )
        self.outputs = AwsZone(name_servers=zone.name_servers, zone_id=zone.zone_id, zone=zone)
        self.register_outputs({})


class Failover(ComponentResource):
    """Health checks, latch and records. `outputs` holds the commands that move people there and back."""

    def __init__(self, name: str, context: Context, spec: DnsSpec, zone: AwsZone, edge: AwsEdge, parent: Resource) -> None:
        super().__init__("oob:aws:Failover", name, None, child(parent))
        self._name, self._context, self._spec = name, context, spec
        bucket = Bucket(f"{name}-latch", latch.specification(context), context.main, self)
        bucket_name = latch.bucket_name(context)
        self._checks: dict[str, Output[str]] = {
            **self._ends(edge),
            "latch": self._check(
                "latch", latch.host(bucket_name, context.region), f"/{latch.KEY}", invert=True, depends_on=bucket
            ),
        }
        if spec.issuer is not None:
            self._checks["identity"] = self._check(
                "identity", spec.issuer.apply(discovery_host), spec.issuer.apply(discovery_path)
            )
        self._records(zone, edge)
        self.outputs = DnsOutputs(
            set_latch=Output.from_input(latch.set_command(bucket_name, context.region)),
            release_latch=Output.from_input(latch.release_command(bucket_name, context.region)),
            health_checks=dict(self._checks),
        )
        self.register_outputs({})

    def _options(self, depends_on: Resource | None = None) -> ResourceOptions:
        return child(self, self._context.main, depends_on=[depends_on] if depends_on is not None else None)

    def _check(
        self, kind: str, host: Input[str], path: Input[str], *, invert: bool = False, depends_on: Resource | None = None
    ) -> Output[str]:
        """Route 53's own checkers, from all their regions. Interval and latency are fixed at creation: a change replaces it."""
        dns = self._spec.dns
        return aws.route53.HealthCheck(
            f"{self._name}-{_dashed(kind)}-check",
            type="HTTPS",
            fqdn=host,
            port=HTTPS,
            resource_path=path,
            enable_sni=True,
            request_interval=dns.interval_seconds,
            failure_threshold=dns.failure_threshold,
            measure_latency=True,
            invert_healthcheck=invert,
            tags={"Name": f"{self._context.environment.name}-{_dashed(kind)}"},
            opts=self._options(depends_on),
        ).id

    def _ends(self, edge: AwsEdge) -> Mapping[str, Output[str]]:
        """The checks of both ends: the primary's, and this environment's by its direct name (OOB-35, OOB-62)."""
        site, primary = self._spec.site, self._spec.primary
        if self._spec.dns.probe == "public":
            if edge.probe_group_id is not None:
                why = "health checkers from outside cannot reach aws.edge.scheme 'internal'; set dns.probe: synthetic"
                raise Unsupported("dns", "aws", why)
            return {
                "primary": self._check("primary", primary.host, primary.path),
                "outOfBand": self._check("outOfBand", site.direct_host, PING_PATH),
            }
        store = ProbeStore(f"{self._name}-probes", self._context, self)
        key = edge.log_key_arn
        found = {"primary": self._probe("primary", f"https://{primary.host}{primary.path}", store, key, None)}
        if edge.probe_group_id is None:
            # Reached from outside, it is better watched from outside, by more than one pair of eyes.
            return found | {"outOfBand": self._check("outOfBand", site.direct_host, PING_PATH)}
        place = Place(subnet_ids=edge.probe_subnet_ids, group_id=edge.probe_group_id)
        return found | {"outOfBand": self._probe("outOfBand", f"https://{site.direct_host}{PING_PATH}", store, key, place)}

    def _probe(self, kind: str, address: str, store: ProbeStore, log_key: Output[str], place: Place | None) -> Output[str]:
        return Probe(
            f"{self._name}-{_dashed(kind)}",
            self._context,
            kind=_dashed(kind),
            address=address,
            failures=self._spec.dns.failure_threshold,
            store=store,
            log_key=log_key,
            place=place,
            parent=self,
        ).health_check_id

    def _records(self, zone: AwsZone, edge: AwsEdge) -> None:
        """The name that never moves, and the two answers of the one that does (OOB-36, OOB-61, OOB-107)."""
        site, dns, primary = self._spec.site, self._spec.dns, self._spec.primary
        aws.route53.Record(
            f"{self._name}-direct",
            zone_id=zone.zone_id,
            name=site.direct_host,
            type="A",
            aliases=[{"name": edge.address, "zone_id": edge.load_balancer_zone_id, "evaluate_target_health": True}],
            opts=self._options(),
        )
        answers = (
            ("primary", "PRIMARY", primary.host, self._checks["latch"]),
            ("standby", "SECONDARY", site.direct_host, self._checks["outOfBand"]),
        )
        for identifier, role, target, check in answers:
            aws.route53.Record(
                f"{self._name}-{identifier}",
                zone_id=zone.zone_id,
                name=site.host,
                type="CNAME",
                records=[target],
                ttl=dns.ttl_seconds,
                set_identifier=identifier,
                failover_routing_policies=[{"type": role}],
                health_check_id=check,
                opts=self._options(),
            )


def _dashed(kind: str) -> str:
    """outOfBand as out-of-band."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in kind)
