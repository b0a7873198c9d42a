"""One name for resource types that providers have under several, so that no rule is passed by by another spelling.

Facts: azure-native offers each type also with its API version (azure-native:storage/v20230101:StorageAccount); the AWS provider
keeps `V2` beside its S3 types (aws:s3/bucketVersioningV2:BucketVersioningV2) and old folders beside `lb`. A BucketV2 keeps its
name, because its properties have other forms. The Kubernetes provider has for each kind one that changes parts of an object that
is there (kubernetes:apps/v1:DeploymentPatch) and one for several (kubernetes:core/v1:PodList); its CustomResource takes every
kind, and writes the core group without its name (kubernetes:v1:Pod).
"""

from __future__ import annotations

import re
from functools import cache

_VERSIONED = re.compile(r"(azure-native:\w+)/v\d{8}\w*(:\w+)")
_SECOND = re.compile(r"(aws:s3/bucket\w+)V2(:Bucket\w+)V2")
_BALANCERS = re.compile(r"aws:(?:alb|applicationloadbalancing|elasticloadbalancingv2)/(\w+:\w+)")
_OF_KUBERNETES = re.compile(r"kubernetes:([\w.-]+/)?(v\d\w*:\w+?)(Patch)?")
_LIST = re.compile(r"(kubernetes:\S+:\w*)List")


@cache
def canonical(type_: str) -> str:
    """The name that rules know a type by."""
    if found := _VERSIONED.fullmatch(type_) or _SECOND.fullmatch(type_):
        return found[1] + found[2]
    if found := _OF_KUBERNETES.fullmatch(type_):
        return f"kubernetes:{found[1] or 'core/'}{found[2]}"
    found = _BALANCERS.fullmatch(type_)
    return f"aws:lb/{found[1]}" if found else type_


@cache
def is_patch(type_: str) -> bool:
    """Whether a resource of this type states parts of an object that is there already."""
    found = _OF_KUBERNETES.fullmatch(type_)
    return found is not None and found[3] is not None


@cache
def listed_in(type_: str) -> str:
    """The type of what a list of Kubernetes holds: `kubernetes:core/v1:Pod` of a PodList. '' for what is no list."""
    found = _LIST.fullmatch(type_)
    return canonical(found[1]) if found else ""
