"""Helm releases and operators' own kinds: what they install is named by version and digest."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.model import Finding, Outcome, Resource, Severity, Unjudged, bad_if, rule
from policies.reading.values import UNKNOWN, Unknown, Value, all_of, asked, joined, negated, present

RELEASE = "kubernetes:helm.sh/v3:Release"
CHART = "kubernetes:helm.sh/v3:Chart"
_EXACT = re.compile(r"v?\d+\.\d+\.\d+([-+][0-9A-Za-z.-]+)?")


@rule(
    "helm-version-pinned",
    on=(RELEASE, CHART, "kubernetes:helm.sh/v4:Chart"),
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CM-2",),
    remedy="Give version as three numbers",
)
def version_pinned(r: Resource) -> Iterator[Outcome]:
    """A chart is named by one version, not by a range or by none."""
    local = asked(lambda v: isinstance(v, str) and v.startswith(("./", "/")), r.at("chart"))
    loose = asked(lambda v: not isinstance(v, str) or not _EXACT.fullmatch(v), r.at("version"))
    yield from bad_if(all_of([negated(local), loose]), "version", "is not one version")


def images(value: Value, at: str = "") -> Iterator[tuple[str, Value]]:
    """Every image that Helm values name, at keys that end in `image`: a text, or repository with tag and digest."""
    if isinstance(value, dict):
        for key, inner in value.items():
            where = joined(at, key)
            named = isinstance(inner, (str, Unknown)) or (isinstance(inner, dict) and _names_image(inner))
            if key.lower().endswith("image") and named:
                yield where, inner
            else:
                yield from images(inner, where)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from images(inner, f"{at}[{index}]")


def _names_image(given: dict[str, Value]) -> bool:
    return any(key in given for key in ("repository", "tag", "digest", "sha"))


def _by_digest(given: Value) -> bool:
    if isinstance(given, str):
        return "@sha256:" in given
    if isinstance(given, dict):
        if any(present(given.get(key)) for key in ("digest", "sha", "sha256")):
            return True
        tag = given.get("tag")
        return isinstance(tag, str) and "sha256:" in tag
    return False


@rule(
    "helm-image-digest",
    on=RELEASE,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CM-14",),
    remedy="Give image.digest in the values",
)
def image_digest(r: Resource) -> Iterator[Outcome]:
    """Every image that a release names is named by its digest."""
    if r.at("values") is UNKNOWN:
        yield Unjudged("values")
    for path, given in images(r.at("values"), "values"):
        yield from bad_if(asked(lambda v: not _by_digest(v), given), path, "is named by a tag that can be moved")


@rule(
    "helm-images-stated",
    on=RELEASE,
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 CM-14",),
    remedy="Name the chart's images in its values",
)
def images_stated(r: Resource) -> Iterator[Outcome]:
    """A release says which images it runs, and does not leave it to the chart."""
    values = r.at("values")
    if values is UNKNOWN:
        yield Unjudged("values")
    elif not any(images(values)):
        yield Finding("values", "names no image, so the chart chooses")


@rule(
    "mattermost-image-digest",
    on="kubernetes:installation.mattermost.com/*:Mattermost",
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CM-14",),
    remedy="Give spec.version as sha256:DIGEST, which the operator writes behind an @",
)
def mattermost_image_digest(r: Resource) -> Iterator[Outcome]:
    """Mattermost itself is named by its digest."""
    yield from bad_if(
        asked(lambda v: not (isinstance(v, str) and v.startswith("sha256:")), r.at("spec.version")),
        "spec.version",
        "is a tag that can be moved",
    )
