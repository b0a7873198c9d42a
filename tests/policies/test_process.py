"""The pack as a process: what the engine starts, asked over the analyzer protocol.

Proves that nothing stands on stdout before the port, and that a configuration that would disarm it ends the call with a reason.
Not proved here: the engine itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2_grpc

from policies import pack

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def analyzer() -> Generator[Any]:
    """A running pack, ended afterwards."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI")}
    with subprocess.Popen(
        [sys.executable, "-u", str(ROOT / "policies")], cwd=ROOT / "policies", env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        assert port.isdigit(), port
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
        process.kill()


def test_it_tells_its_policies(analyzer: Any) -> None:
    info = analyzer.GetAnalyzerInfo(empty_pb2.Empty())
    assert {one.name for one in info.policies} == {pack.RESOURCES, pack.RESOURCES_ADVICE, pack.STACK, pack.STACK_ADVICE}
    assert info.name == pack.NAME


def test_a_configuration_that_would_disarm_it_is_refused_with_the_reason(analyzer: Any) -> None:
    request = proto.ConfigureAnalyzerRequest(policyConfig={pack.RESOURCES: proto.PolicyConfig(enforcementLevel=proto.ADVISORY)})
    with pytest.raises(grpc.RpcError) as refused:
        analyzer.Configure(request)
    assert "cannot be lowered or switched off" in str(refused.value)
