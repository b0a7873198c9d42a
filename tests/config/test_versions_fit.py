"""Versions fit together as one tuple: server, operator, PostgreSQL, Kubernetes, object store.

Judged with a made-up cloud, because which object store a server must speak to is the cloud's to say, by data.
Not proved: that the table of versions is still true; its sources and dates stand in components/versions.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

import pytest

from components import checks, versions
from components.checks import fit
from components.checks.subject import Subject
from components.faults import Fault
from components.sections import Dns
from components.settings import CloudSettings, Stack
from components.timing import FailoverTiming
from tests.config.made_up import DAY, SECRETS, example, parsed


class Plain(CloudSettings):
    """A cloud whose object store every server speaks to."""

    def rules(self) -> Iterable[Callable[[Stack], Iterable[Fault]]]:
        return ()

    def failover(self, dns: Dns) -> FailoverTiming:
        return FailoverTiming(
            expected_seconds=float(dns.ttl_seconds), worst_seconds=60, authoritative_worst_seconds=0, terms={}, formula="TTL"
        )

    def kubernetes_version(self) -> str:
        return "1.36"

    def postgres_version(self) -> str:
        return "17.9"


class Native(Plain):
    """A cloud whose object store only newer servers speak to."""

    native_object_store: ClassVar[bool] = True


def found(version: str, cloud: CloudSettings) -> list[Fault]:
    stack = parsed(example({"mattermost.version": version})).stack
    return checks.all_faults(Subject(stack=stack, section=cloud, secrets=SECRETS, on=DAY))


@pytest.mark.parametrize("server", versions.SERVERS, ids=lambda server: server.line)
def test_a_server_without_the_driver_is_refused_where_the_cloud_needs_it(server: versions.Server) -> None:
    assert found(server.newest, Plain()) == []
    refused = found(server.newest, Native())
    if server.native_blob_store:
        assert refused == []
    else:
        (fault,) = refused
        assert fault.path == "mattermost.version"
        assert f"'{server.newest}' cannot keep files in the object store of cloud 'aws'" in fault.why
        assert "use '11.11.0', '12.0.2' or '12.1.0'" in fault.fix


def test_at_least_one_line_lacks_the_driver_so_that_the_rule_can_fail() -> None:
    assert [server.line for server in versions.SERVERS if not server.native_blob_store] == ["11.7"]


@pytest.mark.parametrize("server", versions.SERVERS, ids=lambda server: server.line)
@pytest.mark.parametrize("major", range(13, 20))
def test_the_server_sets_the_oldest_database_and_the_client_the_newest(server: versions.Server, major: int) -> None:
    fault = fit.database_fault("cloud.database.version", f"{major}.1", server.newest)
    client = versions.triple(versions.IMAGES["postgres"].tag)[0]
    legal = major in versions.POSTGRES and server.postgres_floor <= major <= client
    assert (fault is None) == legal
    assert fault is None or (fault.path == "cloud.database.version" and f"'{major}.1'" in fault.why and "use" in fault.fix)


@pytest.mark.parametrize(
    ("kubernetes", "legal"), [("1.34", False), ("1.35", True), ("1.36", True), ("1.37", False), ("1.3", False)]
)
def test_only_a_kubernetes_that_everything_runs_on_is_taken(kubernetes: str, legal: bool) -> None:
    assert (fit.kubernetes_fault("x", kubernetes) is None) == legal


def test_what_the_makers_do_not_test_is_known() -> None:
    assert fit.untested_on("1.35") == ()
    assert fit.untested_on("1.36") == ("velero",)
    assert fit.untested_on("1.28") == ("cert-manager", "nginx-ingress", "velero")


def test_every_part_with_a_matrix_is_one_that_is_pinned() -> None:
    assert set(fit.TESTED_ON) <= set(versions.CHARTS)


def test_the_defaults_fit_together_and_are_the_newest_that_are_known() -> None:
    stack = parsed(example({"mattermost.version": "12.1.0"})).stack
    assert type(stack.mattermost)().version == fit.newest().newest
    assert fit.server_of(type(stack.mattermost)().version) == fit.newest()
    assert f"v{type(stack.mattermost)().operator_version}" == versions.IMAGES["mattermost-operator"].tag
    assert versions.IMAGES["mattermost"].tag == fit.newest().newest


def test_a_refused_version_has_a_newer_one_in_its_line() -> None:
    for version in versions.REFUSED_SERVERS:
        server = fit.server_of(version)
        assert server is not None
        assert server.newest not in versions.REFUSED_SERVERS
