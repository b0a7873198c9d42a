"""`oob plan` as a person types it: exit codes, sentences instead of tracebacks, files whole or not at all.

Runs the command as its own process on copies of the stack folder. Not proved: a disk that fills in the middle of a write.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from components import clouds

ROOT = Path(__file__).resolve().parents[2]
CIPHERTEXT = re.compile(r"\bv1:[A-Za-z0-9+/]{16}:[A-Za-z0-9+/]")  # as Pulumi writes it: a 12-byte nonce, then what it hides


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program beside a stack folder of its own, so that a test may break stack files."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("components", "ops", "policies"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "stacks", folder / "stacks")
    return folder


def oob(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(checkout), "OOB_STACKS": str(checkout / "stacks")}
    return subprocess.run(
        [sys.executable, "-m", "ops", *arguments],
        env=environment,
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def write(checkout: Path, name: str, content: bytes) -> None:
    (checkout / "stacks" / f"Pulumi.{name}.yaml").write_bytes(content)


def test_the_example_plans_and_the_json_has_the_documented_form(checkout: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    found = oob(checkout, "plan", "aws-example", "--json", "--out", str(out))
    assert (found.returncode, found.stdout) == (0, ""), found.stderr
    document = json.loads(out.read_text(encoding="utf-8"))
    assert list(document) == ["stack", "cloud", "resources", "outputs", "failover", "policy", "isolation", "images"]
    assert set(document["resources"][0]) == {"urn", "type", "name", "parent", "provider", "protect", "depends_on", "inputs"}
    assert document["failover"]["worst_seconds"] == 118
    assert not CIPHERTEXT.search(out.read_text(encoding="utf-8")), "not even the ciphertext of a secret belongs in a plan"


def test_the_search_for_ciphertext_finds_that_of_the_stack_file() -> None:
    assert CIPHERTEXT.search((ROOT / "stacks" / "Pulumi.aws-example.yaml").read_text(encoding="utf-8"))
    assert not CIPHERTEXT.search('"kubernetes:core/v1:Namespace", "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"')


def test_the_text_shows_roles_outputs_protection_and_arithmetic(checkout: Path) -> None:
    text = oob(checkout, "plan", "aws-example").stdout
    for wanted in ("network", "platform", "protected", "failover", "worst case", "https://chat.acme-oob.example"):
        assert wanted in text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\x00\xff\xfe\x9d", "text"),
        (b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", "alias"),
        (b"config: [unclosed", "line"),
        (b"config: {oob:stack: 7}\n", "block"),
        (b"config: {}\n", "oob:stack"),
    ],
    ids=["empty", "binary", "bomb", "syntax", "type", "missing"],
)
def test_a_bad_file_is_a_sentence_and_exit_code_2(checkout: Path, content: bytes, says: str) -> None:
    write(checkout, "broken", content)
    found = oob(checkout, "plan", "broken")
    assert found.returncode == 2
    assert says in found.stderr.lower()
    assert "Traceback" not in found.stderr
    assert found.stdout == ""


@pytest.mark.parametrize("name", ["no-such-stack", "../etc/passwd", "", "aws example"])
def test_a_stack_that_does_not_exist_is_told_with_those_that_do(checkout: Path, name: str) -> None:
    found = oob(checkout, "plan", name)
    assert found.returncode == 2
    assert "Traceback" not in found.stderr
    assert "aws-example" in found.stderr or "name" in found.stderr


def test_many_faults_are_told_at_once_and_nothing_is_planned(checkout: Path) -> None:
    text = (checkout / "stacks" / "Pulumi.aws-example.yaml").read_text(encoding="utf-8")
    text = text.replace('account: "444455556666"', 'account: "999988887777"').replace(
        "zone: acme-oob.example", "zone: oob.acme.example"
    )
    text = (
        text.replace("cidr: 10.64.0.0/16", "cidr: 10.8.0.0/16")
        .replace("size: medium", "size: huge")
        .replace("ttlSeconds", "ttlSecond")
    )
    write(checkout, "faulty", text.encode())
    found = oob(checkout, "plan", "faulty")
    assert found.returncode == 2
    for path in ("aws.account", "site.zone", "aws.network.cidr", "size", "dns.ttlSecond"):
        assert path in found.stderr, found.stderr


def test_a_result_that_cannot_be_written_is_exit_code_3(checkout: Path, tmp_path: Path) -> None:
    missing = oob(checkout, "plan", "aws-example", "--out", str(tmp_path / "no" / "plan.json"))
    assert (missing.returncode, "Traceback" in missing.stderr) == (3, False)
    with Path("/dev/full").open("w") as full:
        found = subprocess.run(
            [sys.executable, "-m", "ops", "plan", "aws-example"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert found.returncode == 3
    assert "Traceback" not in found.stderr
    assert "No space left" in found.stderr


@pytest.mark.parametrize("seconds", [0.4, 1.2, 2.4, 4.0, 4.4, 4.8])
def test_ctrl_c_ends_a_plan_with_a_word_and_without_a_traceback(checkout: Path, tmp_path: Path, seconds: float) -> None:
    """While it imports, plans or writes, as far as this machine is fast; nothing is left half-written."""
    to = tmp_path / "plan.json"
    command = [sys.executable, "-m", "ops", "plan", "aws-example", "--json", "--out", str(to)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    ended = process.returncode == 130
    assert ended or process.returncode == 0, "0 only if it was done before the signal came"
    assert "Traceback" not in told
    assert ("oob: interrupted" in told) is ended
    assert list(tmp_path.iterdir()) == ([to] if to.exists() else [])
    if to.exists():
        json.loads(to.read_text(encoding="utf-8"))


@pytest.mark.parametrize("cloud", clouds.available())
def test_no_other_clouds_sdk_is_imported(cloud: str) -> None:
    """The smallest stack of every cloud, in a process of its own: which provider SDKs are there afterwards?"""
    script = (
        "import json, sys, yaml; from pathlib import Path; from ops.plan import plan; cloud = sys.argv[1]; "
        "value = yaml.safe_load((Path('components/clouds') / cloud / 'example.yaml').read_text()); "
        "plan.of_config(Path('stacks'), 'test', {'oob:stack': json.dumps(value, default=str)}, ()); "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", script, cloud], cwd=ROOT, capture_output=True, text=True, check=True)
    found = set(done.stdout.split())
    neutral = {"pulumi_kubernetes", "pulumi_random", "pulumi_tls"}
    own = {name for name in found - neutral if name.startswith(("pulumi_", "boto", "azure"))}
    belonging = {name for name in own if name.startswith(f"pulumi_{cloud}")}
    assert own == belonging, "of another cloud, or not for planning"
    assert neutral <= found


def test_the_page_for_a_person_has_no_ragged_edges(checkout: Path) -> None:
    found = oob(checkout, "plan", "aws-example", "--out", str(checkout / "page.txt"))
    assert found.returncode == 0
    lines = (checkout / "page.txt").read_text(encoding="utf-8").splitlines()
    assert max(len(line) for line in lines) <= 140
    assert [line for line in lines if line != line.rstrip()] == []
    assert [line for line in lines if "more kinds" in line] == [], "everything is counted, nothing is left out"


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_the_caller_has_closed_is_no_fault(checkout: Path, closed: str) -> None:
    command = f"{sys.executable} -m ops policies {closed} && {sys.executable} -m ops plan nowhere {closed}"
    environment = {**os.environ, "PYTHONPATH": str(checkout), "OOB_STACKS": str(checkout / "stacks")}
    found = subprocess.run(["bash", "-c", command], env=environment, cwd=checkout, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout, "Traceback" in found.stderr) == (2, "", False), found.stderr


def test_closed_output_is_no_fault(checkout: Path) -> None:
    command = f"{sys.executable} -m ops plan aws-example --json | head -c 10 >/dev/null; exit ${{PIPESTATUS[0]}}"
    environment = {**os.environ, "PYTHONPATH": str(checkout), "OOB_STACKS": str(checkout / "stacks")}
    found = subprocess.run(["bash", "-c", command], env=environment, cwd=checkout, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")
