"""Generated credentials. A higher `rotation.generation` makes every one of them anew at the next `up` (OOB-125)."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi_random as random
from pulumi import ComponentResource, Output, Resource

from components.options import child
from components.sections import Rotation

BREAK_GLASS_ACCOUNTS = ("break-glass-1", "break-glass-2")  # at least two (OOB-28)
PASSWORD_LENGTH = 32  # PREP-88 asks for 16 or more
SAFE_SPECIALS = "!$_-."  # AWS-44: none of : @ / ? # & =
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
TOTP_SEED_LENGTH = 32  # 160 bits, RFC 4226 section 4


class Credentials(ComponentResource):
    """Passwords, seeds and signing keys, each a secret Output."""

    def __init__(self, name: str, rotation: Rotation, parent: Resource) -> None:
        super().__init__("oob:index:Credentials", name, None, child(parent))
        self._provider = random.Provider(f"{name}-random", opts=child(self))
        self.generation = rotation.generation
        self._keepers = {"generation": str(rotation.generation)}
        self.database_password = self._password(f"{name}-database")
        self.administrator_password = self._password(f"{name}-administrator")
        self.heartbeat_key = self._password(f"{name}-heartbeat-key")
        self.heartbeat_password = self._password(f"{name}-heartbeat-bot")
        self.grafana_password = self._password(f"{name}-grafana")
        self.break_glass_passwords: Mapping[str, Output[str]] = {
            account: self._password(f"{name}-{account}") for account in BREAK_GLASS_ACCOUNTS
        }
        self.break_glass_seeds: Mapping[str, Output[str]] = {
            account: self._seed(f"{name}-{account}-totp") for account in BREAK_GLASS_ACCOUNTS
        }
        self.register_outputs({})

    def _password(self, name: str) -> Output[str]:
        made = random.RandomPassword(
            name,
            length=PASSWORD_LENGTH,
            min_lower=2,
            min_upper=2,
            min_numeric=2,
            min_special=2,
            override_special=SAFE_SPECIALS,
            keepers=self._keepers,
            opts=child(self, self._provider),
        )
        return Output.secret(made.result)

    def _seed(self, name: str) -> Output[str]:
        made = random.RandomPassword(
            name,
            length=TOTP_SEED_LENGTH,
            lower=False,
            numeric=False,
            upper=False,
            special=True,
            override_special=BASE32,
            keepers=self._keepers,
            opts=child(self, self._provider),
        )
        return Output.secret(made.result)
