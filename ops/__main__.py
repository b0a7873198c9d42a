"""`./oob` ends up here."""

from ops.cli import main

main()
