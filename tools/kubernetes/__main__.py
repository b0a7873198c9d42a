"""Says which Kubernetes API server the tests use; builds it when it is not there yet."""

import sys

from tools.kubernetes import BuildError, ensure


def main() -> int:
    """0 when there is one, 1 when there can be none; the reason is printed."""
    try:
        found = ensure()
    except BuildError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; nothing half-built is kept", file=sys.stderr)
        return 130
    print(found.origin)
    return 0


if __name__ == "__main__":
    sys.exit(main())
