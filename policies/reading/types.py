"""One name for resource types that providers have under several, so that no rule is passed by by another spelling.

Facts: azure-native offers each type also with its API version (azure-native:storage/v20230101:StorageAccount); the AWS provider
keeps `V2` beside its S3 types (aws:s3/bucketVersioningV2:BucketVersioningV2) and old folders beside `lb`. A BucketV2 keeps its
name, because its properties have other forms.
"""

from __future__ import annotations

import re
from functools import cache

_VERSIONED = re.compile(r"(azure-native:\w+)/v\d{8}\w*(:\w+)")
_SECOND = re.compile(r"(aws:s3/bucket\w+)V2(:Bucket\w+)V2")
_BALANCERS = re.compile(r"aws:(?:alb|applicationloadbalancing|elasticloadbalancingv2)/(\w+:\w+)")


@cache
def canonical(type_: str) -> str:
    """The name that rules know a type by."""
    if found := _VERSIONED.fullmatch(type_) or _SECOND.fullmatch(type_):
        return found[1] + found[2]
    found = _BALANCERS.fullmatch(type_)
    return f"aws:lb/{found[1]}" if found else type_
