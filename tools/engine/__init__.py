"""The real Pulumi engine for the tests: the official CLI where there is one, else one built from Go modules.

`python -m tools.engine` says which it is and builds it when needed (about eight minutes, once).
"""

from tools.engine.build import build, cached
from tools.engine.find import official
from tools.engine.pins import CLI, HOST, LEAST_OFFICIAL, Binaries
from tools.gobuild import BuildError

__all__ = ["CLI", "HOST", "LEAST_OFFICIAL", "Binaries", "BuildError", "build", "cached", "ensure", "official"]


def ensure() -> Binaries:
    """The engine to test with. Raises BuildError with a sentence that says what to install."""
    return official() or build()
