"""The isolation report as one self-contained HTML file: no script, no font, no image from elsewhere."""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ops.isolation.report import HOW, READINGS, Report

_ROW, _TOP = 52, 34
_LABEL_LETTERS = 26
LEVEL_ORDER = ("high", "medium", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """One line across the boundary in the picture. `y` is its height; `lines` its label."""

    y: int
    lines: tuple[str, ...]
    expected: bool


def arrows(report: Report) -> tuple[Arrow, ...]:
    """One arrow for each crossing point by name, one for each kind of dependency with its count."""
    expected = Counter(one.crossing for one in report.crossings)
    kinds = Counter(one.kind for one in report.dependent)
    labels = [(f"{name} ({count})" if count > 1 else name, True) for name, count in expected.items()]
    labels += [(f"{count} by {kind}", False) for kind, count in kinds.items()]
    return tuple(
        Arrow(y=_TOP + place * _ROW + _ROW // 2 + 14, lines=tuple(textwrap.wrap(label, _LABEL_LETTERS)), expected=fine)
        for place, (label, fine) in enumerate(labels)
    )


def page(report: Report) -> str:
    """The whole file. Everything that comes from a stack is escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawn = arrows(report)
    return environment.get_template("page.html.j2").render(
        report=report,
        accepted=[risk for risk in report.risks if risk.accepted is not None],
        open_risks=sorted(report.open_risks, key=lambda risk: LEVEL_ORDER.index(risk.level)),
        found=Counter(one.kind for one in report.dependent),
        how=HOW,
        undeclared=[kind for kind in HOW if kind not in report.declared and kind != "endpoint"],
        readings=READINGS,
        arrows=drawn,
        height=_TOP + max(1, len(drawn)) * _ROW + 20,
    )
