"""The function that measures secrets, against stand-ins for the two services: numbers, calls, and what makes it fail."""

from __future__ import annotations

import ast
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.clouds.aws import rotation_watch, secret_age

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
GIVEN = {"SECRETS": json.dumps(["young", "old"]), "NAMESPACE": "OutOfBand/test", "METRIC": "SecretAgeDays"}


def version(days: float, *stages: str) -> dict[str, Any]:
    return {"CreatedDate": NOW - timedelta(days=days), "VersionStages": list(stages)}


class Services:
    """Both services: two pages of versions by secret, and what was written as a metric."""

    def __init__(self, versions: dict[str, list[dict[str, Any]]]) -> None:
        self.versions, self.asked, self.written = versions, list[str](), list[dict[str, Any]]()

    def __call__(self, service: str) -> Services:
        assert service in ("secretsmanager", "cloudwatch")
        return self

    def get_paginator(self, operation: str) -> Services:
        assert operation == "list_secret_version_ids"
        return self

    def paginate(self, *, SecretId: str) -> list[dict[str, Any]]:  # noqa: N803 the service's own spelling
        self.asked.append(SecretId)
        found = self.versions[SecretId]
        return [{"Versions": found[:1]}, {"Versions": found[1:]}]

    def put_metric_data(self, **request: Any) -> None:
        self.written.append(request)


def test_the_age_is_that_of_the_current_version_only() -> None:
    found = [version(400), version(200, "AWSPREVIOUS"), version(12.5, "AWSCURRENT", "AWSPENDING")]
    assert secret_age.age_days(found, NOW) == pytest.approx(12.5)


def test_a_secret_without_a_current_version_is_an_error_and_not_young() -> None:
    with pytest.raises(ValueError, match="no current version"):
        secret_age.age_days([version(1, "AWSPREVIOUS")], NOW)


def test_the_oldest_secret_is_the_number() -> None:
    services = Services({"young": [version(3, "AWSCURRENT")], "old": [version(300), version(91, "AWSCURRENT")]})
    assert secret_age.measure(services, GIVEN, NOW) == pytest.approx({"young": 3, "old": 91})
    (written,) = services.written
    assert written["Namespace"] == "OutOfBand/test"
    (datum,) = written["MetricData"]
    assert (datum["MetricName"], datum["Value"]) == ("SecretAgeDays", pytest.approx(91))


def test_one_secret_that_cannot_be_asked_leaves_no_number_at_all() -> None:
    services = Services({"young": [version(3, "AWSCURRENT")]})
    with pytest.raises(KeyError):
        secret_age.measure(services, GIVEN, NOW)
    assert services.written == [], "a young secret must not hide one that is gone"


def test_the_function_stands_alone_and_is_deployed_as_it_is_tested() -> None:
    tree = ast.parse(rotation_watch.source())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= {*sys.stdlib_module_names, "boto3"}
    assert "def handler(" in rotation_watch.source()
