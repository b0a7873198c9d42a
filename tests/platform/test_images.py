"""Where images come from: every one that anything names, once a mirror and digests are given (AIR-48, AIR-62, AIR-63).

Not proved: that a chart names no further image by itself; what each chart's templates name was read when it was pinned.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, cast

import pytest
from pulumi import ResourceOptions

from components.platform.platform import Platform
from components.versions import IMAGES
from ops.plan.recorder import Recording
from tests.platform import made_up

MIRROR = "registry.oob.example/mirror"
DIGEST = "sha256:" + "5" * 64
PUBLIC = sorted({image.registry for image in IMAGES.values()})
MODES: dict[str, made_up.Block] = {"live": {"smtp": made_up.SMTP}, "drill": made_up.DRILL}


@cache
def recorded(mode: str) -> Recording:
    digests = dict.fromkeys(IMAGES, DIGEST)
    return made_up.recorded(
        lambda inputs, _, parent: Platform("platform", inputs, ResourceOptions(parent=parent)),
        {"images": {"mirror": MIRROR, "digests": digests}},
        MODES[mode],
    )


def values(value: object) -> Iterator[object]:
    """An object and everything in it."""
    yield value
    inside: list[object] = []
    if isinstance(value, dict):
        inside = list(cast("dict[str, object]", value).values())
    elif isinstance(value, list):
        inside = cast("list[object]", value)
    for inner in inside:
        yield from values(inner)


def texts(value: object) -> Iterator[str]:
    """Every text in an object."""
    return (inner for inner in values(value) if isinstance(inner, str))


def parts(value: object) -> Iterator[dict[str, Any]]:
    """Every block in an object that describes an image as charts do."""
    for inner in values(value):
        if isinstance(inner, dict) and {"repository", "tag"} <= set(cast("dict[str, object]", inner)):
            yield cast("dict[str, Any]", inner)


@pytest.mark.parametrize("mode", MODES)
def test_with_a_mirror_nothing_names_a_public_registry(mode: str) -> None:
    for found in recorded(mode).resources:
        content = {key: value for key, value in found.inputs.items() if key not in ("chart", "repositoryOpts")}
        for text in texts(content):
            named = [registry for registry in PUBLIC if text.startswith(f"{registry}/") or text == registry]
            assert not named, f"{found.name}: {text}"


@pytest.mark.parametrize("mode", MODES)
def test_with_digests_every_image_of_a_chart_has_one(mode: str) -> None:
    seen = 0
    for found in recorded(mode).resources:
        if found.type == "kubernetes:helm.sh/v3:Release":
            for image in parts(dict(found.inputs)):
                whole = image.get("digest") or image.get("sha") or image["tag"]
                assert whole.removeprefix("sha256:").endswith(DIGEST.removeprefix("sha256:")), f"{found.name}: {image}"
                seen += 1
    assert seen >= 12


@pytest.mark.parametrize("mode", MODES)
def test_with_digests_every_container_s_image_has_one(mode: str) -> None:
    for found in recorded(mode).resources:
        for text in texts(dict(found.inputs)):
            if text.startswith(f"{MIRROR}/") and ":" in text:
                assert text.endswith(f"@{DIGEST}"), f"{found.name}: {text}"


def test_what_charts_name_but_never_start_comes_from_the_mirror_too() -> None:
    manager = made_up.release(recorded("live"), "cert-manager")["values"]["acmesolver"]["image"]
    assert manager["repository"] == f"{MIRROR}/jetstack/cert-manager-acmesolver"
    operator = made_up.release(recorded("live"), "kube-prometheus-stack")["values"]["prometheusOperator"]
    assert operator["thanosImage"]["registry"] == MIRROR


def test_every_tag_names_one_release() -> None:
    for name, image in IMAGES.items():
        numbers = [part for part in image.tag.removeprefix("v").partition("-")[0].split(".") if part.isdecimal()]
        assert len(numbers) >= 2, f"{name}: {image.tag} moves"
    assert IMAGES["python"].tag.count(".") == 2, "3.13 alone is another image every month"
