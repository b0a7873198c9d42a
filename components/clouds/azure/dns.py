"""Names: the public zone, and the name that people follow to wherever they should be (OOB-82 to OOB-84, OOB-98).

`site.host` leads to Traffic Manager, whose upper profile has two answers by priority: the standby, while enough endpoints of its
own profile are healthy, else the primary. Those endpoints are this environment, by its direct name, and the latch at two
addresses (latch.py). So people move when somebody sets the latch, and only deleting it moves them back. Both ends are served
without being asked for their health, which only calls people, who decide (ADR 0006): the watch asks for it. `site.directHost`
always leads here, with no switch.

Traffic Manager answers from the data plane of DNS; no control plane takes part in a switch.

A certificate authority that looks for CAA records of `site.host` follows it to the primary's name: if that name itself carries
such records, they decide, and must admit the authority of this environment.
"""

from __future__ import annotations

from pulumi import ComponentResource, Output, Resource, ResourceOptions
from pulumi_azure_native import dns, trafficmanager

from components.clouds.azure import failover, latch, names
from components.clouds.azure.groups import group
from components.clouds.azure.handles import AzureDns, AzureEdge, AzureZone, Context
from components.clouds.azure.settings import CertificateBlock
from components.contract import PING_PATH, DnsSpec, Unsupported
from components.naming import physical
from components.options import child, stateful
from components.sections import Site

HTTPS = 443
GLOBAL = "global"
# Endpoints of the standby's profile that must be healthy. Set, the latch answers at two addresses; released, at none. The
# environment's own endpoint is served whatever its health, and whether that counts as healthy is not documented: 2 or 3 when
# set, 0 or 1 when released.
ENOUGH = 2
EXTERNAL = "Microsoft.Network/trafficManagerProfiles/externalEndpoints"
NESTED = "Microsoft.Network/trafficManagerProfiles/nestedEndpoints"
ISSUERS_SECONDS = 3600
NOBODY = ";"
DISCOVERY = "/.well-known/openid-configuration"


class Zone(ComponentResource):
    """The zone of the out-of-band names, in a group of its own: a new zone has new name servers (OOB-83). A drill has its own."""

    def __init__(self, name: str, context: Context, site: Site, parent: Resource) -> None:
        super().__init__("oob:azure:Zone", name, None, child(parent))
        home = group(name, context, self, "names", holds_data=True)
        zone = dns.Zone(
            f"{name}-zone",
            zone_name=site.zone,
            resource_group_name=home.name,
            location=GLOBAL,
            zone_type=dns.ZoneType.PUBLIC,
            opts=stateful(child(self, context.main), disposable=context.environment.disposable),
        )
        issuers = authorities(context.settings.edge.certificate)
        if issuers is not None:
            dns.RecordSet(
                f"{name}-issuers",
                relative_record_set_name="@",
                record_type="CAA",
                ttl=ISSUERS_SECONDS,
                caa_records=[{"flags": 0, "tag": tag, "value": issuers} for tag in ("issue", "issuewild")],
                zone_name=zone.name,
                resource_group_name=home.name,
                opts=child(self, context.main),
            )
        self.outputs = AzureZone(name_servers=zone.name_servers, group=home, zone_id=zone.id, zone_name=zone.name, zone=zone)
        self.register_outputs({})


class Failover(ComponentResource):
    """Profiles, latch and records. `outputs` holds the commands that move people there and back."""

    def __init__(self, name: str, context: Context, spec: DnsSpec, zone: AzureZone, edge: AzureEdge, parent: Resource) -> None:
        super().__init__("oob:azure:Failover", name, None, child(parent))
        if spec.dns.probe == "synthetic":
            why = "Traffic Manager asks from the internet only; set dns.probe: public, and let the primary answer its ping path"
            raise Unsupported("dns", "azure", why)
        self._name, self._context, self._spec, self._zone = name, context, spec, zone
        made = latch.Latch(f"{name}-latch", context, zone.group, self)
        direct = self._direct(edge)
        standby = self._standby(made, direct)
        names_profile = self._names(standby)
        self._record("host", spec.site.host, "CNAME", names_profile.id)
        account = latch.account_name(context)
        self.outputs = AzureDns(
            set_latch=Output.from_input(latch.set_command(account)),
            release_latch=Output.from_input(latch.release_command(account)),
            health_checks={
                endpoint: Output.format("{0}/externalEndpoints/{1}", standby.id, endpoint) for endpoint in ("latch", "latchAgain")
            },
            addresses=self._addresses(),
            profile_ids={"names": names_profile.id, "standby": standby.id},
            latch_account_id=made.account_id,
        )
        self.register_outputs({})

    def _options(self) -> ResourceOptions:
        return child(self, self._context.main)

    def _addresses(self) -> dict[str, Output[str]]:
        site, primary, issuer = self._spec.site, self._spec.primary, self._spec.issuer
        found = {
            "primary": Output.from_input(f"https://{primary.host}{primary.path}"),
            "outOfBand": Output.from_input(f"https://{site.direct_host}{PING_PATH}"),
        }
        if issuer is not None:
            found["identity"] = issuer.apply(discovery)
        return found

    def _monitor(self, path: str) -> trafficmanager.MonitorConfigArgsDict:
        """How every endpoint of a profile is asked: TLS, a plain 200, no redirect. Certificates are not judged by the service."""
        settings = self._spec.dns
        return {
            "protocol": trafficmanager.MonitorProtocol.HTTPS,
            "port": HTTPS,
            "path": path,
            "interval_in_seconds": settings.interval_seconds,
            "timeout_in_seconds": failover.TIMEOUTS[settings.interval_seconds],
            "tolerated_number_of_failures": failover.tolerated(settings),
            "expected_status_code_ranges": [{"min": 200, "max": 200}],
        }

    def _direct(self, edge: AzureEdge) -> dns.RecordSet:
        """The name that never moves: it follows the gateway's address, whatever that is (OOB-98)."""
        return self._record("direct", self._spec.site.direct_host, "A", edge.public_address_id)

    def _standby(self, made: latch.Latch, direct: Resource) -> trafficmanager.Profile:
        """This environment and the latch. The first is always the answer, whatever its health; the latch only counts.

        A probe that fails while people are here must not send them to the primary, which may be in other hands (ADR 0006). Who
        watches this environment's health are the probes of the watch, and they call people.
        """
        site = self._spec.site
        return trafficmanager.Profile(
            f"{self._name}-standby",
            profile_name=self._profile("standby"),
            resource_group_name=self._zone.group.name,
            location=GLOBAL,
            traffic_routing_method=trafficmanager.TrafficRoutingMethod.PRIORITY,
            profile_status=trafficmanager.ProfileStatus.ENABLED,
            dns_config={"relative_name": self._profile("standby"), "ttl": self._spec.dns.ttl_seconds},
            monitor_config=self._monitor(PING_PATH),
            endpoints=[
                {
                    "name": "outOfBand",
                    "type": EXTERNAL,
                    "target": site.direct_host,
                    "always_serve": trafficmanager.AlwaysServe.ENABLED,
                    "priority": 1,
                    "endpoint_status": "Enabled",
                },
                {"name": "latch", "type": EXTERNAL, "target": made.host, "priority": 2, "endpoint_status": "Enabled"},
                {"name": "latchAgain", "type": EXTERNAL, "target": made.other_host, "priority": 3, "endpoint_status": "Enabled"},
            ],
            opts=ResourceOptions.merge(self._options(), ResourceOptions(depends_on=[direct])),
        )

    def _names(self, standby: trafficmanager.Profile) -> trafficmanager.Profile:
        """What `site.host` leads to: the standby while the latch is set, else the primary, whatever its health (OOB-82)."""
        primary = self._spec.primary
        return trafficmanager.Profile(
            f"{self._name}-names",
            profile_name=self._profile("names"),
            resource_group_name=self._zone.group.name,
            location=GLOBAL,
            traffic_routing_method=trafficmanager.TrafficRoutingMethod.PRIORITY,
            profile_status=trafficmanager.ProfileStatus.ENABLED,
            dns_config={"relative_name": self._profile("names"), "ttl": self._spec.dns.ttl_seconds},
            monitor_config=self._monitor(primary.path),
            endpoints=[
                {
                    "name": "standby",
                    "type": NESTED,
                    "target_resource_id": standby.id,
                    "min_child_endpoints": ENOUGH,
                    "priority": 1,
                    "endpoint_status": "Enabled",
                },
                {
                    "name": "primary",
                    "type": EXTERNAL,
                    "target": primary.host,
                    "always_serve": trafficmanager.AlwaysServe.ENABLED,
                    "priority": 2,
                    "endpoint_status": "Enabled",
                },
            ],
            opts=self._options(),
        )

    def _profile(self, role: str) -> str:
        return physical(names.TRAFFIC_PROFILE, self._context.environment.name, role, self._context.subscription)

    def _record(self, kind: str, host: str, record_type: str, target: Output[str]) -> dns.RecordSet:
        """An alias: it follows its target by id, and cannot be left behind pointing at nothing."""
        return dns.RecordSet(
            f"{self._name}-{kind}",
            relative_record_set_name=relative(host, self._spec.site.zone),
            record_type=record_type,
            ttl=self._spec.dns.ttl_seconds,
            target_resource={"id": target},
            zone_name=self._zone.zone_name,
            resource_group_name=self._zone.group.name,
            opts=self._options(),
        )


def authorities(given: CertificateBlock | None) -> str | None:
    """Who may issue certificates for the zone, as a CAA record says it; `;` is nobody, None says nothing.

    With the internal authority's certificate no public one has anything to issue (RFC 8659, section 4.2).
    """
    return NOBODY if given is None else given.authority


def relative(host: str, zone: str) -> str:
    """A host's name within its zone, `@` for the zone's own. ValueError for a host of another zone."""
    if host == zone:
        return "@"
    if not host.endswith(f".{zone}"):
        raise ValueError(f"{host} is not in the zone {zone}")
    return host.removesuffix(f".{zone}")


def discovery(issuer: str) -> str:
    """The address of an issuer's discovery document."""
    return f"{issuer.rstrip('/')}{DISCOVERY}"
