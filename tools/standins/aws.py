"""What is particular to types of AWS: how ids look, which outputs have a form that programs rely on, what cannot be changed.

Tables, not models: enough for the engine to be asked the right questions. Source: the provider's documented behaviour.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import cast

from tools.standins.synthesis import Subject
from tools.standins.values import Plain, Properties, revealed

# --- ids ------------------------------------------------------------------------------------------------------------

# Types whose id is one of their own properties, as in the provider; a second one of the same name is refused.
ID_IS: Mapping[str, str] = {
    "aws:cloudwatch/logGroup:LogGroup": "name",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "name",
    "aws:eks/cluster:Cluster": "name",
    "aws:iam/instanceProfile:InstanceProfile": "name",
    "aws:iam/role:Role": "name",
    "aws:iam/user:User": "name",
    "aws:kms/alias:Alias": "name",
    "aws:rds/cluster:Cluster": "clusterIdentifier",
    "aws:rds/clusterInstance:ClusterInstance": "identifier",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": "name",
    "aws:rds/subnetGroup:SubnetGroup": "name",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:ssm/document:Document": "name",
    "aws:ssm/parameter:Parameter": "name",
}
# Types whose id is their ARN.
ID_IS_ARN = frozenset(
    {
        "aws:acm/certificate:Certificate",
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        "aws:iam/policy:Policy",
        "aws:lb/listener:Listener",
        "aws:lb/listenerRule:ListenerRule",
        "aws:lb/loadBalancer:LoadBalancer",
        "aws:lb/targetGroup:TargetGroup",
        "aws:secretsmanager/secret:Secret",
        "aws:sns/topic:Topic",
        "aws:sns/topicSubscription:TopicSubscription",
    }
)


def identify(subject: Subject, inputs: Mapping[str, Plain]) -> str:
    """The id of a new object. `subject.id` holds what makes this create distinct from every other."""
    if subject.token in ID_IS_ARN:
        return subject.arn("arn")
    own = ID_IS.get(subject.token)
    named = revealed(inputs.get(own)) if own is not None else None
    if isinstance(named, str):
        return named
    return f"{subject.name}-{subject.digest(length=7)}" if own is not None else f"{subject.kind}-{subject.digest()}"


# --- outputs --------------------------------------------------------------------------------------------------------

Shape = Callable[[Subject, Mapping[str, Plain]], Properties]


def _block(value: Plain) -> Properties:
    return dict(value) if isinstance(value, dict) else {}


def _eks(subject: Subject, inputs: Mapping[str, Plain]) -> Properties:
    number = subject.digest("endpoint", 32).upper()
    region = subject.place.region
    certificate = base64.b64encode(f"STAND-IN certificate of {subject.name} {subject.digest('ca')}".encode()).decode()
    return {
        "endpoint": f"https://{number}.gr7.{region}.eks.amazonaws.com",
        "certificateAuthority": {"data": certificate},
        "identities": [{"oidcs": [{"issuer": f"https://oidc.eks.{region}.amazonaws.com/id/{number}"}]}],
        "vpcConfig": {
            **_block(inputs.get("vpcConfig")),
            "clusterSecurityGroupId": f"sg-{subject.digest('group')}",
            "vpcId": f"vpc-{subject.digest('vpc')}",
        },
    }


def _node_group(subject: Subject, _inputs: Mapping[str, Plain]) -> Properties:
    return {"resources": [{"autoscalingGroups": [{"name": f"eks-{subject.name}-{subject.digest('asg', 8)}"}]}]}


def _certificate(subject: Subject, inputs: Mapping[str, Plain]) -> Properties:
    others = inputs.get("subjectAlternativeNames")
    names = [inputs.get("domainName"), *(others if isinstance(others, list) else [])]
    return {
        "domainValidationOptions": [
            {
                "domainName": name,
                "resourceRecordName": f"_{subject.digest(str(name), 16)}.{name}.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": f"_{subject.digest(f'to {name}', 16)}.acm-validations.aws.",
            }
            for name in dict.fromkeys(cast("list[str]", names))
        ]
    }


def _database(subject: Subject, inputs: Mapping[str, Plain]) -> Properties:
    host = f"{subject.id}.cluster-{subject.digest('host', 12)}.{subject.place.region}.rds.amazonaws.com"
    managed = inputs.get("manageMasterUserPassword") is True
    secret_arn = f"arn:aws:secretsmanager:{subject.place.region}:{subject.place.account}:secret:rds!{subject.digest('secret')}"
    return {
        "clusterIdentifier": subject.id,
        "endpoint": host,
        "readerEndpoint": host.replace(".cluster-", ".cluster-ro-"),
        "port": 5432,
        "clusterResourceId": f"cluster-{subject.digest('resource', 26).upper()}",
        "masterUserSecrets": [{"secretArn": secret_arn, "secretStatus": "active", "kmsKeyId": ""}] if managed else [],
    }


def _balancer(subject: Subject, _inputs: Mapping[str, Plain]) -> Properties:
    return {"arnSuffix": f"app/{subject.name}/{subject.digest('suffix', 16)}"}


def _target(subject: Subject, _inputs: Mapping[str, Plain]) -> Properties:
    return {"arnSuffix": f"targetgroup/{subject.name}/{subject.digest('suffix', 16)}"}


def _zone(subject: Subject, _inputs: Mapping[str, Plain]) -> Properties:
    return {"nameServers": [f"ns-{index}.stand-in.invalid" for index in range(4)], "zoneId": subject.id}


def _key(subject: Subject, _inputs: Mapping[str, Plain]) -> Properties:
    return {"keyId": subject.id, "arn": f"arn:aws:kms:{subject.place.region}:{subject.place.account}:key/{subject.id}"}


def _bucket(subject: Subject, _inputs: Mapping[str, Plain]) -> Properties:
    regional = f"{subject.id}.s3.{subject.place.region}.amazonaws.com"
    return {"bucket": subject.id, "arn": f"arn:aws:s3:::{subject.id}", "bucketRegionalDomainName": regional}


def _role(subject: Subject, _inputs: Mapping[str, Plain]) -> Properties:
    return {"name": subject.id, "arn": f"arn:aws:iam::{subject.place.account}:role/{subject.id}"}


def _by_id(property_: str) -> Shape:
    return lambda subject, _inputs: {property_: subject.id}


SHAPES: Mapping[str, Shape] = {
    "aws:acm/certificate:Certificate": _certificate,
    "aws:eks/cluster:Cluster": _eks,
    "aws:eks/nodeGroup:NodeGroup": _node_group,
    "aws:iam/role:Role": _role,
    "aws:kms/key:Key": _key,
    "aws:kms/replicaKey:ReplicaKey": _key,
    "aws:lb/loadBalancer:LoadBalancer": _balancer,
    "aws:lb/targetGroup:TargetGroup": _target,
    "aws:rds/cluster:Cluster": _database,
    "aws:route53/zone:Zone": _zone,
    "aws:s3/bucket:Bucket": _bucket,
    **{token: _by_id("arn") for token in ID_IS_ARN if token not in ("aws:acm/certificate:Certificate",)},
}

# --- what cannot be changed -----------------------------------------------------------------------------------------

# Changing one of these makes a new object. A path stands for everything below it.
IMMUTABLE: Mapping[str, tuple[str, ...]] = {
    "aws:acm/certificate:Certificate": ("domainName", "subjectAlternativeNames", "validationMethod", "keyAlgorithm"),
    "aws:cognito/userPool:UserPool": ("usernameAttributes", "aliasAttributes", "usernameConfiguration"),
    "aws:cognito/userPoolClient:UserPoolClient": ("userPoolId", "generateSecret"),
    "aws:ec2/instance:Instance": ("ami", "subnetId", "availabilityZone", "userData", "userDataBase64"),
    "aws:ec2/launchTemplate:LaunchTemplate": ("name", "namePrefix"),
    "aws:ec2/natGateway:NatGateway": ("subnetId", "allocationId"),
    "aws:ec2/securityGroup:SecurityGroup": ("name", "namePrefix", "description", "vpcId"),
    "aws:ec2/subnet:Subnet": ("vpcId", "cidrBlock", "availabilityZone"),
    "aws:ec2/vpc:Vpc": ("cidrBlock",),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("vpcId", "serviceName", "vpcEndpointType"),
    "aws:eks/cluster:Cluster": ("name", "roleArn", "kubernetesNetworkConfig", "encryptionConfig", "bootstrapSelfManagedAddons"),
    "aws:eks/nodeGroup:NodeGroup": ("clusterName", "nodeRoleArn", "subnetIds", "instanceTypes", "amiType", "capacityType"),
    "aws:iam/role:Role": ("name", "namePrefix", "path"),
    "aws:kms/key:Key": ("multiRegion", "keyUsage", "customerMasterKeySpec"),
    "aws:lb/loadBalancer:LoadBalancer": ("name", "namePrefix", "internal", "loadBalancerType"),
    "aws:lb/targetGroup:TargetGroup": ("name", "namePrefix", "port", "protocol", "vpcId", "targetType"),
    "aws:rds/cluster:Cluster": (
        "clusterIdentifier",
        "clusterIdentifierPrefix",
        "databaseName",
        "dbSubnetGroupName",
        "engine",
        "kmsKeyId",
        "masterUsername",
        "restoreToPointInTime",
        "snapshotIdentifier",
        "storageEncrypted",
    ),
    "aws:rds/clusterInstance:ClusterInstance": ("identifier", "clusterIdentifier", "engine"),
    "aws:rds/subnetGroup:SubnetGroup": ("name", "namePrefix"),
    "aws:route53/record:Record": ("zoneId", "name", "type", "setIdentifier"),
    "aws:route53/healthCheck:HealthCheck": ("type", "requestInterval", "referenceName"),
    "aws:route53/zone:Zone": ("name", "delegationSetId"),
    "aws:s3/bucket:Bucket": ("bucket", "bucketPrefix"),
    "aws:secretsmanager/secret:Secret": ("name", "namePrefix"),
    "aws:secretsmanager/secretVersion:SecretVersion": ("secretId",),
    "aws:sns/topic:Topic": ("name", "namePrefix"),
    "pulumi:providers:aws": ("region",),
}
