"""Image references: the pinned table, moved to a mirror and fixed by digest where the stack file says so."""

from __future__ import annotations

from dataclasses import dataclass, replace

from components.sections import Images as Settings
from components.versions import IMAGES, Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One image. `text` is what Kubernetes wants; `digest` is None until the stack file gives it."""

    registry: str
    repository: str
    tag: str
    digest: str | None

    @property
    def text(self) -> str:
        return f"{self.registry}/{self.repository}:{self.tag}" + (f"@{self.digest}" if self.digest else "")

    @property
    def name(self) -> str:
        """Registry and repository without tag, as some charts want it."""
        return f"{self.registry}/{self.repository}"


class Images:
    """References by component name (the keys of versions.IMAGES)."""

    def __init__(self, settings: Settings, versions: dict[str, str] | None = None) -> None:
        """`versions` replaces tags by component, for what the stack file chooses itself (the server, the operator)."""
        self._settings = settings
        self._table: dict[str, Image] = {
            name: replace(image, tag=(versions or {}).get(name, image.tag)) for name, image in IMAGES.items()
        }

    def __getitem__(self, name: str) -> Reference:
        image = self._table[name]
        mirror = self._settings.mirror
        registry = mirror.rstrip("/") if mirror is not None else image.registry
        return Reference(registry=registry, repository=image.repository, tag=image.tag, digest=self._settings.digests.get(name))

    def without_digest(self) -> tuple[str, ...]:
        """Components whose digest the stack file does not give, for the plan to show openly."""
        return tuple(sorted(name for name in self._table if name not in self._settings.digests))
