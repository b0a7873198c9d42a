"""STAND-IN providers: they play aws, kubernetes, random and tls for the real engine, and no cloud is behind them.

They answer as a provider does (check, diff, create, read, update, delete), hand out made-up ids and outputs of the
right type, and keep a ledger of what "exists". That proves what the engine does with the real program: order,
dependencies, state, protection, diffs, secrets, recovery. It never proves that a cloud would accept an input.
"""

PACKAGES = ("aws", "kubernetes", "random", "tls")

NOTICE = "STAND-IN provider: nothing is made in any cloud"
