"""Whom alarms tell, and how: a topic in each region where something is watched, to phones and to mail (OOB-124)."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi_aws as aws
from pulumi import ComponentResource, Output, Resource

from components.clouds.aws.alarms import Place
from components.clouds.aws.documents import document
from components.clouds.aws.handles import AwsKeys, Context
from components.options import child
from components.sections import Alerts


class Notices(ComponentResource):
    """Topics under our own keys. `topics` are their ARNs, `names` their names; every subscriber is on every topic.

    A phone is told by text message, because mail may be what has failed. Mail must be confirmed once for each region.
    """

    def __init__(self, name: str, context: Context, alerts: Alerts, keys: AwsKeys, parent: Resource) -> None:
        super().__init__("oob:aws:Notices", name, None, child(parent))
        places = {
            Place.MAIN: (context.main, keys.main["alerts"]),
            Place.REPLICA: (context.replica, keys.replica["alerts"]),
            Place.WORLD: (context.world, keys.world_alerts),
        }
        self.topics: Mapping[Place, Output[str]] = {}
        self.names: Mapping[Place, Output[str]] = {}
        for place, (provider, key) in places.items():
            prefix = f"{name}-{place.value}"
            topic = aws.sns.Topic(
                prefix,
                display_name="OOB alarm",
                kms_master_key_id=key,
                signature_version=2,
                opts=child(self, provider),
            )
            aws.sns.TopicPolicy(
                f"{prefix}-policy",
                arn=topic.arn,
                policy=topic.arn.apply(lambda arn: topic_policy(arn, context.account)),
                opts=child(self, provider),
            )
            # Of the whole account in this region: without it, text messages go by the cheapest way.
            aws.sns.SmsPreferences(f"{prefix}-sms", default_sms_type="Transactional", opts=child(self, provider))
            for kind, protocol, addresses in (("phone", "sms", alerts.phones), ("mail", "email", alerts.emails)):
                for address in dict.fromkeys(addresses):
                    aws.sns.TopicSubscription(
                        f"{prefix}-{kind}-{address.removeprefix('+')}",
                        topic=topic.arn,
                        protocol=protocol,
                        endpoint=address,
                        opts=child(self, provider),
                    )
            self.topics |= {place: topic.arn}
            self.names |= {place: topic.name}
        self.register_outputs({})


def topic_policy(topic: str, account: str) -> str:
    """Alarms of this account may publish, nobody else; what the account's own people may do is a matter of their roles."""
    return document(
        [
            {
                "Sid": "AlarmsOfThisAccount",
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": "sns:Publish",
                "Resource": topic,
                "Condition": {"StringEquals": {"aws:SourceAccount": account}},
            }
        ]
    )
