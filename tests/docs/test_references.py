"""What a comment or a document points to can be found: in this repository, or in public.

Not proved: that an address on the web still answers, or says what it is named for.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.support import plans

TEXTS = (".py", ".md", ".sql", ".sh", ".yaml", ".json", ".toml")
# Working documents that were never published: by file, by chapter, or by the number of a rule in one of them.
NAMES = "drills|platform|policies|mechanics|pulumi-mechanics|rehearsal|testbed"
UNPUBLISHED = re.compile(
    rf"\b(?P<file>{NAMES})\.md\b"
    rf"|[(,;] ?(?:{NAMES}) (?:\d|[ST]\d)"
    rf"|\b(?:reference '|(?:{NAMES}) reference\b)"
    r"|\((?:[^()\n]*, )?[ST](?!3\b)\d{1,2}(?:, [^()\n]*)?\)"
)


def tracked() -> list[Path]:
    """Files that git keeps; this one apart, which must name what it looks for."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=plans.ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if (path := plans.ROOT / name).is_file() and path != Path(__file__).resolve()]


def test_nothing_points_to_a_document_that_is_not_here() -> None:
    files = tracked()
    here = {path.name for path in files}
    found: list[str] = []
    for path in files:
        if path.suffix not in TEXTS:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            pointed = [hit for hit in UNPUBLISHED.finditer(line) if not (hit["file"] and f"{hit['file']}.md" in here)]
            found += [f"{path.relative_to(plans.ROOT)}:{number}: {hit[0]}" for hit in pointed]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "(drills.md S9)", "(platform 3.3)", "(platform T9)", "(C-16, T2)", "(S5, S6)", "(OOB-37, drills 7.3)", "mechanics.md",
        "(reference 'drills', section 7.1)", "the table in the drills reference, section 7.1",
    ],
)  # fmt: skip
def test_such_a_reference_is_found(text: str) -> None:
    assert UNPUBLISHED.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "one tool for S3, Blob and others", "(EKS, S3, Cognito)", "probes (S3)", "the platform 12 of a station",
        "two drills a year", "(ADR 0013)", "RFC 1035, section 2.3.4", "policies in components/platform/network_policies.py",
    ],
)  # fmt: skip
def test_ordinary_words_pass(text: str) -> None:
    assert not UNPUBLISHED.search(text)
