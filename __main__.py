"""The Pulumi program: parse, open the way in, choose, build, export. Run by `pulumi up` and by `./oob up`."""

import os
from pathlib import Path

import pulumi

from components import program, protection, settings, tunnel
from components.faults import ConfigError

STACKS = Path(__file__).resolve().parent / "stacks"

try:
    parsed, secrets = settings.load(STACKS)
except ConfigError as refused:
    raise pulumi.RunError(str(refused)) from None
if protection.lifted(os.environ, pulumi.get_stack()):
    protection.lift()
tunnel.serve(parsed, pulumi.get_stack())
program.register(parsed, secrets)
