"""What `oob doctor` says of AWS: who is calling, for which account, and whether the caller may make objects in the cluster.

boto3 is a made-up client here: not proved is what a real account answers, nor that the caller has the rights that `up` needs.
"""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import NoCredentialsError

from components.clouds.aws.preflight import findings, same_role
from components.clouds.aws.settings import Settings
from components.preflight import Finding, Status
from tests.support import plans

BLOCK = json.loads(plans.example_value("aws"))["aws"]
ACCOUNT = BLOCK["account"]
ROLE = BLOCK["cluster"]["administrators"][0]


class MadeUpSts:
    """Answers one question, or refuses it."""

    def __init__(self, answer: dict[str, str] | Exception) -> None:
        self._answer = answer

    def get_caller_identity(self) -> dict[str, str]:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def asked(monkeypatch: pytest.MonkeyPatch, answer: dict[str, str] | Exception) -> dict[str, Finding]:
    def client(service: str, **options: Any) -> MadeUpSts:
        assert (service, options["region_name"]) == ("sts", BLOCK["region"])
        return MadeUpSts(answer)

    monkeypatch.setattr(boto3, "client", client)
    return {finding.question: finding for finding in findings(Settings.model_validate(BLOCK))}


def session_of(role: str, account: str = ACCOUNT) -> dict[str, str]:
    return {"Account": account, "Arn": f"arn:aws:sts::{account}:assumed-role/{role.rpartition('/')[2]}/somebody"}


def test_an_administrator_of_the_right_account_may_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    found = asked(monkeypatch, session_of(ROLE))
    assert {finding.status for finding in found.values()} == {Status.OK}


def test_without_credentials_the_account_is_unknown_and_never_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = asked(monkeypatch, NoCredentialsError())
    assert found["credentials"].status is Status.FAIL
    assert "sign in" in (found["credentials"].remedy or "")
    assert found["account"].status is Status.UNKNOWN


def test_another_account_is_named_with_the_one_that_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    found = asked(monkeypatch, session_of(ROLE, "999988887777"))
    assert found["account"].status is Status.FAIL
    assert "999988887777" in found["account"].answer
    assert ACCOUNT in found["account"].answer


def test_a_caller_who_may_not_make_objects_in_the_cluster_is_told_before_up(monkeypatch: pytest.MonkeyPatch) -> None:
    found = asked(monkeypatch, session_of("role/somebody-else"))
    assert found["account"].status is Status.OK
    assert found["cluster access"].status is Status.FAIL


@pytest.mark.parametrize(
    ("caller", "wanted", "same"),
    [
        ("arn:aws:iam::1:role/a", "arn:aws:iam::1:role/a", True),
        ("arn:aws:sts::1:assumed-role/a/me", "arn:aws:iam::1:role/a", True),
        ("arn:aws:sts::1:assumed-role/a/me", "arn:aws:iam::1:role/some/path/a", True),
        ("arn:aws:sts::2:assumed-role/a/me", "arn:aws:iam::1:role/a", False),
        ("arn:aws:sts::1:assumed-role/ab/me", "arn:aws:iam::1:role/a", False),
        ("arn:aws:iam::1:user/a", "arn:aws:iam::1:role/a", False),
        ("nonsense", "arn:aws:iam::1:role/a", False),
    ],
)
def test_a_session_is_known_by_its_role_and_account(caller: str, wanted: str, same: bool) -> None:
    assert same_role(caller, wanted) is same
