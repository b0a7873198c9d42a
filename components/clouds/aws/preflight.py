"""What must be true around AWS before `up`: tools, credentials, and the account that the stack names."""

from __future__ import annotations

from collections.abc import Iterator

from components.clouds.aws.settings import Settings
from components.preflight import Finding, Status, Tool
from components.settings import CloudSettings

TOOLS = (
    Tool(
        name="aws",
        version_arguments=("--version",),
        purpose="kubectl sign-in and the tunnel to the private API",
        install="https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
    ),
    Tool(
        name="session-manager-plugin",
        version_arguments=("--version",),
        purpose="the tunnel to the private API",
        install="https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html",
    ),
)


def findings(section: CloudSettings) -> Iterator[Finding]:
    """Ask AWS who is calling, and compare with the stack. Needs credentials and the network; says so without them."""
    if not isinstance(section, Settings):
        raise TypeError(f"expected the settings of this cloud, got {type(section).__name__}")
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    question = "credentials"
    try:
        caller = boto3.client("sts", region_name=section.region).get_caller_identity()
    except (BotoCoreError, ClientError) as problem:
        yield Finding(
            question=question,
            status=Status.FAIL,
            answer=f"no usable AWS credentials ({problem.__class__.__name__})",
            remedy="sign in (`aws sso login` or `aws configure`) with a role of the out-of-band account, then run doctor again",
        )
        yield Finding(question="account", status=Status.UNKNOWN, answer="could not be asked without credentials")
        return
    account, arn = caller["Account"], caller["Arn"]
    yield Finding(question=question, status=Status.OK, answer=arn)
    if account == section.account:
        yield Finding(question="account", status=Status.OK, answer=f"{account}, as the stack says")
    else:
        yield Finding(
            question="account",
            status=Status.FAIL,
            answer=f"credentials are for {account}, the stack says {section.account}",
            remedy="sign in to the account of aws.account, or correct aws.account",
        )
    yield _administrator(section, arn)


def _administrator(section: Settings, caller: str) -> Finding:
    """Whether the caller may apply Kubernetes objects: only cluster.administrators may."""
    if any(same_role(caller, arn) for arn in section.cluster.administrators):
        return Finding(question="cluster access", status=Status.OK, answer="the caller is one of aws.cluster.administrators")
    return Finding(
        question="cluster access",
        status=Status.FAIL,
        answer="the caller is not one of aws.cluster.administrators, so the objects in the cluster cannot be made",
        remedy="assume a role of that list, or add the caller's role to it",
    )


def same_role(caller: str, wanted: str) -> bool:
    """Whether a caller's ARN is `wanted`, or a session of that role (assumed-role/NAME/SESSION against role/PATH/NAME)."""
    if caller == wanted:
        return True
    parts, other = caller.split(":", 5), wanted.split(":", 5)
    if len(parts) != 6 or len(other) != 6 or parts[4] != other[4]:
        return False
    kind, _, rest = parts[5].partition("/")
    return kind == "assumed-role" and other[5].startswith("role/") and rest.partition("/")[0] == other[5].rpartition("/")[2]
