"""The Pulumi program: parse, choose, build, export. Run by `pulumi up` and by `./oob up`."""

from pathlib import Path

import pulumi

from components import program, tunnel
from components.faults import ConfigError

STACKS = Path(__file__).resolve().parent / "stacks"

try:
    tunnel.serve(program.build(STACKS), pulumi.get_stack())
except ConfigError as refused:
    raise pulumi.RunError(str(refused)) from None
