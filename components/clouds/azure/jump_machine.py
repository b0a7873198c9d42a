"""The machine behind Azure Bastion: small, patched by Azure, signed in to with the directory (OOB-30 to OOB-33).

It has no public address, and nobody has a key for it. Azure makes no Linux machine without a key or a password, so it is given
the public half of a key whose private half nobody has ever had: the number RSA-2048 of the RSA Factoring Challenge, published
without its factors. The SSH server is told besides to look at no file of keys.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Sequence

from pulumi import ComponentResource, Input, Output, Resource
from pulumi_azure_native import compute, monitor, network

from components.clouds.azure import names
from components.clouds.azure.handles import AzureKeys, Context, Group
from components.clouds.azure.sizes import SIZES
from components.options import child

# https://en.wikipedia.org/wiki/RSA_numbers#RSA-2048
RSA_2048 = int(
    "2519590847565789349402718324004839857142928212620403202777713783604366202070"
    "7595556264018525880784406918290641249515082189298559149176184502808489120072"
    "8449926873928072877767359714183472702618963750149718246911650776133798590957"
    "0009733045974880842840179742910064245869181719511874612151517265463228221686"
    "9987549182422433637259085141865462043576798423387184774447920739934236584823"
    "8242811981638150106748104516603773060562016196762561338441436038339044149526"
    "3443219011465754445417842402092461651572335077870774981712577246796292638635"
    "6373289912154831438167899885040445364023527381951378636564391212010397122822"
    "120720357"
)
EXPONENT = 65537
USER = "nobodys"  # Azure asks for an account; the key that opens it does not exist
IMAGE = {"publisher": "MicrosoftCBLMariner", "offer": "azure-linux-3", "sku": "azure-linux-3-gen2", "version": "latest"}
DISK_GIB = 30
FACILITIES = ("auth", "authpriv", "daemon", "local6")  # sign-ins, and the audit daemon's records by way of local6
LOG_STREAM, DESTINATION = "Microsoft-Syslog", "workspace"
SSH_RULES = """\
AuthorizedKeysFile none
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin no
AllowAgentForwarding no
X11Forwarding no
GatewayPorts no
AllowTcpForwarding local
LogLevel VERBOSE
ClientAliveInterval 60
ClientAliveCountMax 3
"""
AUDIT_RULES = """\
-a always,exit -F arch=b64 -S execve -F auid>=1000 -F auid!=unset -k people
"""
SYSLOG_PLUGIN = """\
active = yes
direction = out
path = /sbin/audisp-syslog
type = always
args = LOG_INFO LOG_LOCAL6
format = string
"""


def _field(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


def _number(value: int) -> bytes:
    """As SSH writes numbers, with a leading zero where the first bit would make it negative (RFC 4251, section 5)."""
    return _field(value.to_bytes(value.bit_length() // 8 + 1, "big"))


def nobodys_key() -> str:
    """A public key as OpenSSH writes it, which no private key belongs to."""
    blob = _field(b"ssh-rsa") + _number(EXPONENT) + _number(RSA_2048)
    return f"ssh-rsa {base64.b64encode(blob).decode()} nobody-has-the-other-half"


def _file(path: str, content: str, mode: str = "0600") -> str:
    encoded = base64.b64encode(content.encode()).decode()
    return f"  - {{path: {path}, permissions: '{mode}', encoding: b64, content: {encoded}}}\n"


def first_start() -> str:
    """What cloud-init does once: narrow the SSH server, and record what people run.

    Packages are Azure Linux's: its `audit` brings the plug-in for syslog along, and one unknown name keeps the others from being
    installed. The audit daemon reads its plug-ins only when it starts, and an image may have started it before.
    """
    files = (
        _file("/etc/ssh/sshd_config.d/10-oob.conf", SSH_RULES)
        + _file("/etc/audit/rules.d/oob.rules", AUDIT_RULES)
        + _file("/etc/audit/plugins.d/syslog.conf", SYSLOG_PLUGIN)
    )
    return f"""\
#cloud-config
packages: [audit, rsyslog]
write_files:
{files}runcmd:
  - [sh, -c, "grep -q '^Include /etc/ssh/sshd_config.d' /etc/ssh/sshd_config || sed -i '1i Include /etc/ssh/sshd_config.d/*.conf' /etc/ssh/sshd_config"]
  - [rm, -rf, /home/{USER}/.ssh]
  - [systemctl, enable, --now, rsyslog, auditd]
  - [augenrules, --load]
  - [systemctl, restart, auditd]
  - [systemctl, restart, sshd]
"""  # noqa: E501 a line of a file


class JumpMachine(ComponentResource):
    """Interface, machine, sign-in by the directory, and the agent that sends its logs. `id` is the machine's."""

    def __init__(
        self,
        name: str,
        context: Context,
        keys: AzureKeys,
        *,
        home: Group,
        subnet_id: Input[str],
        disks_id: Output[str] | None,
        ready: Sequence[Resource],
        parent: Resource,
    ) -> None:
        super().__init__("oob:azure:JumpMachine", name, None, child(parent))
        self._name, self._context, self._home = name, context, home
        interface = network.NetworkInterface(
            f"{name}-interface",
            network_interface_name=names.general(context.environment.name, "jump"),
            resource_group_name=home.name,
            location=home.location,
            enable_ip_forwarding=False,
            ip_configurations=[
                {"name": "inside", "primary": True, "private_ip_allocation_method": "Dynamic", "subnet": {"id": subnet_id}}
            ],
            opts=child(self, context.main),
        )
        machine = self._machine(interface.id, disks_id, ready)
        self._logs(machine, self._sign_in(machine), keys)
        self.id: Output[str] = machine.id
        self.interface_id: Output[str] = interface.id
        self.register_outputs({})

    def _machine(
        self, interface_id: Output[str], disks_id: Output[str] | None, ready: Sequence[Resource]
    ) -> compute.VirtualMachine:
        context = self._context
        physical = names.bastion_machine(context.environment.name)
        disk: compute.ManagedDiskParametersArgsDict = {"storage_account_type": compute.StorageAccountTypes.STANDARD_SS_D_LRS}
        if disks_id is not None:
            disk["disk_encryption_set"] = {"id": disks_id}
        return compute.VirtualMachine(
            f"{self._name}-machine",
            vm_name=physical,
            resource_group_name=self._home.name,
            location=self._home.location,
            hardware_profile={"vm_size": SIZES[context.environment.size].bastion_type},
            identity={"type": compute.ResourceIdentityType.SYSTEM_ASSIGNED},
            network_profile={
                "network_interfaces": [{"id": interface_id, "primary": True, "delete_option": compute.DeleteOptions.DETACH}]
            },
            os_profile={
                "computer_name": physical,
                "admin_username": USER,
                "custom_data": base64.b64encode(first_start().encode()).decode(),
                "linux_configuration": {
                    "disable_password_authentication": True,
                    "provision_vm_agent": True,
                    "ssh": {"public_keys": [{"path": f"/home/{USER}/.ssh/authorized_keys", "key_data": nobodys_key()}]},
                    "patch_settings": {
                        "patch_mode": compute.LinuxVMGuestPatchMode.AUTOMATIC_BY_PLATFORM,
                        "assessment_mode": compute.LinuxPatchAssessmentMode.AUTOMATIC_BY_PLATFORM,
                        "automatic_by_platform_settings": {
                            "reboot_setting": compute.LinuxVMGuestPatchAutomaticByPlatformRebootSetting.IF_REQUIRED
                        },
                    },
                },
            },
            storage_profile={
                "image_reference": {
                    "publisher": IMAGE["publisher"],
                    "offer": IMAGE["offer"],
                    "sku": IMAGE["sku"],
                    "version": IMAGE["version"],
                },
                "os_disk": {
                    "name": names.general(context.environment.name, "jump-disk"),
                    "create_option": compute.DiskCreateOptionTypes.FROM_IMAGE,
                    "delete_option": compute.DiskDeleteOptionTypes.DELETE,
                    "caching": compute.CachingTypes.READ_WRITE,
                    "disk_size_gb": DISK_GIB,
                    "managed_disk": disk,
                },
            },
            security_profile={
                "encryption_at_host": True,
                "security_type": compute.SecurityTypes.TRUSTED_LAUNCH,
                "uefi_settings": {"secure_boot_enabled": True, "v_tpm_enabled": True},
            },
            # Off, and with them the serial console, which would be another way in.
            diagnostics_profile={"boot_diagnostics": {"enabled": False}},
            opts=child(self, context.main, depends_on=list(ready)),
        )

    def _sign_in(self, machine: compute.VirtualMachine) -> compute.VirtualMachineExtension:
        """People come in with a certificate that the directory gives them for an hour, under its second factor (OOB-103)."""
        return compute.VirtualMachineExtension(
            f"{self._name}-sign-in",
            vm_extension_name="AADSSHLoginForLinux",
            vm_name=machine.name,
            resource_group_name=self._home.name,
            location=self._home.location,
            publisher="Microsoft.Azure.ActiveDirectory",
            type="AADSSHLoginForLinux",
            type_handler_version="1.0",
            auto_upgrade_minor_version=True,
            opts=child(self, self._context.main),
        )

    def _logs(self, machine: compute.VirtualMachine, after: Resource, keys: AzureKeys) -> None:
        """Sign-ins and what was run go to the workspace as they happen (OOB-122)."""
        context = self._context
        agent = compute.VirtualMachineExtension(
            f"{self._name}-agent",
            vm_extension_name="AzureMonitorLinuxAgent",
            vm_name=machine.name,
            resource_group_name=self._home.name,
            location=self._home.location,
            publisher="Microsoft.Azure.Monitor",
            type="AzureMonitorLinuxAgent",
            type_handler_version="1.0",
            auto_upgrade_minor_version=True,
            enable_automatic_upgrade=True,
            opts=child(self, context.main, depends_on=[after]),  # a machine takes one extension at a time
        )
        rule = monitor.DataCollectionRule(
            f"{self._name}-logs",
            data_collection_rule_name=names.general(context.environment.name, "jump"),
            resource_group_name=self._home.name,
            location=self._home.location,
            kind="Linux",
            data_sources={
                "syslog": [
                    {
                        "name": "sessions",
                        "streams": [LOG_STREAM],
                        "facility_names": list(FACILITIES),
                        "log_levels": ["Info", "Notice", "Warning", "Error", "Critical", "Alert", "Emergency"],
                    }
                ]
            },
            destinations={"log_analytics": [{"name": DESTINATION, "workspace_resource_id": keys.workspace_id}]},
            data_flows=[{"streams": [LOG_STREAM], "destinations": [DESTINATION]}],
            opts=child(self, context.main),
        )
        monitor.DataCollectionRuleAssociation(
            f"{self._name}-logs-association",
            association_name=names.general(context.environment.name, "jump"),
            resource_uri=machine.id,
            data_collection_rule_id=rule.id,
            opts=child(self, context.main, depends_on=[agent]),
        )
