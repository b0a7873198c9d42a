"""What the documents say about files is true: every path that they name exists, links lead somewhere, commands are real.

It does not prove that a sentence about a file is right: a person decides that.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from ops.cli import app
from tests.support.plans import ROOT

DOCUMENTS = sorted(
    [
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        ROOT / "docs" / "architecture.md",
        *(ROOT / "docs" / "adr").glob("*.md"),
        *(ROOT / "components" / "clouds").glob("*/README.md"),
    ]
)
SUFFIXES = r"(?:py|md|ya?ml|json|sql|sh|pem|toml|lock|txt)"
# A path, or a glob like clouds/*/edge.py. What a person makes (YOUR-..., NAME) is not a file of ours.
PATH = re.compile(rf"(?<![\w/.-])(?:\*|[\w.-]+)(?:/(?:\*|[\w.-]+))*\.{SUFFIXES}(?![\w-])")
FOLDER = re.compile(r"`((?:components|docs|ops|policies|stacks|tests|tools|bench)(?:/[\w.*-]+)*/)`")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
MADE_BY_A_PERSON = re.compile(r"NAME|ENVIRONMENT|stacks/roster\.yaml|Pulumi\.prod\.yaml|licence\.txt")
# The documents shorten a path where the heading or the diagram has said the rest.
STARTS = ("", "components", "components/clouds/*", "components/platform", "ops", "docs")


def named(document: Path) -> list[str]:
    """Every path in a document's text."""
    text = document.read_text(encoding="utf-8")
    without_addresses = re.sub(r"\w+://\S+", "", text)
    found = [*PATH.findall(without_addresses), *FOLDER.findall(without_addresses)]
    return [path for path in dict.fromkeys(found) if not MADE_BY_A_PERSON.search(path)]


def exists(path: str, beside: Path) -> bool:
    """Whether a path or a glob matches something: from the top, from a usual start, or beside the document."""
    starts = [ROOT / beside, *(folder for start in STARTS for folder in (ROOT.glob(start) if start else [ROOT]))]
    return any(next(folder.glob(path.rstrip("/")), None) is not None for folder in starts)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_a_document_names_exists(document: Path) -> None:
    missing = [path for path in named(document) if not exists(path, document.parent.relative_to(ROOT))]
    assert not missing, f"{document.relative_to(ROOT)} names {missing}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    assert not [link for link in links if not (document.parent / link).exists()]


def test_the_readme_begins_with_the_two_commands() -> None:
    lines = [line.strip() for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if line.strip()]
    assert lines[1].startswith("./oob plan aws-example")
    assert lines[2].startswith("./oob test")


def test_every_command_that_a_document_types_exists() -> None:
    known = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    for document in DOCUMENTS:
        typed = set(re.findall(r"\./oob ([a-z]+)", document.read_text(encoding="utf-8")))
        assert typed <= known, f"{document.relative_to(ROOT)} types {sorted(typed - known)}"


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "")
        assert f"./oob {name}" in text, f"README.md says nothing of ./oob {name}"


def test_decisions_are_numbered_and_say_what_would_change_them() -> None:
    numbers = [path.name[:4] for path in sorted((ROOT / "docs" / "adr").glob("*.md"))]
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)], "one number, one decision, no gaps"
    for path in sorted((ROOT / "docs" / "adr").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]} "), path.name
        assert "change our mind" in text or "would stop" in text, f"{path.name} does not say what would change our mind"


def test_every_library_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *(one for group in project["dependency-groups"].values() for one in group)]
    names = {re.split(r"[\[=<>~!; ]", requirement, maxsplit=1)[0] for requirement in wanted}
    listed = (ROOT / "docs" / "adr" / "0002-libraries.md").read_text(encoding="utf-8")
    first_cells = " ".join(line.split("|")[1] for line in listed.splitlines() if line.startswith("| "))
    assert names <= set(re.findall(r"[\w-]+", first_cells)), sorted(names - set(re.findall(r"[\w-]+", first_cells)))


def test_a_path_that_does_not_exist_is_found() -> None:
    """The check above can fail, and sees through globs and shortened paths."""
    assert not exists("components/no_such_file.py", Path())
    assert not exists("clouds/*/no_such_role.py", Path())
    assert exists("clouds/*/edge.py", Path("docs"))
    assert exists("platform/dsn.py", Path("docs"))
    assert PATH.findall("`clouds/*/edge.py`, see platform/dsn.py.") == ["clouds/*/edge.py", "platform/dsn.py"]
