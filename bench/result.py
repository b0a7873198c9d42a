"""One line of the benchmark: what was measured, against which bound."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`value` and `bound` in the same unit; `held` when the value is at most the bound."""

    what: str
    value: float
    bound: float
    unit: str
    detail: str = ""

    @property
    def held(self) -> bool:
        return self.value <= self.bound

    def text(self) -> str:
        verdict = "held" if self.held else "MISSED"
        share = f"{self.value / self.bound:.0%}" if self.bound else "none may be"
        return (
            f"{verdict:6} {self.what}: {self.value:.2f} {self.unit}, bound {self.bound:.2f} {self.unit} ({share}) {self.detail}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMeasured:
    """A measurement that could not be made. It is not held: what was not measured has not passed."""

    what: str
    why: str

    @property
    def held(self) -> bool:
        return False

    def text(self) -> str:
        return f"not measured: {self.what}: {self.why}"
