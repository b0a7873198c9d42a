"""Addresses that are asked from outside, from five places, every five minutes (OOB-35, OOB-108, OOB-109)."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi import ComponentResource, Input, Output, Resource
from pulumi_azure_native import applicationinsights

from components.clouds.azure import names
from components.clouds.azure.alarms import Probe
from components.clouds.azure.handles import Context, Group
from components.options import child

# Population tags of places: "Availability tests" in the Application Insights documentation.
PLACES = ("emea-nl-ams-azr", "emea-gb-db3-azr", "emea-fr-pra-edge", "us-va-ash-azr", "us-ca-sjc-azr")
FAILED_PLACES = 3
SECONDS, TIMEOUT = 300, 30
CERTIFICATE_DAYS = 30


class Probes(ComponentResource):
    """`found` are the probes by the names of their addresses, and `certificate` if a public one is served here."""

    def __init__(
        self,
        name: str,
        context: Context,
        home: Group,
        workspace_id: Input[str],
        addresses: Mapping[str, Input[str]],
        parent: Resource,
    ) -> None:
        super().__init__("oob:azure:Probes", name, None, child(parent))
        self._name, self._context, self._home = name, context, home
        environment = context.environment.name
        self._component_name = names.general(environment, "probes")
        self._component = applicationinsights.Component(
            f"{name}-results",
            resource_name_=self._component_name,
            resource_group_name=home.name,
            location=home.location,
            kind="web",
            application_type="web",
            flow_type="Bluefield",
            ingestion_mode="LogAnalytics",
            workspace_resource_id=workspace_id,
            disable_local_auth=True,  # results of these probes come from Azure itself
            opts=child(self, context.main),
        )
        public = context.settings.edge.certificate is not None
        self.found: dict[str, Probe] = {
            check: self._probe(check, address, judged=check != "outOfBand" or public) for check, address in addresses.items()
        }
        if public and "outOfBand" in addresses:
            self.found["certificate"] = self._probe("certificate", addresses["outOfBand"], judged=True, days=CERTIFICATE_DAYS)
        self.register_outputs({})

    def _probe(self, check: str, address: Input[str], *, judged: bool, days: int | None = None) -> Probe:
        """A plain GET that must bring 200. `judged` says that the certificate must be one that everybody trusts."""
        environment = self._context.environment.name
        home = f"/subscriptions/{self._context.subscription}/resourceGroups/{names.resource_group(environment, 'runtime')}"
        component = f"{home}/providers/microsoft.insights/components/{self._component_name}"
        physical = names.general(environment, "probe", check)
        made = applicationinsights.WebTest(
            f"{self._name}-{check.lower()}",
            web_test_name=physical,
            synthetic_monitor_id=physical,
            resource_group_name=self._home.name,
            location=self._home.location,
            kind=applicationinsights.WebTestKind.STANDARD,
            web_test_kind=applicationinsights.WebTestKind.STANDARD,
            enabled=True,
            frequency=SECONDS,
            timeout=TIMEOUT,
            retry_enabled=True,
            locations=[{"location": place} for place in PLACES],
            request={"request_url": address, "http_verb": "GET", "follow_redirects": False, "parse_dependent_requests": False},
            validation_rules={
                "expected_http_status_code": 200,
                "s_sl_check": judged,
                "s_sl_cert_remaining_lifetime_check": days,
            },
            # By this tag, and by nothing else, a probe belongs to the component that keeps its results.
            tags={f"hidden-link:{component}": "Resource"},
            opts=child(self, self._context.main, depends_on=[self._component]),
        )
        return Probe(test_id=made.id, component_id=self._component.id, failed=FAILED_PLACES)

    @property
    def component_id(self) -> Output[str]:
        """Where results are."""
        return self._component.id
