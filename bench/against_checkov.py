"""Rules asked per second, beside Checkov, on the same Kubernetes objects: those of an example stack's plan.

One evaluation is a rule that speaks about an object and was asked about it, whatever it answered: here a rule of the pack, of
one resource or of the stack, there a check of Checkov's own Kubernetes runner. Rules that do not concern an object count on
neither side. The time is processor time from the parsed documents to the findings, with whatever a tool does on the way: here
reading values, the rules, and the graph of the stack; there Checkov's context, checks, graph and records. Imports, start-up and
the parsing of files are left out on both sides. Nothing is remembered from one run to the next; the tools take turns, and the
least of some runs counts.

Like is compared with like: the rule that searches every text of an object for the primary is no rule that Checkov has, and is
held to a bound of its own (`bench.isolation`). What the ratio is with it, its search prepared and every text read anew, is told
beside; so is the ratio without preparation: objects, graph and runner made before, their checks alone.

Kubernetes only: of these objects both tools read the very same documents. The resources of a cloud would have to be translated
into another tool's language first, and the translation would be measured with them.

Checkov is used for this measurement alone. It is installed, with all that it needs pinned by digest (`bench/checkov.lock`), into
an environment of its own below ~/.cache/oob/bench (OOB_CACHE moves it), never into this project's; where it cannot be had, the
line says `not measured`, and the benchmark fails.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import yaml

from bench.result import NotMeasured, Result
from ops.plan import plan, policy
from ops.plan.recorder import Registered
from policies import judging, rules
from policies.isolation import walk
from policies.model import Graph, Resource, Rule
from policies.reading.values import from_plain
from policies.settings import Settings

VERSION = "3.3.30"
LOCK = Path(__file__).with_name("checkov.lock")
TIMES = 10
RUNS = 7
ROUNDS = 3
ISOLATION = "independent-of-primary"
STACKS = Path(__file__).resolve().parents[1] / "stacks"
NO_OBJECT = ("kubernetes:helm.sh/", "kubernetes:yaml", "kubernetes:kustomize")

Documents = Sequence[tuple[Registered, Mapping[str, object]]]
"""Resources of a plan, each with its manifest."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many evaluations in how much processor time."""

    asked: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.asked / self.seconds

    def text(self) -> str:
        return f"{self.per_second:,.0f}/s ({self.asked} in {1000 * self.seconds:.1f} ms)"


def measure(stack: str = "aws-example") -> Iterator[Result | NotMeasured]:
    """Our rate against Checkov's; not measured where Checkov cannot be had."""
    what = f"hardening rules per second against Checkov on the Kubernetes objects of {stack}"
    found = plan.of_stack(STACKS, stack)
    told = policy.settings(found.settings.stack)
    documents = [
        (one, cast("Mapping[str, object]", json.loads(json.dumps(dict(one.inputs)))))
        for one in found.resources
        if one.type.startswith("kubernetes:") and not one.type.startswith(NO_OBJECT) and "kind" in one.inputs
    ]
    hardening = tuple(one for one in rules.RESOURCE_RULES if one.name != ISOLATION)
    taken: list[tuple[Rate, ...]] = []
    version = VERSION
    try:
        for _ in range(ROUNDS):  # in turn, so that a slow moment of the machine meets both
            version, *theirs_now = checkov(environment(), documents)
            taken.append((*theirs_now, *own(documents, told, hardening), own(documents, told, rules.RESOURCE_RULES)[0]))
    except (OSError, subprocess.SubprocessError, ValueError) as problem:
        yield NotMeasured(what=what, why=f"Checkov {VERSION} could not be installed or run: {reason(problem)}")
        return
    theirs, their_checks, ours, checks, everything = (
        min(rates, key=lambda one: one.seconds) for rates in zip(*taken, strict=True)
    )
    yield Result(
        what=what,
        value=TIMES * theirs.per_second / ours.per_second,
        bound=1.0,
        unit=f"x {TIMES}",
        detail=(
            f"{ours.per_second / theirs.per_second:.1f} times as many: {ours.text()} against {theirs.text()} of Checkov {version}"
            f"; with the isolation search {everything.per_second / theirs.per_second:.1f} times: {everything.text()}"
            f"; checks alone {checks.per_second / their_checks.per_second:.1f} times: {checks.text()} against "
            f"{their_checks.text()}; {len(documents)} objects"
        ),
    )


def own(documents: Documents, told: Settings, asked: Sequence[Rule]) -> tuple[Rate, Rate]:
    """These rules and those of the stack about every object: from the documents on, and on resources that were made before."""
    by_type = {type_: [one for one in asked if one in judging.rules_for(type_, told.profile)] for type_ in _types(documents)}
    whole: list[float] = []
    alone: list[float] = []
    for _ in range(RUNS):
        walk.prepared.cache_clear()
        fresh = replace(told)  # without the search that another has prepared
        whole.append(_seconds(lambda fresh=fresh: _judge(_resources(documents, fresh), by_type, fresh)))
        made = _resources(documents, fresh)
        alone.append(_seconds(lambda made=made, fresh=fresh: _judge(made, by_type, fresh)))
    count = _asked(_resources(documents, told), by_type, told)
    return Rate(count, min(whole)), Rate(count, min(alone))


def _types(documents: Documents) -> set[str]:
    return {one.type for one, _ in documents}


def _judge(resources: list[Resource], by_type: Mapping[str, Sequence[Rule]], told: Settings) -> list[judging.Answer]:
    """As `judging.judge` does, with these rules."""
    answers = [answer for one in resources for answer in judging.about(one, by_type[one.type], told)]
    return [*answers, *judging.about_stack(Graph(tuple(resources), told), rules.STACK_RULES)]


def _seconds(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def _resources(documents: Documents, told: Settings) -> list[Resource]:
    made: list[Resource] = []
    for one, manifest in documents:
        props = from_plain(manifest, policy.MASKED)
        if isinstance(props, dict):
            made.append(
                Resource(
                    type=one.type,
                    urn=one.urn,
                    name=one.name,
                    props=props,
                    provider=one.provider,
                    protect=one.protect,
                    parent=one.parent,
                    depends_on=frozenset(one.depends_on),
                    settings=told,
                )
            )
    return made


def _asked(resources: list[Resource], by_type: Mapping[str, Sequence[Rule]], told: Settings) -> int:
    """Rules of one resource, and rules of the stack for each resource that they are about."""
    graph = Graph(tuple(resources), told)
    together = sum(len(graph.of(*one.on)) for one in rules.STACK_RULES if one.profile in (None, told.profile))
    return sum(len(by_type[one.type]) for one in resources) + together


def checkov(python: Path, documents: Documents) -> tuple[str, Rate, Rate]:
    """Checkov's version and rates, also of its checks alone. ValueError if it answered nothing, SubprocessError if it failed."""
    with tempfile.TemporaryDirectory() as folder:
        for number, (one, manifest) in enumerate(documents):
            (Path(folder) / f"{number}-{one.name}.yaml").write_text(yaml.safe_dump(manifest), encoding="utf-8")
        done = subprocess.run(
            [str(python), "-P", str(Path(__file__).with_name("checkov_side.py")), folder],
            capture_output=True,
            text=True,
            check=True,
            timeout=600,
            env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        )
    told = cast("dict[str, object]", json.loads(done.stdout.splitlines()[-1]))
    asked, seconds, alone = told["checks"], told["seconds"], told["checks_alone"]
    if not (isinstance(asked, int) and isinstance(seconds, float) and isinstance(alone, float)) or asked < 100:
        raise ValueError(f"{asked} checks in {seconds} s are no measurement")
    return str(told["version"]), Rate(asked, seconds), Rate(asked, alone)


def environment() -> Path:
    """The Python of an environment with Checkov in it, made at the first call."""
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:8]
    folder = Path(os.environ.get("OOB_CACHE", Path.home() / ".cache" / "oob")) / "bench" / f"checkov-{VERSION}-{lock}"
    python = folder / "bin" / "python"
    finished = folder / ".installed"
    if not finished.exists():
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", str(LOCK)],
        ):
            subprocess.run(command, capture_output=True, text=True, check=True, timeout=900)
        finished.touch()
    return python


def reason(problem: Exception) -> str:
    """The last line of what a command said, or the problem itself."""
    said = problem.stderr if isinstance(problem, subprocess.CalledProcessError) else ""
    return (said or str(problem)).strip().splitlines()[-1]
