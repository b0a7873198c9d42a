"""The three choices that shape a whole environment, and the day on which it is judged."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum


class Size(StrEnum):
    """For how many users the environment is built: small 50, medium 500, large 5,000."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Posture(StrEnum):
    """How much runs while nothing is wrong: hot serves at once, warm keeps one replica, cold keeps only the data."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"


class Mode(StrEnum):
    """`live` is the environment itself; `drill` is a sealed, disposable restore of one."""

    LIVE = "live"
    DRILL = "drill"


def today() -> date:
    """Today in UTC."""
    return datetime.now(UTC).date()
