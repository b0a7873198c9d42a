"""What doctor asks around Azure, answered by a stand-in for az.

Not proved: that az answers in this form, and that the answers are true.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from components.clouds.azure import preflight
from components.preflight import Finding, Status
from tests.azure import made_up

HOME = {
    "tenantId": made_up.TENANT,
    "homeTenantId": made_up.TENANT,
    "user": {"name": "ines@acmeoob.onmicrosoft.com", "type": "user"},
}
OTHER = "3f9d8a52-0c41-4a9c-9b83-7d5a5f0e6b11"


class Answers:
    """A stand-in for az: what it says of the account, the caller's groups and each feature, any of which may be refused."""

    def __init__(
        self, account: Mapping[str, Any] | None, groups: list[str] | None = None, feature: str | None = "Registered"
    ) -> None:
        self.account, self.groups, self.feature = account, groups, feature
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, arguments: tuple[str, ...]) -> Any:
        self.asked.append(arguments)
        feature = {"properties": {"state": self.feature}} if self.feature else None
        answer = {"account": self.account, "feature": feature}.get(arguments[0], self.groups)
        if answer is None:
            raise preflight.NoAnswerError("Please run 'az login'")
        return answer


def found(answers: Answers) -> dict[str, Finding]:
    return {finding.question: finding for finding in preflight.findings(made_up.settings(), answers)}


def test_an_administrator_signed_in_where_the_subscription_is_homed_is_ready() -> None:
    answers = Answers(HOME, [OTHER, made_up.ADMINISTRATORS])
    assert {finding.status for finding in found(answers).values()} == {Status.OK}
    assert answers.asked[0] == ("account", "show", "--subscription", made_up.SUBSCRIPTION)


def test_without_a_sign_in_everything_else_stays_unknown_and_the_remedy_names_the_directory() -> None:
    findings = found(Answers(None))
    assert findings["credentials"].status is Status.FAIL
    assert f"az login --tenant {made_up.TENANT}" in str(findings["credentials"].remedy)
    assert {finding.status for question, finding in findings.items() if question != "credentials"} == {Status.UNKNOWN}


@pytest.mark.parametrize(("key", "question"), [("tenantId", "directory"), ("homeTenantId", "subscription's home")])
def test_another_directory_than_the_stacks_is_a_failure(key: str, question: str) -> None:
    findings = found(Answers(HOME | {key: OTHER}, [made_up.ADMINISTRATORS]))
    assert findings[question].status is Status.FAIL
    assert OTHER in findings[question].answer
    assert made_up.TENANT in findings[question].answer
    assert [each for each, finding in findings.items() if finding.status is Status.FAIL] == [question]


def test_a_subscription_whose_home_az_does_not_tell_is_no_success() -> None:
    assert found(Answers(HOME | {"homeTenantId": None}, [made_up.ADMINISTRATORS]))["subscription's home"].status is Status.FAIL


def test_somebody_in_no_administrators_group_cannot_make_objects_in_the_cluster() -> None:
    assert found(Answers(HOME, [OTHER]))["cluster access"].status is Status.FAIL


def test_what_could_not_be_asked_is_unknown_and_never_a_success() -> None:
    assert found(Answers(HOME, None))["cluster access"].status is Status.UNKNOWN
    robot = HOME | {"user": {"name": "pipeline", "type": "servicePrincipal"}}
    assert found(Answers(robot, [made_up.ADMINISTRATORS]))["cluster access"].status is Status.UNKNOWN


def test_a_feature_that_nobody_asked_for_is_a_failure_with_the_command() -> None:
    findings = found(Answers(HOME, [made_up.ADMINISTRATORS], feature="NotRegistered"))
    for namespace, name in preflight.FEATURES:
        finding = findings[f"feature {name}"]
        assert finding.status is Status.FAIL
        assert f"az feature register --namespace {namespace} --name {name}" in str(finding.remedy)
    unasked = found(Answers(HOME, [made_up.ADMINISTRATORS], feature=None))
    assert {unasked[f"feature {name}"].status for _, name in preflight.FEATURES} == {Status.UNKNOWN}


def test_without_az_the_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(preflight.NoAnswerError, match="az is not on PATH"):
        preflight.az(("account", "show"))
