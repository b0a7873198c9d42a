"""The ingress controller's values and rights, and the routes. Not proved: the configuration that NGINX makes of them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from components import topology
from components.contract import INGRESS_NODE_PORT, PING_PATH, InternalAddress
from components.platform import names
from components.platform.certificates import server_names
from components.platform.ingress import (
    CIPHERS,
    KEEPALIVE_SECONDS,
    PROXY_SECONDS,
    Ingress,
    entries,
    everywhere,
    own,
    service,
    watching,
)
from components.platform.routes import LOGIN_PATH, STICKY_SECONDS, Routes, allow_policy, verify_policy
from ops.plan.recorder import Recording
from tests.platform import made_up
from tests.platform.made_up import Block


@cache
def _recorded(text: str) -> Recording:
    def build(inputs: Any, images: Any, parent: Any) -> None:
        Ingress("ingress", inputs, images, parent)
        Routes("routes", inputs, parent)

    return made_up.recorded(build, *json.loads(text))


def recorded(*changes: Block) -> Recording:
    return _recorded(json.dumps(changes))


def controller(*changes: Block) -> Any:
    return made_up.release(recorded(*changes), "nginx-ingress")["values"]["controller"]


def config(*changes: Block) -> dict[str, str]:
    return controller(*changes)["config"]["entries"]


def ingress(name: str, *changes: Block) -> Any:
    return made_up.named(recorded(*changes), "Ingress", name)


def notes(name: str, *changes: Block) -> dict[str, str]:
    return ingress(name, *changes)["metadata"]["annotations"]


def test_objects_are_legal() -> None:
    assert made_up.check_schemas(recorded()) == 16


def test_the_chart_comes_pinned_from_its_registry() -> None:
    found = made_up.release(recorded(), "nginx-ingress")
    assert found["chart"] == "oci://ghcr.io/nginx/charts/nginx-ingress"
    assert found["version"] == "2.7.1"
    assert found["atomic"] is True
    sha = "sha256:" + "1" * 64
    image = controller({"images": {"digests": {"nginx-ingress": sha}}})["image"]
    assert (image["tag"], image["digest"]) == ("5.6.1", sha)


@pytest.mark.parametrize("size", ["small", "medium", "large"])
def test_there_are_always_two_proxies_apart(size: str) -> None:
    found = controller({"size": size})
    assert found["replicaCount"] >= 2
    assert found["podDisruptionBudget"] == {"enabled": True, "minAvailable": 1}
    assert [rule["topologyKey"] for rule in found["topologySpreadConstraints"]] == [
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    ]


def test_the_edge_finds_one_fixed_port_and_the_sender_s_address_survives() -> None:
    service = controller()["service"]
    assert service["type"] == "NodePort"
    assert service["externalTrafficPolicy"] == "Local"
    assert service["httpsPort"]["nodePort"] == INGRESS_NODE_PORT
    assert service["httpPort"] == {"enable": False}


def test_an_edge_that_wants_an_address_finds_it_and_nobody_else_does() -> None:
    found = service(InternalAddress(address="10.40.16.9", annotations={"cloud.example/address": "10.40.16.9"}), ["10.40.0.0/24"])
    assert found["type"] == "LoadBalancer"
    assert found["annotations"] == {"cloud.example/address": "10.40.16.9"}
    assert found["loadBalancerSourceRanges"] == ["10.40.0.0/24"]
    assert found["externalTrafficPolicy"] == "Local"
    assert "nodePort" not in found["httpsPort"]
    assert found["httpPort"] == {"enable": False}


def test_what_could_inject_or_report_is_off() -> None:
    found = controller()
    assert found["enableSnippets"] is False
    assert found["telemetryReporting"] == {"enable": False}
    assert found["readOnlyRootFilesystem"] is True
    assert found["enableConfigSafety"] is True


def test_tls_is_1_2_or_1_3_with_forward_secrecy() -> None:
    assert config()["ssl-protocols"] == "TLSv1.2 TLSv1.3"
    assert all(cipher.startswith("ECDHE-") for cipher in CIPHERS.split(":"))
    assert not [word for word in ("CBC", "RC4", "DES", "SHA1", "NULL") if word in CIPHERS]


def test_the_document_s_numbers_are_set() -> None:
    found = config()
    assert (found["hsts"], found["hsts-max-age"]) == ("True", "15768000")
    assert {found[f"proxy-{kind}-timeout"] for kind in ("connect", "read", "send")} == {"90s"}
    assert found["client-max-body-size"] == "50m"
    assert found["keepalive"] == "32"
    assert found["server-tokens"] == "False"
    assert found["worker-rlimit-nofile"] == "49152"


def test_numbers_that_two_hops_share_are_equal_or_in_the_right_order() -> None:
    assert PROXY_SECONDS == topology.IDLE_TIMEOUT_SECONDS
    assert KEEPALIVE_SECONDS > topology.IDLE_TIMEOUT_SECONDS, "else the edge meets connections that are already closed"
    assert STICKY_SECONDS == topology.STICKINESS_SECONDS


def test_only_the_edge_is_believed_about_the_client_s_address() -> None:
    assert config()["set-real-ip-from"] == "10.40.0.0/24,10.40.1.0/24"
    assert config()["real-ip-header"] == "X-Forwarded-For"
    assert config()["real-ip-recursive"] == "True"
    assert "set-real-ip-from" not in entries((), 50)


def test_every_request_is_one_json_object_without_the_query() -> None:
    log = config()["log-format"]
    fields = json.loads(log)
    assert fields["client"] == "$remote_addr"
    assert "'" not in log, "NGINX puts the line between apostrophes"
    assert not {"$request", "$request_uri", "$args"} & set(fields.values()), "a query can hold a sign-in code"
    assert config()["log-format-escaping"] == "json"


def test_the_proxy_cannot_read_the_application_s_secrets() -> None:
    assert controller()["watchSecretNamespace"] == names.INGRESS_NAMESPACE
    outside = [*everywhere(), *watching()]
    assert not [rule for rule in outside if "secrets" in rule["resources"]]
    assert [rule for rule in own() if "secrets" in rule["resources"]]
    assert made_up.release(recorded(), "nginx-ingress")["values"]["rbac"] == {"create": False}


def test_no_role_has_a_wildcard() -> None:
    for kind in ("Role", "ClusterRole"):
        for role in made_up.of_kind(recorded(), kind):
            for rule in role["rules"]:
                assert "*" not in [*rule["apiGroups"], *rule["resources"], *rule["verbs"]]


@pytest.mark.parametrize("label", ["site", "direct"])
def test_each_name_is_served_by_tls_with_the_whole_host_s_settings(label: str) -> None:
    host = {"site": "chat.oob.example", "direct": "direct.oob.example"}[label]
    spec = ingress(label)["spec"]
    assert spec["rules"] == [{"host": host}]
    assert spec["tls"] == [{"hosts": [host]}]
    assert spec["ingressClassName"] == names.INGRESS_CLASS
    found = notes(label)
    assert found["nginx.org/mergeable-ingress-type"] == "master"
    assert found["nginx.org/redirect-to-https"] == "true"
    assert (found["nginx.org/hsts"], found["nginx.org/hsts-max-age"]) == ("true", "15768000")
    assert found["nginx.org/client-max-body-size"] == "50m"
    assert found["nginx.org/policies"] == "ingress/verified-servers"


@pytest.mark.parametrize("label", ["site", "direct"])
def test_all_paths_go_over_tls_to_our_service_on_8065(label: str) -> None:
    for part, path, kind in (("application", "/", "Prefix"), ("login", LOGIN_PATH, "Exact"), ("ping", PING_PATH, "Exact")):
        (rule,) = ingress(f"{label}-{part}")["spec"]["rules"]
        (found,) = rule["http"]["paths"]
        assert (found["path"], found["pathType"]) == (path, kind)
        assert found["backend"]["service"] == {"name": "mattermost-web", "port": {"number": 8065}}
        assert notes(f"{label}-{part}")["nginx.org/ssl-services"] == "mattermost-web"
        assert "tls" not in ingress(f"{label}-{part}")["spec"], "the host's object has it"


def test_websockets_pass_on_the_application_s_path() -> None:
    assert notes("site-application")["nginx.org/websocket-services"] == "mattermost-web"
    assert notes("direct-application")["nginx.org/websocket-services"] == "mattermost-web"


def test_people_must_be_on_the_list_and_health_checkers_need_not() -> None:
    for label in ("site", "direct"):
        assert notes(f"{label}-application")["nginx.org/policies"] == "ingress/allowed-networks"
        assert notes(f"{label}-login")["nginx.org/policies"] == "ingress/allowed-networks"
        assert "nginx.org/policies" not in notes(f"{label}-ping")
    policy = made_up.named(recorded(), "Policy", "allowed-networks")
    assert policy["metadata"]["namespace"] == names.INGRESS_NAMESPACE
    assert policy["spec"]["accessControl"] == {"allow": ["192.0.2.0/24", "203.0.113.7/32", "2001:db8:77::/48"]}
    assert "deny" not in allow_policy(["192.0.2.0/24"])["accessControl"]


def test_the_edge_s_own_check_names_no_host_and_reaches_the_servers() -> None:
    (rule,) = ingress("health")["spec"]["rules"]
    assert "host" not in rule
    (path,) = rule["http"]["paths"]
    assert (path["path"], path["pathType"]) == (PING_PATH, "Exact"), "nothing else may be reached without a name"
    assert controller()["allowEmptyIngressHost"] is True
    assert notes("health")["nginx.org/policies"] == "ingress/verified-servers"


def test_the_proxy_verifies_the_servers_by_their_service_s_name() -> None:
    policy = verify_policy()["egressMTLS"]
    assert policy["verifyServer"] is True
    assert policy["sslName"] in server_names()
    assert policy["protocols"] == "TLSv1.2 TLSv1.3", "the controller's default still has 1.0"


def test_a_session_stays_on_one_server() -> None:
    for part in ("application", "login"):
        cookie = notes(f"site-{part}")["nginx.org/sticky-cookie-services"]
        assert cookie.startswith("serviceName=mattermost-web OOBROUTE expires=12h ")
        assert {"secure", "httponly", "path=/"} <= set(cookie.split())


def test_sign_in_is_slower_than_anything_else_and_counts_by_client() -> None:
    login, everything = notes("site-login"), notes("site-application")
    assert login["nginx.org/limit-req-rate"].endswith("r/m")
    assert everything["nginx.org/limit-req-rate"].endswith("r/s")
    for found in (login, everything, notes("site-ping"), notes("health")):
        assert found["nginx.org/limit-req-key"] == "${binary_remote_addr}"
        assert found["nginx.org/limit-req-reject-code"] == "429"


def test_no_annotation_is_of_the_retired_controller_or_a_snippet() -> None:
    for found in made_up.of_kind(recorded(), "Ingress"):
        for key in found["metadata"]["annotations"]:
            assert key.startswith(("nginx.org/", "pulumi.com/"))
            assert "snippet" not in key


def test_a_name_s_own_object_has_no_annotation_that_the_controller_ignores_there() -> None:
    on_paths_only = ("ssl-services", "websocket-services", "sticky-cookie-services")
    on_hosts_only = ("hsts", "redirect-to-https", "server-tokens")
    assert not [key for key in notes("site") if key.endswith(on_paths_only)]
    assert not [key for key in notes("site-application") if any(word in key for word in on_hosts_only)]


def test_the_headers_of_a_sign_in_fit_the_proxy_s_buffers() -> None:
    found = config()
    assert found["proxy-buffer-size"] == "16k"
    number, size = found["proxy-buffers"].split()
    # NGINX keeps two buffers busy and refuses to start unless all but one are more than that.
    assert size == found["proxy-buffer-size"]
    assert int(number) - 1 > 2


def test_the_proxy_may_listen_on_443_without_any_right() -> None:
    found = controller()["podSecurityContext"]
    assert found["sysctls"] == [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]
    assert found["seccompProfile"] == {"type": "RuntimeDefault"}, "the chart's own, which a block of ours replaces"


def test_the_access_log_stays_on_the_container_s_output() -> None:
    assert "access-log" not in config(), "the controller takes a syslog address alone, and calls anything else a fault"
    assert config().get("access-log-off") is None
