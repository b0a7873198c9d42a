"""Machines: templates and groups of them. Facts: EC2 user guide; FSBP EC2.8, EC2.25, AutoScaling.x."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import Finding, Outcome, Resource, Severity, bad_if, must, must_not, rule
from policies.reading.credentials import holds_credential
from policies.reading.values import asked, is_true, number, one_of, peek, present

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration"
INSTANCE = "aws:ec2/instance:Instance"
GROUP = "aws:autoscaling/group:Group"


@rule(
    "machines-metadata-guarded",
    on=(TEMPLATE, CONFIGURATION, INSTANCE),
    severity=Severity.HIGH,
    frameworks=("CIS AWS 5.6", "FSBP EC2.8"),
    remedy="Set metadataOptions.httpTokens to required",
)
def metadata_guarded(r: Resource) -> Iterator[Outcome]:
    """The metadata service answers to session tokens alone (IMDSv2)."""
    if asked(one_of("disabled"), r.at("metadataOptions.httpEndpoint")) is not True:
        yield from must(
            r,
            "metadataOptions.httpTokens",
            one_of("required"),
            "lets any program that can be tricked read the machine's credentials",
        )


@rule(
    "machines-metadata-near",
    on=(TEMPLATE, CONFIGURATION),
    severity=Severity.MEDIUM,
    frameworks=("FSBP AutoScaling.4",),
    remedy="Set metadataOptions.httpPutResponseHopLimit to 1",
)
def metadata_near(r: Resource) -> Iterator[Outcome]:
    """The metadata service is out of reach of containers."""
    yield from must_not(
        r,
        "metadataOptions.httpPutResponseHopLimit",
        lambda v: (number(v) or 1) > 1,
        "lets containers reach the machine's credentials",
    )


@rule(
    "machines-no-public-address",
    on=(TEMPLATE, CONFIGURATION, INSTANCE),
    severity=Severity.HIGH,
    frameworks=("FSBP EC2.25", "FSBP AutoScaling.5"),
    remedy="Leave associatePublicIpAddress out, or set it to false",
)
def no_public_address(r: Resource) -> Iterator[Outcome]:
    """No machine has a public address."""
    for path in ("associatePublicIpAddress", "networkInterfaces[*].associatePublicIpAddress"):
        yield from must_not(r, path, is_true, "gives the machine a public address")


@rule(
    "machines-disks-encrypted",
    on=(TEMPLATE, CONFIGURATION, INSTANCE),
    severity=Severity.HIGH,
    frameworks=("FSBP EC2.3", "NIST 800-53 SC-28"),
    remedy="Set encrypted to true for every disk",
)
def disks_encrypted(r: Resource) -> Iterator[Outcome]:
    """Every disk of a machine is encrypted."""
    for path in ("blockDeviceMappings[*].ebs", "rootBlockDevice", "ebsBlockDevices[*]"):
        for seen in r.each(path):
            if seen.value is not None:
                encrypted = peek(seen.value, "encrypted")
                yield from bad_if(asked(lambda v: not is_true(v), encrypted), f"{seen.path}.encrypted", "is not true")


@rule(
    "machines-no-keys-in-user-data",
    on=(TEMPLATE, CONFIGURATION, INSTANCE),
    severity=Severity.CRITICAL,
    frameworks=("NIST 800-53 IA-5(7)",),
    remedy="Give the machine a role, and read secrets at start",
)
def no_keys_in_user_data(r: Resource) -> Iterator[Outcome]:
    """No key stands in what a machine runs at start."""
    for path in ("userData", "userDataBase64"):
        yield from must_not(r, path, holds_credential, "holds a key")


@rule("machines-tags-carried", on=GROUP, severity=Severity.LOW, remedy="Give tags with propagateAtLaunch")
def tags_carried(r: Resource) -> Iterator[Outcome]:
    """Machines of a group carry the tags by which they are found and paid."""
    if not present(r.at("tags")):
        yield Finding("tags", "is not given")


@rule(
    "machines-by-template",
    on=GROUP,
    severity=Severity.MEDIUM,
    frameworks=("FSBP AutoScaling.9",),
    remedy="Give launchTemplate or mixedInstancesPolicy",
)
def by_template(r: Resource) -> Iterator[Outcome]:
    """Groups start machines from templates; launch configurations get no new features."""
    if not present(r.at("launchTemplate")) and not present(r.at("mixedInstancesPolicy.launchTemplate")):
        yield Finding("launchTemplate", "is not given")
