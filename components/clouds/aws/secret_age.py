"""Runs in AWS Lambda, on its own: writes the age of the oldest secret as a metric (OOB-125). Imports nothing of this project.

Given: SECRETS, the secrets' addresses as a JSON list; NAMESPACE and METRIC, where the age goes. No secret's value is read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

CURRENT = "AWSCURRENT"


def age_days(versions: Iterable[Mapping[str, Any]], now: datetime) -> float:
    """Days since the current version of a secret was made. ValueError if no version is current."""
    made = [version["CreatedDate"] for version in versions if CURRENT in version.get("VersionStages", ())]
    if not made:
        raise ValueError("no current version")
    return (now - max(made)).total_seconds() / 86400


def measure(client: Any, given: Mapping[str, str], now: datetime) -> dict[str, float]:
    """Ages by address, written as one metric. One secret that cannot be asked fails all: silence is an alarm, too."""
    vault = client("secretsmanager")
    ages: dict[str, float] = {}
    for address in json.loads(given["SECRETS"]):
        pages = vault.get_paginator("list_secret_version_ids").paginate(SecretId=address)
        ages[address] = age_days([version for page in pages for version in page["Versions"]], now)
    client("cloudwatch").put_metric_data(
        Namespace=given["NAMESPACE"],
        MetricData=[{"MetricName": given["METRIC"], "Value": max(ages.values()), "Unit": "None"}],
    )
    return ages


def handler(event: object, context: object) -> dict[str, float]:  # noqa: ARG001 both are given by Lambda
    """What Lambda calls."""
    import boto3

    ages = measure(boto3.client, os.environ, datetime.now(UTC))
    for address, age in sorted(ages.items()):
        print(json.dumps({"secret": address, "ageDays": round(age, 2)}))  # noqa: T201 Lambda's log
    return ages
