"""A real Kubernetes API server for the tests, with its store and without nodes: nothing runs in it.

It takes or refuses objects as every cluster does: their fields, their Pod Security level, their limits. Its programs come from
$KUBEBUILDER_ASSETS or PATH where they are there and new enough, else from Go modules.

`python -m tools.kubernetes` says which it is and builds it when needed (about ten minutes, once).
"""

from tools.gobuild import BuildError
from tools.kubernetes.find import installed
from tools.kubernetes.pins import KIT, Programs, ensure

__all__ = ["KIT", "BuildError", "Programs", "ensure", "installed"]
