"""Azure Bastion, the jump machine, who may come through, and how the tunnel finds its way.

Not proved: that Azure Linux takes the sign-in extension and the audit daemon's packages, that Bastion passes a session on, and
that `az` answers as its documentation says. The answers of `az` here are made up.
"""

from __future__ import annotations

import base64
import json
import re
import struct
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from pulumi import Resource

from components import clouds
from components.clouds.azure import names, tunnel
from components.clouds.azure.bastion import Bastion
from components.clouds.azure.handles import AzureBastion
from components.clouds.azure.jump_machine import AUDIT_RULES, RSA_2048, SSH_RULES, first_start, nobodys_key
from components.clouds.azure.roles import definition_id
from components.clouds.azure.settings import Settings
from components.clouds.azure.tunnel import ThroughBastion, az, machine_id, refusal, session, shell
from components.far_side import Unreachable
from components.tunnel import local_port
from ops.plan.recorder import Recording, Registered
from tests.azure import made_up
from tests.azure.test_wire_names import misspelt

ENVIRONMENT = made_up.LIVE
CREDENTIALS = 'clusters: [{cluster: {server: "https://x", certificate-authority-data: Q0E=}}]'


@cache
def planned(disposable: bool = False) -> tuple[Recording, AzureBastion]:
    kept: list[AzureBastion] = []

    def program(parent: Resource) -> None:
        context = made_up.context(disposable=disposable)
        keys, network = made_up.keys(context, parent), made_up.network(context)
        cluster, database = made_up.cluster(context), made_up.database(context)
        kept.append(Bastion("bastion", context, keys, network, cluster, database, parent).outputs)

    return made_up.recording(program), kept[0]


def named(name: str, **changed: Any) -> Registered:
    return made_up.named(planned(**changed)[0], name)


def part(name: str, field: str, **changed: Any) -> dict[str, Any]:
    return made_up.block(named(name, **changed), field)


# --- Bastion ----------------------------------------------------------------------------------------------------


def test_bastion_carries_tunnels_and_nothing_else() -> None:
    host = named("bastion-host").inputs
    assert host["bastionHostName"] == names.bastion_host(ENVIRONMENT)
    assert made_up.block(named("bastion-host"), "sku") == {"name": "Standard"}, "the least that serves native clients"
    assert host["enableTunneling"] is True
    assert host["disableCopyPaste"] is True
    for way in ("enableFileCopy", "enableIpConnect", "enableKerberos", "enableShareableLink"):
        assert host[way] is False, way


def test_the_only_public_address_is_bastions_own() -> None:
    (address,) = made_up.of_type(planned()[0], "network:PublicIPAddress")
    (configuration,) = cast("list[dict[str, Any]]", named("bastion-host").inputs["ipConfigurations"])
    assert configuration["subnet"]["id"].endswith("/AzureBastionSubnet")
    assert address.inputs["zones"] == ["1", "2", "3"]
    (inside,) = cast("list[dict[str, Any]]", named("bastion-jump-interface").inputs["ipConfigurations"])
    assert "publicIPAddress" not in inside
    assert inside["subnet"]["id"].endswith("/jump")
    assert named("bastion-jump-interface").inputs["enableIPForwarding"] is False


def test_who_opened_a_session_is_kept() -> None:
    for name in ("bastion-log", "bastion-address-log"):
        setting = named(name)
        assert setting.inputs["logs"] == [{"categoryGroup": "allLogs", "enabled": True}]
        assert setting.inputs["workspaceId"]
        assert setting.inputs["storageAccountId"], "OOB-122: outside the cluster, and write-once"


# --- the machine ------------------------------------------------------------------------------------------------


def test_the_machine_is_hardened_patched_and_encrypted() -> None:
    assert part("bastion-jump-machine", "securityProfile") == {
        "encryptionAtHost": True,
        "securityType": "TrustedLaunch",
        "uefiSettings": {"secureBootEnabled": True, "vTpmEnabled": True},
    }
    disk = part("bastion-jump-machine", "storageProfile")["osDisk"]
    assert disk["managedDisk"]["diskEncryptionSet"]["id"].endswith("/diskEncryptionSets/disks")
    linux = part("bastion-jump-machine", "osProfile")["linuxConfiguration"]
    assert linux["patchSettings"]["patchMode"] == "AutomaticByPlatform"
    assert part("bastion-jump-machine", "diagnosticsProfile") == {"bootDiagnostics": {"enabled": False}}, "no serial console"


def test_nobody_has_a_key_or_a_password_for_the_machine() -> None:
    linux = part("bastion-jump-machine", "osProfile")["linuxConfiguration"]
    assert linux["disablePasswordAuthentication"] is True
    assert "adminPassword" not in part("bastion-jump-machine", "osProfile")
    (key,) = linux["ssh"]["publicKeys"]
    assert key["keyData"] == nobodys_key()
    assert not [found for found in planned()[0].resources if found.type.startswith(("tls:", "random:"))]
    assert "AuthorizedKeysFile none" in SSH_RULES
    assert "PasswordAuthentication no" in SSH_RULES


def test_the_key_is_the_published_number_and_openssh_takes_it(tmp_path: Path) -> None:
    kind, encoded, _ = nobodys_key().split(" ")
    blob, fields = base64.b64decode(encoded), list[bytes]()
    while blob:
        (length,) = struct.unpack(">I", blob[:4])
        fields.append(blob[4 : 4 + length])
        blob = blob[4 + length :]
    assert (kind, fields[0]) == ("ssh-rsa", b"ssh-rsa")
    assert int.from_bytes(fields[1], "big") == 65537
    assert int.from_bytes(fields[2], "big") == RSA_2048
    assert RSA_2048.bit_length() == 2048
    # The challenge's own check: the sum of the number's decimal digits.
    assert sum(int(digit) for digit in str(RSA_2048)) == 2738
    (tmp_path / "key.pub").write_text(nobodys_key())
    said = subprocess.run(["ssh-keygen", "-lf", tmp_path / "key.pub"], capture_output=True, text=True, check=True).stdout
    assert said.startswith("2048 SHA256:")


def test_the_first_start_narrows_ssh_and_records_what_people_run() -> None:
    found = cast("dict[str, Any]", yaml.safe_load(first_start()))
    assert first_start().startswith("#cloud-config\n")
    files = {one["path"]: base64.b64decode(one["content"]).decode() for one in found["write_files"]}
    assert files["/etc/ssh/sshd_config.d/10-oob.conf"] == SSH_RULES
    assert files["/etc/audit/rules.d/oob.rules"] == AUDIT_RULES
    assert "execve" in AUDIT_RULES
    # Azure Linux 3.0 has no package audispd-plugins: /sbin/audisp-syslog is in `audit` (SPECS/audit/audit.spec).
    assert found["packages"] == ["audit", "rsyslog"]
    assert ["systemctl", "restart", "auditd"] in found["runcmd"], "a running daemon does not look for new plug-ins"
    assert base64.b64decode(str(part("bastion-jump-machine", "osProfile")["customData"])).decode() == first_start()


def test_people_sign_in_with_the_directory_and_what_they_do_goes_to_the_workspace() -> None:
    extensions = made_up.of_type(planned()[0], "compute:VirtualMachineExtension")
    assert [one.inputs["type"] for one in extensions] == ["AADSSHLoginForLinux", "AzureMonitorLinuxAgent"]
    assert extensions[0].urn in extensions[1].depends_on, "a machine takes one extension at a time"
    assert part("bastion-jump-machine", "identity") == {"type": "SystemAssigned"}, "both extensions sign in as the machine"
    (source,) = part("bastion-jump-logs", "dataSources")["syslog"]
    assert {"auth", "authpriv", "local6"} <= set(source["facilityNames"])
    assert "Info" in source["logLevels"]
    assert named("bastion-jump-logs-association").inputs["dataCollectionRuleId"] == "[unknown]"


def test_administrators_may_sign_in_and_see_the_way_and_nothing_else() -> None:
    found = made_up.of_type(planned()[0], "authorization:RoleAssignment")
    roles = [str(one.inputs["roleDefinitionId"]) for one in found]
    assert roles.count(definition_id(made_up.SUBSCRIPTION, "Virtual Machine Administrator Login")) == 1
    assert roles.count(definition_id(made_up.SUBSCRIPTION, "Reader")) == 3
    assert len(roles) == 4
    for one in found:
        assert (one.inputs["principalId"], one.inputs["principalType"]) == (made_up.ADMINISTRATORS, "Group")


def test_everything_of_the_bastion_is_what_the_kubernetes_provider_waits_for() -> None:
    ready = planned()[1].ready
    assert isinstance(ready, Bastion), "the machine alone is no way in without Bastion"


def test_a_drill_protects_nothing_and_shares_no_name_with_the_live_environment() -> None:
    drill = planned(disposable=True)[0]
    assert not [found.name for found in drill.resources if found.protect or found.retain_on_delete]
    for name, field in (("bastion-jump-machine", "vmName"), ("bastion-host", "bastionHostName")):
        assert named(name).inputs[field] != named(name, disposable=True).inputs[field]
    disk = part("bastion-jump-machine", "storageProfile", disposable=True)["osDisk"]
    assert "diskEncryptionSet" not in disk["managedDisk"]


def test_every_resource_names_its_provider_and_every_argument_is_azures() -> None:
    for found in planned()[0].resources:
        if found.type.startswith("azure-native:"):
            assert found.provider.endswith("::azure"), found.name
        assert list(misspelt(dict(found.inputs), found.name)) == []


# --- the tunnel's way -------------------------------------------------------------------------------------------


class Az:
    """Made-up answers of `az`: a cluster, a machine that runs, and both extensions."""

    def __init__(self) -> None:
        self.cluster: object = {"host": made_up.API_HOST, "state": "Succeeded"}
        self.machine: object = {"state": "PowerState/running"}
        self.extensions: object = [{"name": "bastion", "version": "1.4.1"}, {"name": "ssh", "version": "2.0.6"}]
        self.credentials = CREDENTIALS
        self.refusal: Unreachable | None = None
        self.asked: list[Sequence[str]] = []

    def __call__(self, arguments: Sequence[str]) -> str:
        self.asked.append(arguments)
        if self.refusal is not None:
            raise self.refusal
        match arguments[:2]:
            case ("aks", "show"):
                return json.dumps(self.cluster)
            case ("aks", "get-credentials"):
                return self.credentials
            case ("vm", "get-instance-view"):
                return json.dumps(self.machine)
            case _:
                return json.dumps(self.extensions)


def settings() -> Settings:
    return made_up.settings()


@pytest.fixture
def answers() -> Az:
    return Az()


@pytest.fixture
def route(answers: Az, monkeypatch: pytest.MonkeyPatch) -> ThroughBastion:
    def found(tool: str) -> str:
        return f"/usr/bin/{tool}"

    monkeypatch.setattr(tunnel.shutil, "which", found)
    return ThroughBastion(settings(), ENVIRONMENT, answers)


def test_the_tunnel_goes_through_this_environments_bastion_to_the_clusters_private_name(
    route: ThroughBastion, answers: Az
) -> None:
    assert route.command(40123) == session(made_up.SUBSCRIPTION, ENVIRONMENT, made_up.API_HOST, 40123)
    for asked in answers.asked:
        if asked[0] == "aks":
            given = dict(zip(asked[2::2], asked[3::2], strict=False))
            assert given["--subscription"] == made_up.SUBSCRIPTION
            assert given["--name"] == names.cluster(ENVIRONMENT)
            assert given["--resource-group"] == names.resource_group(ENVIRONMENT, "runtime")


def test_the_command_signs_in_with_the_directory_and_ends_when_it_no_longer_carries() -> None:
    command = session(made_up.SUBSCRIPTION, ENVIRONMENT, "host.example", 40123)
    ours, theirs = command[: command.index("--")], command[command.index("--") + 1 :]
    assert ours == shell(made_up.SUBSCRIPTION, ENVIRONMENT)
    given = dict(zip(ours[4::2], ours[5::2], strict=True))
    assert given["--auth-type"] == "AAD"
    assert given["--name"] == named("bastion-host").inputs["bastionHostName"]
    assert given["--target-resource-id"] == machine_id(made_up.SUBSCRIPTION, ENVIRONMENT)
    assert given["--target-resource-id"].endswith(str(named("bastion-jump-machine").inputs["vmName"]))
    assert theirs[:3] == ("-N", "-L", "127.0.0.1:40123:host.example:443"), "this machine alone may use it"
    assert "ExitOnForwardFailure=yes" in theirs


def test_kubectl_is_led_to_the_port_that_is_listened_on(route: ThroughBastion) -> None:
    found = json.loads(route.kubeconfig())
    assert found["clusters"][0]["cluster"] == {
        "server": f"https://127.0.0.1:{local_port(ENVIRONMENT)}",
        "tls-server-name": made_up.API_HOST,
        "certificate-authority-data": "Q0E=",
    }
    assert made_up.TENANT in found["users"][0]["user"]["exec"]["args"]
    assert route.private


def stopped(answers: Az) -> None:
    answers.machine = [{"state": "PowerState/deallocated"}]


def creating(answers: Az) -> None:
    answers.cluster = {"host": None, "state": "Creating"}


def no_extension(answers: Az) -> None:
    answers.extensions = [{"name": "ssh", "version": "2.0.6"}]


def old_extension(answers: Az) -> None:
    answers.extensions = [{"name": "bastion", "version": "1.0.2"}, {"name": "ssh", "version": "2.0.6"}]


def refusing(answers: Az) -> None:
    answers.refusal = Unreachable("az is not signed in")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (stopped, r"is not running \(PowerState/deallocated\); start it with `az vm start --ids /subscriptions/"),
        (creating, r"is Creating; run `\./oob up` to its end first"),
        (no_extension, "run `az extension add --upgrade --name bastion`"),
        (old_extension, "run `az extension add --upgrade --name bastion`"),
        (refusing, "az is not signed in"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(
    route: ThroughBastion, answers: Az, broken: Callable[[Az], None], said: str
) -> None:
    broken(answers)
    with pytest.raises(Unreachable, match=said):
        route.command(40123)


def test_credentials_without_an_authority_are_refused(route: ThroughBastion, answers: Az) -> None:
    answers.credentials = "clusters: []"
    with pytest.raises(Unreachable, match="no certificate-authority-data"):
        route.kubeconfig()


@pytest.mark.parametrize(
    ("stderr", "said"),
    [
        ("ERROR: Please run 'az login' to setup account.", "run `az login --tenant <azure.tenant>`"),
        ("ERROR: AADSTS700082: The refresh token has expired.", "run `az login --tenant <azure.tenant>`"),
        ("ERROR: (ResourceGroupNotFound) Resource group 'x' could not be found.", r"run `\./oob up` first"),
        ("ERROR: (AuthorizationFailed) The client does not have authorization", r"azure\.cluster\.administrators"),
        ("WARNING: new version\nERROR: something else", r"^az failed: ERROR: something else$"),
        ("", "it said nothing"),
    ],
)
def test_what_az_says_becomes_what_to_do(stderr: str, said: str) -> None:
    assert re.search(said, refusal(stderr))


def test_az_itself_is_run_and_its_refusal_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "az"
    script.write_text('#!/bin/sh\n[ "$1" = good ] && echo "$2" && exit 0\necho "ERROR: Please run az login" >&2\nexit 1\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert az(("good", "answer")) == "answer\n"
    with pytest.raises(Unreachable, match="run `az login --tenant"):
        az(("bad", "answer"))


@pytest.mark.parametrize(("missing", "call"), [("az", "command"), ("ssh", "command"), ("kubelogin", "kubeconfig")])
def test_a_missing_program_is_named_with_where_to_get_it(
    route: ThroughBastion, monkeypatch: pytest.MonkeyPatch, missing: str, call: str
) -> None:
    def which(tool: str) -> str | None:
        return None if tool == missing else tool

    monkeypatch.setattr(tunnel.shutil, "which", which)
    with pytest.raises(Unreachable, match=f"{missing} is not on PATH; install it"):
        route.command(40123) if call == "command" else route.kubeconfig()


def test_choosing_the_route_imports_no_sdk() -> None:
    text = (
        "import sys\n"
        "from components import clouds\n"
        "from components.clouds.azure.settings import Settings\n"
        f"found = Settings.model_validate({{'subscription': '{made_up.SUBSCRIPTION}', 'tenant': '{made_up.TENANT}',"
        f" 'tenantDomain': 'x.onmicrosoft.com', 'location': '{made_up.LOCATION}', 'replicaLocation': '{made_up.REPLICA}',"
        f" 'cluster': {{'administrators': ['{made_up.ADMINISTRATORS}']}}}})\n"
        "route = clouds.tunnel('azure', found, 'oob-t')\n"
        "assert route is not None and route.private\n"
        "print([name for name in sys.modules if name.startswith(('pulumi_azure', 'azure.'))])\n"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", ""), "a preview must start as fast as any"


def test_equal_names_in_two_subscriptions_are_two_routes() -> None:
    one = clouds.tunnel("azure", settings(), ENVIRONMENT)
    other = clouds.tunnel("azure", settings().model_copy(update={"subscription": made_up.TENANT}), ENVIRONMENT)
    assert one is not None
    assert other is not None
    assert one.identity != other.identity
