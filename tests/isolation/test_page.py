"""The page: one file, verdict first, everything escaped, every finding with its path.

Not proved here: how it looks. It was looked at in Chromium at 1280 and 390 pixels and on paper; a test cannot do that.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

from components.sections import Acceptance
from ops.isolation.page import arrows
from ops.isolation.render import as_page, as_terminal
from ops.isolation.report import Report
from ops.isolation.risks import Risk
from policies.isolation import Dependency
from tests.support.plans import of_file

HOSTILE = "<script>alert('x')</script>&\"'[red]"
LEANING = Dependency(f"urn:{HOSTILE}", f"tags.{HOSTILE}", "domain", f"wiki.acme.example{HOSTILE}", f"acme.example{HOSTILE}")
WAIVER = Acceptance.model_validate({"reason": HOSTILE, "owner": "sre@responders.example.net", "expires": date(2026, 12, 31)})


def independent() -> Report:
    return of_file("aws-example").isolation


def dependent() -> Report:
    risks = (
        Risk(kind="region", level="high", message=HOSTILE),
        Risk(kind="registrar", level="unknown", message="open"),
        Risk(kind="organisation", level="high", message="kept", accepted=WAIVER),
    )
    return replace(independent(), stack=f"x{HOSTILE}", dependent=(LEANING,), risks=risks)


class Reader(HTMLParser):
    """Tags in order, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = as_page(independent())
    read = Reader(page)
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(read.tags)
    assert read.addresses == []
    assert not re.search(r"@import|url\((?!#)", page)
    assert "@media print" in page
    assert 'name="viewport"' in page


def test_the_verdict_comes_first() -> None:
    for report in (independent(), dependent()):
        body = Reader(as_page(report).partition("<body>")[2]).text
        assert body.index(report.verdict) < body.index("The boundary") < body.index("Dependencies")


def test_every_finding_crossing_and_risk_is_there_with_its_path() -> None:
    report = dependent()
    text = Reader(as_page(report)).text
    for one in (*report.dependent, *report.crossings):
        assert {one.urn in text, one.path in text, one.value in text} == {True}
    for risk in report.risks:
        assert risk.message in text
    assert "sre@responders.example.net accepted it until 2026-12-31" in text


def test_everything_from_a_stack_is_escaped() -> None:
    page = as_page(dependent())
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 6
    assert HOSTILE in as_terminal(dependent()), "markup of the terminal is text as well"


def test_the_picture_shows_what_crosses() -> None:
    names = [" ".join(arrow.lines) for arrow in arrows(dependent())]
    assert names == ["health check of the primary", "failover record of the user-facing name", "1 by domain"]
    assert [arrow.expected for arrow in arrows(dependent())] == [True, True, False]
    assert "nothing crosses" in as_page(replace(independent(), crossings=()))
