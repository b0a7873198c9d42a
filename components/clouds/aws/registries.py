"""Where the public image registries really serve from: names for the DNS Firewall, buckets for the S3 endpoint's policy.

A registry answers with a redirection to a content network, and a client in AWS is often sent to a bucket in its own region.
These hosts change without notice, registry.k8s.io says so outright: a mirror (images.mirror) needs none of them.
As of 2026-11, from the registries' own allow-list pages and, for registry.k8s.io, its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from components.sections import Images
from components.versions import IMAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Host names, and buckets as patterns of an ARN's last part."""

    hosts: tuple[str, ...]
    buckets: tuple[str, ...] = ()


REGISTRIES: Mapping[str, Registry] = MappingProxyType(
    {
        "docker.io": Registry(
            hosts=(
                "auth.docker.io",
                "docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com",
                "docker-images-prod.s3.amazonaws.com",
                "docker-images-prod.s3.dualstack.us-east-1.amazonaws.com",
                "production.cloudflare.docker.com",
                "production.cloudfront.docker.com",
                "registry-1.docker.io",
            ),
            buckets=("docker-images-prod*",),
        ),
        "ghcr.io": Registry(hosts=("ghcr.io", "pkg-containers.githubusercontent.com")),
        # The registry's own two distributions, as the network requirements of EKS Anywhere name them.
        "public.ecr.aws": Registry(hosts=("public.ecr.aws", "d2glxqk2uabbnd.cloudfront.net", "d5l0dvt14r5h8.cloudfront.net")),
        "quay.io": Registry(hosts=("quay.io", "*.quay.io")),
        # Manifests come from one of Google's regions, layers from a bucket in the client's region (London's has another name).
        "registry.k8s.io": Registry(
            hosts=("registry.k8s.io", "*.pkg.dev"),
            buckets=("prod-registry-k8s-io-*", "767373bbdcb8270361b96548387bf2a9ad0d48758c35-*"),
        ),
    }
)


def _known(name: str) -> Registry:
    """A registry that nobody has described yet serves, for all we know, from its own name."""
    return REGISTRIES.get(name, Registry(hosts=(name,)))


def mirror_host(mirror: str) -> str:
    """The host of images.mirror, without port and path."""
    return mirror.partition("/")[0].partition(":")[0]


def used(images: Images) -> tuple[str, ...]:
    """The public registries that this stack pulls from: none with a mirror."""
    if images.mirror is not None:
        return ()
    return tuple(sorted({image.registry for image in IMAGES.values()}))


def hosts(images: Images) -> tuple[str, ...]:
    """Every name from which images come."""
    if images.mirror is not None:
        return (mirror_host(images.mirror),)
    return tuple(host for name in used(images) for host in _known(name).hosts)


def buckets(images: Images) -> tuple[str, ...]:
    """Every bucket of a public registry that a client in AWS is sent to."""
    return tuple(bucket for name in used(images) for bucket in _known(name).buckets)
