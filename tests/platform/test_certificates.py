"""Certificates and their issuer. Not proved: that cert-manager issues them."""

from __future__ import annotations

from components.platform import names
from components.platform.certificates import Certificates, server_names
from tests.platform import made_up
from tests.platform.made_up import Block


def recorded(*changes: Block):
    return made_up.recorded(lambda inputs, images, parent: Certificates("certificates", inputs, images, parent), *changes)


def test_the_server_s_certificate_is_strong_renewed_early_with_a_new_key() -> None:
    spec = made_up.named(recorded(), "Certificate", "mattermost-tls", "mattermost")["spec"]
    assert spec["privateKey"] == {"algorithm": "RSA", "size": 4096, "encoding": "PKCS1", "rotationPolicy": "Always"}
    assert (spec["duration"], spec["renewBefore"]) == ("8760h0m0s", "2880h0m0s")
    assert names.WEB_HOST in spec["dnsNames"]
    assert spec["issuerRef"] == {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": "internal-authority"}


def test_a_server_is_restarted_before_its_old_certificate_ends() -> None:
    most_days_between_rotations = made_up.stack().rotation.max_age_days
    assert most_days_between_rotations < 120


def test_the_ingress_serves_both_site_names() -> None:
    spec = made_up.named(recorded(), "Certificate", "ingress-tls", "ingress")["spec"]
    assert spec["dnsNames"] == ["chat.oob.example", "direct.oob.example"]


def test_the_authority_s_key_lies_where_only_cert_manager_reads_and_nowhere_else() -> None:
    recording = recorded()
    secrets = {
        (secret["metadata"]["namespace"], secret["metadata"]["name"], secret["type"])
        for secret in made_up.of_kind(recording, "Secret")
    }
    assert secrets == {
        ("cert-manager", "internal-authority", "kubernetes.io/tls"),
        ("ingress", "internal-authority-trust", "nginx.org/ca"),
    }


def test_what_waits_for_a_certificate_waits_until_it_is_ready() -> None:
    for secret in ("mattermost-tls", "ingress-tls"):
        annotations = made_up.named(recorded(), "Certificate", secret)["metadata"]["annotations"]
        assert annotations["pulumi.com/waitFor"] == "condition=Ready"


def test_definitions_come_with_the_release_and_leave_only_with_a_drill() -> None:
    assert made_up.release(recorded(), "cert-manager")["values"]["crds"] == {"enabled": True, "keep": True}
    drill = made_up.release(recorded(made_up.DRILL), "cert-manager")["values"]["crds"]
    assert drill == {"enabled": True, "keep": False}


def test_images_take_mirror_and_digest() -> None:
    sha = "sha256:" + "2" * 64
    change = {"images": {"mirror": "registry.oob.example", "digests": {"cert-manager-webhook": sha}}}
    webhook = made_up.release(recorded(change), "cert-manager")["values"]["webhook"]["image"]
    assert webhook == {"repository": "registry.oob.example/jetstack/cert-manager-webhook", "tag": "v1.21.3", "digest": sha}


def test_names_of_the_server_are_the_service_s_in_both_spellings() -> None:
    assert server_names() == (
        "mattermost-web.mattermost.svc",
        "mattermost-web.mattermost.svc.cluster.local",
        "mattermost.mattermost.svc",
        "mattermost.mattermost.svc.cluster.local",
    )


def test_built_in_objects_are_legal() -> None:
    assert made_up.check_schemas(recorded()) == 3
