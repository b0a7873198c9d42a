"""The way in for administrators: one small machine behind Session Manager, with no open port, address or key (OOB-30 to OOB-33).

It carries the tunnel to the Kubernetes API and to the database. Who opened which tunnel, when and whereto is in CloudTrail;
what passes through one is encrypted between its ends, so only shells can be recorded, and those are.
"""

from __future__ import annotations

import base64

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions

from components.clouds.aws import bastion_policies as policies
from components.clouds.aws.database import allow_from
from components.clouds.aws.documents import assumable_by, document
from components.clouds.aws.handles import AwsCluster, AwsDatabase, AwsKeys, AwsNetwork, Context
from components.clouds.aws.kubeconfig import BASTION_TAG
from components.clouds.aws.sizes import SIZES
from components.contract import BastionOutputs
from components.labels import cloud_tags
from components.naming import Kind, physical
from components.options import child, stateful

# The full image: the minimal one comes without Session Manager's agent. Resolved at each start, so that a new machine is
# always of the newest image, and no look-up is needed to plan.
IMAGE = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
DISK_GIB = 8
LIFETIME_SECONDS = 14 * 24 * 3600  # then a new machine, with the newest image, takes its place (OOB-33: patched)
REGISTRATION_SECONDS = 90  # a machine counts as there when its agent has had this long to register
LOG_DAYS = 365  # OOB-122
HTTPS, POSTGRES = 443, 5432
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html
SESSION_DOCUMENT = Kind(longest=128)
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
IAM_POLICY = Kind(longest=128)


def user_data() -> str:
    """What the machine does at its start: give up SSH, which it has and nobody needs."""
    return """\
#!/bin/bash
systemctl mask --now sshd.service sshd.socket sshd-keygen.target ec2-instance-connect.service || true
"""


class Bastion(ComponentResource):
    """Machine, rules, session document and policies. `outputs.ready` is all of it: a tunnel needs every part."""

    def __init__(
        self,
        name: str,
        context: Context,
        keys: AwsKeys,
        network: AwsNetwork,
        cluster: AwsCluster,
        database: AwsDatabase,
        parent: Resource,
    ) -> None:
        super().__init__("oob:aws:Bastion", name, None, child(parent))
        self._name, self._context = name, context
        environment = context.environment.name
        self._tags = cloud_tags(context.environment.labels, context.settings.tags) | {
            "Name": f"{environment}-bastion",
            BASTION_TAG: environment,
        }
        way = policies.Way(
            account=context.account,
            region=context.region,
            environment=environment,
            document=physical(SESSION_DOCUMENT, environment, "shell"),
            log_group=f"/aws/ssm/{physical(SESSION_DOCUMENT, environment, 'shell')}",
            cluster=cluster.identifier,
        )
        session_key = keys.main["logs"]
        log_group = self._sessions(way, session_key)
        group, way_out = self._group(network, cluster, database)
        profile, rights = self._profile(way, session_key)
        # An agent that starts before it may call, or can, tries again only after a long while.
        self._machine(network, keys.main["volumes"], group.id, profile, [log_group, way_out, rights])
        self._users(way, session_key)
        self.outputs = BastionOutputs(
            ready=self,
            command=Output.from_input(
                f"./oob tunnel {context.environment.labels.stack}  # or a recorded shell: {policies.by_hand(way)}"
            ),
        )
        self.register_outputs({})

    def _options(self) -> ResourceOptions:
        return child(self, self._context.main)

    def _sessions(self, way: policies.Way, key: Output[str]) -> Resource:
        """The document that shells are opened with, and the group that they are recorded in."""
        log_group = aws.cloudwatch.LogGroup(
            f"{self._name}-sessions",
            name=way.log_group,
            retention_in_days=LOG_DAYS,
            kms_key_id=key,
            opts=stateful(self._options(), disposable=self._context.environment.disposable),
        )
        aws.ssm.Document(
            f"{self._name}-shell",
            name=way.document,
            document_type="Session",
            document_format="JSON",
            content=key.apply(lambda arn: policies.session_document(way, arn)),
            opts=self._options(),
        )
        return log_group

    def _group(self, network: AwsNetwork, cluster: AwsCluster, database: AwsDatabase) -> tuple[aws.ec2.SecurityGroup, Resource]:
        """Nothing comes in. Out: AWS's own services, the Kubernetes API and the database, each by its group (OOB-31).

        Beside the group: the way to Session Manager.
        """
        group = aws.ec2.SecurityGroup(
            f"{self._name}-group",
            vpc_id=network.vpc_id,
            description="Bastion: nothing comes in, sessions are opened from inside",
            tags={"Name": self._tags["Name"]},
            opts=self._options(),
        )
        services = self._out("services", group.id, network.endpoint_group_id, HTTPS, "Session Manager, logs and keys")
        self._out("api", group.id, cluster.node_group_id, HTTPS, "Kubernetes API")
        self._out("database", group.id, database.group_id, POSTGRES, "Database")
        self._into_api(cluster.node_group_id, group.id)
        allow_from(f"{self._name}-into-database", database, group.id, "Database from the bastion", self._options())
        return group, services

    def _out(self, what: str, group_id: Input[str], to: Input[str], port: int, description: str) -> Resource:
        return aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-to-{what}",
            security_group_id=group_id,
            referenced_security_group_id=to,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=description,
            opts=self._options(),
        )

    def _into_api(self, api_group_id: Input[str], group_id: Input[str]) -> None:
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-into-api",
            security_group_id=api_group_id,
            referenced_security_group_id=group_id,
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            description="Kubernetes API from the bastion",
            opts=self._options(),
        )

    def _profile(self, way: policies.Way, key: Output[str]) -> tuple[aws.iam.InstanceProfile, Resource]:
        role = aws.iam.Role(
            f"{self._name}-role",
            description=f"{way.environment}: what the bastion may do",
            assume_role_policy=assumable_by("ec2.amazonaws.com"),
            permissions_boundary=self._context.settings.permissions_boundary,
            opts=self._options(),
        )
        rights = aws.iam.RolePolicy(
            f"{self._name}-rights",
            role=role.name,
            policy=key.apply(lambda arn: document(policies.instance_statements(way, arn))),
            opts=self._options(),
        )
        return aws.iam.InstanceProfile(f"{self._name}-profile", role=role.name, opts=self._options()), rights

    def _machine(
        self,
        network: AwsNetwork,
        volume_key: Output[str],
        group_id: Input[str],
        profile: aws.iam.InstanceProfile,
        after: list[Resource],
    ) -> None:
        """A scaling group of one: what dies, grows old or gets a new template is replaced, the new one before the old goes."""
        template = aws.ec2.LaunchTemplate(
            f"{self._name}-template",
            description=f"{self._context.environment.name}: bastion",
            update_default_version=True,
            image_id=IMAGE,
            instance_type=SIZES[self._context.environment.size].bastion_type,
            iam_instance_profile={"arn": profile.arn},
            user_data=base64.b64encode(user_data().encode()).decode(),
            metadata_options={"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
            monitoring={"enabled": True},
            block_device_mappings=[
                {
                    "device_name": "/dev/xvda",
                    "ebs": {
                        "volume_size": DISK_GIB,
                        "volume_type": "gp3",
                        "encrypted": "true",
                        "kms_key_id": volume_key,
                        "delete_on_termination": "true",
                    },
                }
            ],
            network_interfaces=[
                {
                    "device_index": 0,
                    "associate_public_ip_address": "false",
                    "delete_on_termination": "true",
                    "security_groups": [group_id],
                }
            ],
            tag_specifications=[
                {"resource_type": kind, "tags": self._tags} for kind in ("instance", "volume", "network-interface")
            ],
            opts=self._options(),
        )
        aws.autoscaling.Group(
            f"{self._name}-machine",
            min_size=1,
            max_size=1,
            desired_capacity=1,
            vpc_zone_identifiers=list(network.application_subnet_ids),
            launch_template={"id": template.id, "version": template.latest_version.apply(str)},
            health_check_type="EC2",
            health_check_grace_period=60,
            max_instance_lifetime=LIFETIME_SECONDS,
            # Without it a machine whose time is up, or that fails, ends before its successor starts.
            instance_maintenance_policy={"min_healthy_percentage": 100, "max_healthy_percentage": 200},
            instance_refresh={
                "strategy": "Rolling",
                "preferences": {"min_healthy_percentage": 100, "max_healthy_percentage": 200, "instance_warmup": "60"},
            },
            initial_lifecycle_hooks=[
                {
                    "name": "registers",
                    "lifecycle_transition": "autoscaling:EC2_INSTANCE_LAUNCHING",
                    "default_result": "CONTINUE",
                    "heartbeat_timeout": REGISTRATION_SECONDS,
                }
            ],
            wait_for_capacity_timeout="10m",
            # The provider's own tags do not reach a scaling group.
            tags=[{"key": key, "value": value, "propagate_at_launch": False} for key, value in sorted(self._tags.items())],
            opts=child(self, self._context.main, depends_on=after),
        )

    def _users(self, way: policies.Way, key: Output[str]) -> None:
        """For the roles of people, which are not this program's: attach it to them by its name."""
        aws.iam.Policy(
            f"{self._name}-users",
            name=physical(IAM_POLICY, way.environment, "bastion-users"),
            description=f"Come through the bastion of {way.environment}, with a second factor",
            policy=key.apply(lambda arn: document(policies.user_statements(way, arn))),
            opts=self._options(),
        )
