"""Pinned Helm releases: one way to install a third-party chart, from an OCI registry or an https repository."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi_kubernetes as kubernetes
from pulumi import Input, ResourceOptions

from components.versions import CHARTS, Chart

TIMEOUT_SECONDS = 900
HISTORY = 5  # revisions that Helm keeps for a rollback by hand (PREP-60)
OCI = "oci://"


def release(
    name: str,
    chart: str | Chart,
    namespace: Input[str],
    values: Mapping[str, Any],
    opts: ResourceOptions,
    *,
    release_name: str | None = None,
    skip_crds: bool = False,
    timeout: int = TIMEOUT_SECONDS,
) -> kubernetes.helm.v3.Release:
    """The chart `chart` (a key of versions.CHARTS, or a Chart) in an existing namespace, rolled back as a whole on failure.

    name: logical name. release_name: what Helm calls it, and so the stem of the objects' names; the chart's name if None.
    skip_crds: for charts whose definitions are applied apart, because Helm never upgrades a chart's own.
    """
    pinned = CHARTS[chart] if isinstance(chart, str) else chart
    by_registry = pinned.repository.startswith(OCI)
    return kubernetes.helm.v3.Release(
        name,
        name=release_name or pinned.name,
        chart=f"{pinned.repository}/{pinned.name}" if by_registry else pinned.name,
        version=pinned.version,
        repository_opts=None if by_registry else {"repo": pinned.repository},
        namespace=namespace,
        create_namespace=False,
        values=values,
        atomic=True,
        cleanup_on_fail=True,
        skip_crds=skip_crds,
        timeout=timeout,
        max_history=HISTORY,
        opts=opts,
    )
