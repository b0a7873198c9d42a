"""The bastion, who may come through it, and how the tunnel finds it.

Not proved: that Session Manager reaches the machine, that a session is recorded, and that IAM evaluates the conditions as its
documentation says. The AWS clients here are made up.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from pulumi import Resource

from components import clouds
from components.clouds.aws import tunnel
from components.clouds.aws.bastion import IMAGE, Bastion, user_data
from components.clouds.aws.kubeconfig import cluster_name
from components.clouds.aws.settings import Settings
from components.clouds.aws.tunnel import SessionManager, session
from components.contract import BastionOutputs
from components.far_side import Unreachable
from components.tunnel import local_port
from ops.plan.recorder import Recording, Registered
from tests.aws import made_up_cluster as neighbours
from tests.aws import made_up_data as made_up

ACCOUNT, REGION = made_up.ACCOUNT, made_up.REGION
ENVIRONMENT = "oob-aws-example"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/logs"


@cache
def planned(disposable: bool = False) -> tuple[Recording, BastionOutputs]:
    kept: list[BastionOutputs] = []

    def program(parent: Resource) -> None:
        made = Bastion(
            "bastion",
            neighbours.context(disposable=disposable),
            made_up.keys(),
            made_up.network(),
            neighbours.cluster(),
            neighbours.database(),
            parent,
        )
        kept.append(made.outputs)

    return made_up.recording(program), kept[0]


def named(name: str, **changed: Any) -> Registered:
    return made_up.named(planned(**changed)[0], name)


def part(found: Registered, name: str) -> dict[str, Any]:
    return cast("dict[str, Any]", found.inputs[name])


# --- the machine ------------------------------------------------------------------------------------------------


def test_nothing_comes_in_and_only_three_ways_lead_out() -> None:
    recorded = planned()[0]
    group = named("bastion-group")
    assert "ingress" not in group.inputs
    assert "egress" not in group.inputs
    rules = made_up.of_type(recorded, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    out = {(rule.inputs["referencedSecurityGroupId"], rule.inputs["fromPort"], rule.inputs["toPort"]) for rule in rules}  # type: ignore[reportUnhashable]
    assert out == {("sg-endpoints", 443, 443), ("sg-cluster", 443, 443), ("sg-database", 5432, 5432)}
    for rule in rules:
        assert "cidrIpv4" not in rule.inputs, "groups, not addresses"


def test_the_cluster_and_the_database_let_the_bastion_in_and_nobody_opens_a_port_to_it() -> None:
    rules = made_up.of_type(planned()[0], "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    into = {rule.inputs["securityGroupId"]: rule.inputs["fromPort"] for rule in rules}  # type: ignore[reportUnhashable]
    assert into == {"sg-cluster": 443, "sg-database": 5432}
    for rule in rules:
        assert "referencedSecurityGroupId" in rule.inputs
        assert rule.inputs["description"]


def test_the_machine_is_hardened() -> None:
    template = named("bastion-template")
    assert part(template, "metadataOptions") == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }
    (card,) = made_up.blocks(template, "networkInterfaces")
    assert card["associatePublicIpAddress"] == "false"
    (disk,) = made_up.blocks(template, "blockDeviceMappings")
    assert disk["ebs"]["encrypted"] == "true"
    assert disk["ebs"]["kmsKeyId"] == f"arn:aws:kms:{REGION}:{ACCOUNT}:key/volumes"
    assert "keyName" not in template.inputs, "no SSH key"
    assert "systemctl mask --now sshd" in user_data()
    assert base64.b64decode(str(template.inputs["userData"])).decode() == user_data()


def test_the_image_is_the_newest_at_each_start_and_brings_the_agent() -> None:
    assert named("bastion-template").inputs["imageId"] == IMAGE
    assert IMAGE.startswith("resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default")
    assert "minimal" not in IMAGE, "the minimal image has no agent"
    assert not planned()[0].invokes, "a plan asks nobody"


def test_one_machine_heals_itself_and_is_renewed_within_two_weeks() -> None:
    group = named("bastion-machine")
    assert (group.inputs["minSize"], group.inputs["desiredCapacity"], group.inputs["maxSize"]) == (1, 1, 1)
    assert len(cast("list[str]", group.inputs["vpcZoneIdentifiers"])) == 3, "it comes back in another zone"
    assert cast("int", group.inputs["maxInstanceLifetime"]) <= 14 * 86400
    preferences = part(group, "instanceRefresh")["preferences"]
    assert preferences["minHealthyPercentage"] == 100, "the new one is there before the old one goes"
    (hook,) = made_up.blocks(group, "initialLifecycleHooks")
    assert hook["defaultResult"] == "CONTINUE"
    assert hook["heartbeatTimeout"] >= 60, "its agent has registered when it counts as there"


def test_a_new_machine_stands_before_the_old_one_goes_whatever_the_reason() -> None:
    policy = part(named("bastion-machine"), "instanceMaintenancePolicy")
    assert policy == {"minHealthyPercentage": 100, "maxHealthyPercentage": 200}


def test_the_machine_starts_after_its_rights_and_its_way_to_session_manager() -> None:
    waits = set(named("bastion-machine").depends_on)
    assert {named(name).urn for name in ("bastion-rights", "bastion-to-services", "bastion-sessions")} <= waits


def test_the_tunnel_finds_the_machine_by_its_tag() -> None:
    marked = {entry["resourceType"]: entry["tags"] for entry in made_up.blocks(named("bastion-template"), "tagSpecifications")}
    assert marked["instance"]["oob:bastion"] == ENVIRONMENT
    assert marked["instance"]["oob:tier"] == "0"
    drill = made_up.blocks(named("bastion-template", disposable=True), "tagSpecifications")
    assert drill[0]["tags"]["oob:bastion"] == "drill-quarter-four", "a drill has a bastion of its own"


# --- rights -----------------------------------------------------------------------------------------------------


def test_the_machine_may_answer_session_manager_and_record_and_nothing_else() -> None:
    role = named("bastion-role")
    assert role.inputs["permissionsBoundary"] == made_up.BOUNDARY
    assert not made_up.of_type(planned()[0], "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    policy = made_up.statements(named("bastion-rights"))
    assert not made_up.ungranted(policy)
    assert {sid for sid, statement in policy.items() if statement["Resource"] == "*"} == {"AnswerSessionManager"}
    actions = str([statement["Action"] for statement in policy.values()])
    for other in ("ssm:GetParameter", "s3:", "secretsmanager:", "logs:Delete", "kms:Encrypt"):
        assert other not in actions


def test_people_come_through_with_a_second_factor_to_this_bastion_and_by_two_documents() -> None:
    policy = made_up.statements(named("bastion-users"))
    machine, documents = policy["ThisBastion"], policy["TheseDocuments"]
    assert machine["Condition"]["StringEquals"] == {"ssm:resourceTag/oob:bastion": ENVIRONMENT}
    assert machine["Condition"]["BoolIfExists"] == {"ssm:SessionDocumentAccessCheck": "true"}
    for statement in (machine, documents):
        assert statement["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}
    own = named("bastion-shell").inputs["name"]
    assert documents["Resource"] == [
        f"arn:aws:ssm:{REGION}:{ACCOUNT}:document/{own}",
        f"arn:aws:ssm:{REGION}::document/AWS-StartPortForwardingSessionToRemoteHost",
    ]
    assert not made_up.ungranted(policy)
    assert {sid for sid, statement in policy.items() if statement["Resource"] == "*"} == {"FindTheBastion"}


# --- sessions ---------------------------------------------------------------------------------------------------


def test_a_shell_is_encrypted_recorded_and_ended_when_idle() -> None:
    found = named("bastion-shell")
    assert found.inputs["documentType"] == "Session"
    assert found.inputs["name"] != "SSM-SessionManagerRunShell", "there is one of those in an account, and drills beside it"
    inputs = json.loads(str(found.inputs["content"]))["inputs"]
    log = named("bastion-sessions")
    assert inputs["kmsKeyId"] == KEY
    assert inputs["cloudWatchLogGroupName"] == log.inputs["name"]
    assert inputs["cloudWatchEncryptionEnabled"] is True
    assert inputs["cloudWatchStreamingEnabled"] is True
    assert int(inputs["idleSessionTimeout"]) <= 20
    assert int(inputs["maxSessionDuration"]) <= 240


def test_the_record_is_encrypted_and_kept_for_a_year() -> None:
    log = named("bastion-sessions")
    assert log.inputs["kmsKeyId"] == KEY
    assert log.inputs["retentionInDays"] == 365
    assert log.protect


def test_a_drill_protects_nothing_and_shares_no_name_with_the_live_environment() -> None:
    drill = planned(disposable=True)[0]
    assert not [found.name for found in drill.resources if found.protect or found.retain_on_delete]
    for name, field in (("bastion-shell", "name"), ("bastion-sessions", "name"), ("bastion-users", "name")):
        assert named(name).inputs[field] != named(name, disposable=True).inputs[field]


def test_everything_of_the_bastion_is_what_the_kubernetes_provider_waits_for() -> None:
    ready = planned()[1].ready
    assert isinstance(ready, Bastion), "the machine alone is no way in without its rules"


def test_every_resource_names_its_provider() -> None:
    for found in made_up.custom(planned()[0]):
        assert made_up.provider_of(found) == "aws", found.name


# --- the tunnel's way -------------------------------------------------------------------------------------------


class Aws:
    """Made-up clients: one bastion that is online, and a cluster."""

    def __init__(self) -> None:
        self.account = ACCOUNT
        self.instances = ["i-0123"]
        self.online = ["i-0123"]
        self.cluster: dict[str, Any] = {
            "status": "ACTIVE",
            "endpoint": f"https://0A1B.gr7.{REGION}.eks.amazonaws.com",
            "certificateAuthority": {"data": "Q0E="},
        }
        self.refusal: Exception | None = None
        self.asked: list[Mapping[str, Any]] = []

    def __call__(self, service: str) -> Aws:
        if self.refusal is not None:
            raise self.refusal
        self.service = service
        return self

    def describe_instances(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        reservation = {"OwnerId": self.account, "Instances": [{"InstanceId": name} for name in self.instances]}
        return {"Reservations": [reservation] if self.instances else []}

    def describe_instance_information(self, Filters: Any) -> dict[str, Any]:  # noqa: N803 as boto3 spells it
        (wanted,) = Filters[0]["Values"]
        state = "Online" if wanted in self.online else "ConnectionLost"
        return {"InstanceInformationList": [{"InstanceId": wanted, "PingStatus": state}]}

    def describe_cluster(self, name: str) -> dict[str, Any]:
        self.asked.append({"cluster": name})
        return {"cluster": self.cluster}


def settings(**cluster: Any) -> Settings:
    return neighbours.settings(cluster=cluster)


@pytest.fixture
def aws() -> Aws:
    return Aws()


@pytest.fixture
def route(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> SessionManager:
    def found(tool: str) -> str:
        return f"/usr/bin/{tool}"

    monkeypatch.setattr(tunnel.shutil, "which", found)
    monkeypatch.setattr(tunnel, "BASTION_SECONDS", 0)
    return SessionManager(settings(), ENVIRONMENT, aws)


def refused(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


def test_the_tunnel_goes_through_the_tagged_bastion_to_the_clusters_own_address(route: SessionManager, aws: Aws) -> None:
    command = route.command(40123)
    assert command == session("i-0123", REGION, f"0a1b.gr7.{REGION}.eks.amazonaws.com", 40123)
    assert aws.asked[0]["Filters"][0] == {"Name": "tag:oob:bastion", "Values": [ENVIRONMENT]}
    assert aws.asked[1] == {"cluster": cluster_name(ENVIRONMENT)}


def test_the_command_is_the_one_that_aws_documents() -> None:
    command = session("i-0123", "eu-central-1", "host.example", 40123)
    assert command[:3] == ("aws", "ssm", "start-session")
    given = dict(zip(command[3::2], command[4::2], strict=True))
    assert given["--target"] == "i-0123"
    assert given["--document-name"] == "AWS-StartPortForwardingSessionToRemoteHost"
    assert json.loads(given["--parameters"]) == {
        "host": ["host.example"],
        "portNumber": ["443"],
        "localPortNumber": ["40123"],
    }


def test_kubectl_is_led_to_the_port_that_is_listened_on(route: SessionManager) -> None:
    way = json.loads(route.kubeconfig())["clusters"][0]["cluster"]
    assert way["server"] == f"https://127.0.0.1:{local_port(ENVIRONMENT)}"
    assert way["tls-server-name"] == f"0a1b.gr7.{REGION}.eks.amazonaws.com"


def test_a_public_api_needs_no_tunnel(aws: Aws) -> None:
    public = SessionManager(settings(publicEndpointCidrs=["198.51.100.0/24"]), ENVIRONMENT, aws)
    assert not public.private
    assert json.loads(public.kubeconfig())["clusters"][0]["cluster"]["server"] == aws.cluster["endpoint"]
    assert SessionManager(settings(), ENVIRONMENT, aws).private


def lose_bastion(aws: Aws) -> None:
    aws.instances = []


def lose_agent(aws: Aws) -> None:
    aws.online = []


def other_account(aws: Aws) -> None:
    aws.account = "999988887777"


def still_creating(aws: Aws) -> None:
    aws.cluster = {"status": "CREATING"}


def failing(problem: Exception) -> Callable[[Aws], None]:
    def fail(aws: Aws) -> None:
        aws.refusal = problem

    return fail


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lose_bastion, "no running instance with the tag oob:bastion=oob-aws-example"),
        (lose_agent, "Systems Manager does not reach it"),
        (other_account, f"the AWS credentials are for 999988887777, the stack says {ACCOUNT}"),
        (still_creating, "is CREATING; run `./oob up` to its end first"),
        (failing(refused("ResourceNotFoundException")), "there is no cluster"),
        (failing(refused("ExpiredTokenException")), "no longer valid (ExpiredTokenException); sign in again"),
        (failing(refused("AccessDeniedException", "not you")), "AWS refused (AccessDeniedException: not you)"),
        (failing(NoCredentialsError()), "sign in (`aws sso login` or `aws configure`)"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(route: SessionManager, aws: Aws, broken: Callable[[Aws], None], said: str) -> None:
    broken(aws)
    with pytest.raises(Unreachable) as failed:
        route.command(40123)
    assert said in str(failed.value)


@pytest.mark.parametrize("missing", ["aws", "session-manager-plugin"])
def test_a_missing_program_is_named_with_where_to_get_it(
    route: SessionManager, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    def which(tool: str) -> str | None:
        return None if tool == missing else tool

    monkeypatch.setattr(tunnel.shutil, "which", which)
    with pytest.raises(Unreachable, match=f"{missing} is not on PATH; install it"):
        route.command(40123)


def test_a_bastion_that_has_just_started_is_waited_for(route: SessionManager, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tunnel, "BASTION_SECONDS", 60)
    aws.online = []

    def awake(_: float) -> None:
        aws.online = ["i-0123"]

    monkeypatch.setattr(tunnel.time, "sleep", awake)
    assert "i-0123" in route.command(40123)


def test_of_two_bastions_the_one_that_answers_is_taken(route: SessionManager, aws: Aws) -> None:
    aws.instances = ["i-old", "i-0123"]
    assert "i-0123" in route.command(40123)


def test_choosing_the_route_imports_no_sdk() -> None:
    text = (
        "import sys\n"
        "from components import clouds\n"
        "from components.clouds.aws.settings import Settings\n"
        f"found = Settings.model_validate({{'account': '{ACCOUNT}', 'region': 'eu-central-1', 'replicaRegion': 'eu-north-1',"
        f" 'cluster': {{'administrators': ['{made_up.ADMINISTRATORS}']}}}})\n"
        "route = clouds.tunnel('aws', found, 'oob-t')\n"
        "assert route is not None and route.private\n"
        "print([name for name in ('boto3', 'botocore', 'pulumi_aws') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", ""), "a preview must start as fast as any"


def test_equal_names_in_two_accounts_are_two_routes() -> None:
    one = clouds.tunnel("aws", settings(), ENVIRONMENT)
    other = clouds.tunnel("aws", settings().model_copy(update={"account": "777766665555"}), ENVIRONMENT)
    assert one is not None
    assert other is not None
    assert one.identity != other.identity
