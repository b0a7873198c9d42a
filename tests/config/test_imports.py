"""Reading a configuration loads no cloud's SDK and little else, and knows clouds only in their own folders."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.config.made_up import ROOT

PARSE = """
import sys
from pathlib import Path
from components import documents, roster, settings
from components.notices import notices
from ops import stackfiles

stacks = Path("stacks")
for name in ("aws-example", "aws-drill-example"):
    file = stackfiles.read(stacks, name)
    notices(settings.parse(file.config[settings.KEY], secrets=frozenset({"licence"}), folder=stacks))
smallest = documents.read(Path("components/clouds/aws/example.yaml")).value
settings.parse(smallest, secrets=frozenset(), folder=stacks)
loaded = {name.partition(".")[0] for name in sys.modules}
sdks = {"pulumi_aws", "pulumi_azure_native", "pulumi_azuread", "pulumi_kubernetes", "boto3", "botocore", "kubernetes"}
print(" ".join(sorted(loaded & sdks)))
"""

LOADED = "import {module}, sys; print(' '.join(sys.modules))"


def answer(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_reading_three_files_loads_no_sdk() -> None:
    assert answer(PARSE) == ""


def test_importing_the_settings_loads_little_more_than_what_they_are_built_on() -> None:
    """No other package, and few modules. How long it takes, bench/reading.py says."""
    base = set(answer(LOADED.format(module="pulumi, pydantic, yaml")).split())
    more = set(answer(LOADED.format(module="components.settings")).split()) - base
    packages = {name.partition(".")[0] for name in more}
    foreign = {name for name in packages if name not in sys.stdlib_module_names and not name.startswith("_sysconfigdata")}
    assert foreign == {"components", "pydantic", "annotated_types"}
    assert len(more) < len(base) / 3, sorted(more)


def test_no_cloud_is_named_outside_its_folder() -> None:
    """Requirement ids such as AWS-08 may be cited, and an image may be called what its makers call it."""
    named = re.compile(r"(?<![\w-])(aws|azure|selfhosted)(?!\w)(?!-\d\d)", re.IGNORECASE)
    allowed = {"versions.py": re.compile(r"velero-plugin-for-\w+|\w+-cli\b|\.ecr\.\w+")}
    found: list[str] = []
    for path in sorted((ROOT / "components").rglob("*.py")):
        if (ROOT / "components" / "clouds") in path.parents and path.parent != ROOT / "components" / "clouds":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            text = allowed[path.name].sub("", line) if path.name in allowed else line
            found += [f"{path.relative_to(ROOT)}:{number}: {line.strip()}"] if named.search(text) else []
    assert found == []


def test_only_load_reads_the_runtimes_configuration() -> None:
    readers = [
        path.relative_to(ROOT)
        for path in sorted((ROOT / "components").rglob("*.py"))
        if re.search(r"pulumi\.Config\(|from pulumi import .*\bConfig\b", path.read_text(encoding="utf-8"))
    ]
    assert readers == [Path("components/settings.py")]


def test_lists_of_a_stack_are_numbered_as_in_the_file() -> None:
    """enumerate() over a salvaged list would name the wrong entry; rules use salvage.numbered()."""
    folders = [ROOT / "components" / "checks", *(ROOT / "components" / "clouds").glob("*/rules")]
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in folders
        for path in sorted(folder.rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "enumerate(" in line
    ]
    assert found == []
