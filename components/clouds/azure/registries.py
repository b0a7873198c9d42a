"""Where image registries really serve from: names for the firewall.

A registry answers with a redirection to a content network. These hosts change without notice, registry.k8s.io says so outright: a
mirror (images.mirror) needs none of them. As of 2026-11, from the registries' own allow-list pages and, for registry.k8s.io, its
source.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from components.clouds.azure.identifiers import registry_of
from components.sections import Images
from components.versions import IMAGES

HOSTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "docker.io": (
            "auth.docker.io",
            "docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com",
            "production.cloudflare.docker.com",
            "production.cloudfront.docker.com",
            "registry-1.docker.io",
        ),
        "ghcr.io": ("ghcr.io", "pkg-containers.githubusercontent.com"),
        "public.ecr.aws": ("public.ecr.aws", "d2glxqk2uabbnd.cloudfront.net", "d5l0dvt14r5h8.cloudfront.net"),
        "quay.io": ("quay.io", "*.quay.io"),
        # Manifests come from one of Google's regions, layers from a bucket there for clients of no other large cloud.
        "registry.k8s.io": ("registry.k8s.io", "*.pkg.dev"),
    }
)


def mirror_host(mirror: str) -> str:
    """The host of images.mirror, without port and path."""
    return mirror.partition("/")[0].partition(":")[0]


def of_mirror(mirror: str, locations: tuple[str, ...]) -> tuple[str, ...]:
    """A mirror's own name; for a registry of Azure its data endpoints as well, which it must have switched on.

    Without them the layers come from *.blob.core.windows.net, and opening that would open everybody's storage.
    """
    name = registry_of(mirror)
    if name is None:
        return (mirror_host(mirror),)
    return (f"{name}.azurecr.io", *(f"{name}.{location}.data.azurecr.io" for location in locations))


def hosts(images: Images, locations: tuple[str, ...]) -> tuple[str, ...]:
    """Every name from which images come. A registry that nobody has described serves, for all we know, from its own name."""
    if images.mirror is not None:
        return of_mirror(images.mirror, locations)
    used = sorted({image.registry for image in IMAGES.values()})
    return tuple(host for name in used for host in HOSTS.get(name, (name,)))
