"""Runs inside Checkov's own environment: the checks that its runner makes of a folder of Kubernetes manifests, and how long.

Prints {"version", "checks", "seconds", "checks_alone"}. `seconds` leads from the parsed documents to the findings, with a new
runner each time; `checks_alone` is a second run of the same runner, which has its graph already. The least of some runs each.
"""
# pyright: basic

from __future__ import annotations

import json
import pickle
import sys
import time
from importlib.metadata import version

from checkov.common.checks.base_check import BaseCheck  # pyright: ignore[reportMissingImports]  # not of our environment
from checkov.kubernetes import runner as module  # pyright: ignore[reportMissingImports]
from checkov.runner_filter import RunnerFilter  # pyright: ignore[reportMissingImports]

RUNS = 5
OPTIONS = RunnerFilter(framework=["kubernetes"], show_progress_bar=False)


def asked(runner, folder: str) -> int:
    """How many checks were asked: those that gave an answer, and those that found nothing to say."""
    silent = []
    plain = BaseCheck.run

    def counting(self, *given, **named):
        result = plain(self, *given, **named)
        if result["result"].value == "UNKNOWN":
            silent.append(self.id)
        return result

    BaseCheck.run = counting
    report = runner.run(root_folder=folder, runner_filter=OPTIONS)
    BaseCheck.run = plain
    return len(report.passed_checks) + len(report.failed_checks) + len(report.skipped_checks) + len(silent)


def seconds(runner, folder: str) -> float:
    """Processor time of one run."""
    begin = time.process_time()
    runner.run(root_folder=folder, runner_filter=OPTIONS)
    return time.process_time() - begin


def main() -> None:
    folder = sys.argv[1]
    parsed = pickle.dumps(module.create_definitions(folder, None, OPTIONS))
    checks = asked(module.Runner(), folder)  # also what is imported and set up at first use
    whole, alone = [], []
    for _ in range(RUNS):
        documents = pickle.loads(parsed)  # noqa: S301 our own, made above
        module.create_definitions = lambda *_, documents=documents: documents
        runner = module.Runner()
        whole.append(seconds(runner, folder))
        alone.append(seconds(runner, folder))
    told = {"version": version("checkov"), "checks": checks, "seconds": min(whole), "checks_alone": min(alone)}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
