"""Tags on everything that takes tags, by one transformation of the stack: no role has to think of them (OOB-120, OOB-96).

A transformation, not a transform: transforms are skipped without an engine, and fail a first preview over unknown tags.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from components.labels import Labels, cloud_tags

TOKEN = "azure-native:"  # noqa: S105 the prefix of a resource type
# 15 tags at most: "Limitations" in "Use tags to organize your Azure resources", and "About Azure Key Vault secrets". Somebody's
# own tags, of which there may be 30, are left out there; ours are ten at most, and three more on a secret.
FEW = frozenset(
    f"{TOKEN}{kind}"
    for kind in ("dns:Zone", "keyvault:Key", "keyvault:Secret", "privatedns:PrivateZone", "privatedns:VirtualNetworkLink")
)


def tags(labels: Labels, extra: Mapping[str, str]) -> dict[str, str]:
    """The common tags with somebody's own."""
    return cloud_tags(labels, extra)


def takes_tags(type_: str, properties: Mapping[str, object]) -> bool:
    """Whether this is a resource of Azure with a `tags` argument. The SDK hands over every argument, given or not."""
    return type_.startswith(TOKEN) and "tags" in properties


def tag_everything(common: Mapping[str, str], few: Mapping[str, str]) -> None:
    """From here on every resource below the stack that takes tags has `common`, or `few` if it takes few.

    A role's own come besides, never instead.
    """

    def tag(resource: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not takes_tags(resource.type_, resource.props):
            return None
        given: pulumi.Output[Mapping[str, str] | None] = pulumi.Output.from_input(resource.props["tags"])
        ours = few if resource.type_ in FEW else common
        merged = given.apply(lambda own: {**(own or {}), **ours})
        return pulumi.ResourceTransformationResult(props={**resource.props, "tags": merged}, opts=resource.opts)

    pulumi.runtime.register_stack_transformation(tag)
