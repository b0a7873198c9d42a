"""Rules over several settings at once. Each is a plain function of a Subject and yields faults with path, value and fix."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from components.checks import access, application, channels, drills, fit, names, primary, protection
from components.checks.subject import Subject
from components.faults import Fault
from components.salvage import judge

RULES: tuple[Callable[[Subject], Iterator[Fault]], ...] = (
    *names.RULES,
    *access.RULES,
    *application.RULES,
    *fit.RULES,
    *protection.RULES,
    *channels.RULES,
    *drills.RULES,
    *primary.RULES,
)


def all_faults(subject: Subject) -> list[Fault]:
    """Every fault that can be judged, the chosen cloud's own rules included."""
    found = judge(RULES, subject)
    return found + (subject.section.faults(subject.stack) if subject.section is not None else [])
