"""The vault: one secret in Secrets Manager for each credential, under our own key (OOB-104, OOB-76, PREP-89).

Break-glass secrets have a copy in the second region and are read by people with a second factor (OOB-28, OOB-103).
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi_aws as aws
from pulumi import ComponentResource, Output, Resource

from components.clouds.aws.documents import Statement, deny_plain_transport, deny_unless_ours, document
from components.clouds.aws.handles import AwsKeys, Context
from components.contract import SecretsOutputs, SecretsSpec
from components.naming import Kind, physical
from components.options import child, stateful

# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html. The joint is a slash, because a name
# that ends in a hyphen and six characters is taken for one to which the service has added its own ending.
SECRET = Kind(longest=512, legal="a-z0-9/_.-", joint="/")
RECOVERY_DAYS = 30
CALLS = "secretsmanager:*"  # in statements that deny
APPLICATION, BREAK_GLASS = "application", "break-glass"


class Secrets(ComponentResource):
    """The vault. `outputs.references` are ARNs; the values go in and are never read back by anything here.

    A new value becomes the version AWSCURRENT and the one before it AWSPREVIOUS, so that a drill can show that the new one
    works and the old one is refused (OOB-125). The tag says in which generation the secret was last looked at.
    """

    def __init__(self, name: str, context: Context, spec: SecretsSpec, keys: AwsKeys, parent: Resource) -> None:
        super().__init__("oob:aws:Secrets", name, None, child(parent))
        self._name, self._context, self._keys = name, context, keys
        self._generation = spec.rotation.generation
        self._max_age_days = spec.rotation.max_age_days
        references = self._all(APPLICATION, spec.application) | self._all(BREAK_GLASS, spec.break_glass)
        self.outputs = SecretsOutputs(references=references)
        self.register_outputs({})

    def _all(self, kind: str, values: Mapping[str, Output[str]]) -> dict[str, Output[str]]:
        return {key: self._secret(kind, key, value) for key, value in values.items()}

    def _secret(self, kind: str, key: str, value: Output[str]) -> Output[str]:
        context = self._context
        disposable = context.environment.disposable
        second: aws.secretsmanager.SecretReplicaArgsDict = {
            "region": context.settings.replica_region,
            "kms_key_id": self._keys.replica["secrets"],
        }
        secret = aws.secretsmanager.Secret(
            f"{self._name}-{key}",
            # People look it up by this name when nothing else answers, so it is not left to chance.
            name=physical(SECRET, context.environment.name, kind, key),
            description=f"{kind} credential {key!r} of {context.environment.name}",
            kms_key_id=self._keys.main["secrets"],
            recovery_window_in_days=0 if disposable else RECOVERY_DAYS,
            replicas=[second] if kind == BREAK_GLASS and not disposable else None,
            tags={
                "oob:class": kind,
                "oob:rotation-generation": str(self._generation),
                "oob:max-age-days": str(self._max_age_days),
            },
            opts=stateful(child(self, context.main), disposable=disposable),
        )
        aws.secretsmanager.SecretPolicy(
            f"{self._name}-{key}-policy",
            secret_arn=secret.arn,
            policy=policy(kind, context.account, context.settings.cluster.administrators),
            block_public_policy=True,
            opts=child(self, context.main),
        )
        # Not protected: a rotation replaces the version.
        aws.secretsmanager.SecretVersion(
            f"{self._name}-{key}-version",
            secret_id=secret.id,
            secret_string=value,  # the SDK itself marks this input as secret
            opts=child(self, context.main),
        )
        return secret.arn


def policy(kind: str, account: str, administrators: tuple[str, ...]) -> str:
    """What nobody may do with a secret, whatever IAM allows. In a secret's policy the resource `*` is this secret.

    Statements here only deny, so a mistake can keep somebody out of a value, and never out of mending this policy.
    """
    statements: list[Statement] = [deny_plain_transport(CALLS, "*"), deny_unless_ours(account, CALLS, "*")]
    if kind == BREAK_GLASS:
        statements.append(_second_factor(administrators))
    return document(statements)


def _second_factor(administrators: tuple[str, ...]) -> Statement:
    """Nobody reads the value without a second factor, workloads least of all: a key without one says "false" or nothing.

    Not kept out: root and users who signed in with a second factor, roles taken with one, and the administrators whom the
    stack file names. The last are those who deploy: after writing a version the provider reads it back, and `up` would shut
    itself out where a pipeline or single sign-on carries no mark of the second factor. Every read is an alarm (OOB-105).
    """
    return {
        "Sid": "ReadWithASecondFactor",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
        "Condition": {
            "BoolIfExists": {"aws:MultiFactorAuthPresent": "false"},
            "ArnNotLike": {"aws:PrincipalArn": list(administrators)},
        },
    }
