"""Charts that the cloud needs in every cluster, like a node autoscaler; installed without asking why (design rule 2)."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_kubernetes as kubernetes
from pulumi import ComponentResource, Resource

from components.contract import HelmAddon
from components.options import child
from components.platform.flows import NAMESPACES
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.jobs import Manifest
from components.platform.namespaces import namespace_labels
from components.platform.releases import release

SYSTEM = "kube-"  # namespaces that Kubernetes keeps


def values(addon: HelmAddon, images: Images) -> Manifest:
    """The add-on's values, with its image from the mirror and by the digest that the stack file gives."""
    if addon.image is None:
        return dict(addon.values)
    reference = images[addon.image]
    tag = f"{reference.tag}@{reference.digest}" if reference.digest else reference.tag
    return dict(addon.values) | {"image": {"repository": reference.name, "tag": tag}}


class Addons(ComponentResource):
    """One release an add-on, each in the namespace that it names; that namespace is made if nobody else does."""

    def __init__(
        self, name: str, inputs: PlatformInputs, images: Images, parent: Resource, *, depends_on: Sequence[Resource] = ()
    ) -> None:
        super().__init__("oob:platform:Addons", name, None, child(parent, depends_on=depends_on))
        wanted = dict.fromkeys(addon.namespace for addon in inputs.cluster.addons)
        made: dict[str, Resource] = {
            namespace: kubernetes.core.v1.Namespace(
                f"{name}-{namespace}",
                metadata={"name": namespace, "labels": namespace_labels(inputs.environment)},
                opts=child(self),
            )
            for namespace in wanted
            if namespace not in NAMESPACES and not namespace.startswith(SYSTEM) and namespace != "default"
        }
        for addon in inputs.cluster.addons:
            after = [made[addon.namespace]] if addon.namespace in made else []
            release(
                f"{name}-{addon.name}",
                addon.chart,
                addon.namespace,
                values(addon, images),
                child(self, depends_on=after),
                release_name=addon.name,
            )
        self.register_outputs({})
