"""`./oob bench`: prints every measurement with its bound, and exits with 1 when a bound is missed or not measured."""

from __future__ import annotations

import sys

from bench import against_checkov, environments, isolation, packing, planning, reading


def main() -> int:
    """Run all measurements, one after the other."""
    held = True
    for measure in (
        planning.measure,
        packing.measure,
        against_checkov.measure,
        reading.measure,
        environments.measure,
        isolation.measure,
    ):
        for line in measure():
            print(line.text(), flush=True)
            held = held and line.held
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
