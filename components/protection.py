"""What `./oob destroy` needs once a person has lifted every protection in the state: a program that does not set it again.

The engine takes protection from the running program, and the program runs during a destroy because it holds the way to the
Kubernetes API. So `pulumi state unprotect` alone would not be enough.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi import ResourceOptions, ResourceTransformationArgs, ResourceTransformationResult

# Set by `./oob destroy` alone, to the name of a stack in whose state nothing is protected any more.
LIFTED = "OOB_PROTECTION_LIFTED"


def lifted(environment: Mapping[str, str], stack_name: str) -> bool:
    """Whether this run belongs to a destroy of this very stack."""
    return environment.get(LIFTED) == stack_name


def lift() -> None:
    """From here on no resource is registered as protected. What is kept in the cloud on purpose stays kept."""

    def unprotected(one: ResourceTransformationArgs) -> ResourceTransformationResult:
        return ResourceTransformationResult(one.props, ResourceOptions.merge(one.opts, ResourceOptions(protect=False)))

    pulumi.runtime.register_stack_transformation(unprotected)
