"""The real kubectl, through the tunnel, with the kubeconfig that this program makes.

The API behind it is a small HTTPS server with a certificate of its own, the far side a relay instead of a Session Manager
session, and `aws` a script that hands out a token. Not proved: EKS's own answers.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from components.clouds.aws.kubeconfig import kubeconfig
from tests.support.kubernetes_api import TOKEN, VERSION, Api, Served, ask, served

NAME = "0a1b.gr7.eu-central-1.eks.amazonaws.com"
ENDPOINT = f"https://{NAME.upper()}"

pytestmark = pytest.mark.skipif(
    shutil.which("kubectl") is None or shutil.which("openssl") is None, reason="kubectl and openssl are not on PATH"
)


@pytest.fixture(autouse=True)
def claims_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OOB_CACHE", str(tmp_path / "cache"))


def made(api: Served) -> str:
    return kubeconfig(cluster="oob-t", region="eu-central-1", endpoint=ENDPOINT, authority=api.authority, port=api.port)


def test_kubectl_reaches_the_api_and_signs_in(tmp_path: Path) -> None:
    with served(tmp_path, NAME) as api:
        done = ask(tmp_path, made(api), "aws")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == VERSION
    assert set(Api.seen) == {f"Bearer {TOKEN}"}, "kubectl may ask more than once, but never without the token"
    assert "get-token --cluster-name oob-t" in (tmp_path / "asked").read_text()


def test_kubectl_refuses_whoever_else_answers_on_the_port(tmp_path: Path) -> None:
    with served(tmp_path, "somebody-else.example") as api:
        done = ask(tmp_path, made(api), "aws")
    assert done.returncode != 0
    assert "not " + NAME in done.stderr, done.stderr
    assert not Api.seen, "no token goes to a server that is not the cluster"
