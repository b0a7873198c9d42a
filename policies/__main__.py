"""The pack as the Pulumi engine starts it: `pulumi preview --policy-pack policies`. Constructing PolicyPack does not return."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pulumi_policy import EnforcementLevel, PolicyPack

from policies import pack, told

if __name__ == "__main__":
    told.listen()
    PolicyPack(pack.NAME, pack.grouped(told.current), EnforcementLevel.MANDATORY)
