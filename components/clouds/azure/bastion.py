"""The way in for administrators: Azure Bastion in front, one small machine behind it (OOB-30 to OOB-33).

It carries the tunnel to the Kubernetes API and to the database. Bastion answers on the internet, to whoever has a token of the
directory and the right to read it; the machine answers Bastion alone, and only people with Azure's role for signing in to it.
Who opened which session, when and from where is in Bastion's audit log; who signed in and what was run is in the machine's own.
"""

from __future__ import annotations

from pulumi import ComponentResource, Output, Resource
from pulumi_azure_native import network

from components.clouds.azure import names, tunnel
from components.clouds.azure.diagnostics import diagnose
from components.clouds.azure.handles import AzureBastion, AzureCluster, AzureDatabase, AzureKeys, AzureNetwork, Context
from components.clouds.azure.jump_machine import JumpMachine
from components.clouds.azure.names_firewall import public_address
from components.clouds.azure.roles import grant
from components.clouds.azure.sizes import SIZES
from components.options import child

SCALE_UNITS = 2  # the least; forty sessions at once


class Bastion(ComponentResource):
    """Bastion, machine and rights. `outputs.ready` is all of it: a tunnel needs every part."""

    def __init__(
        self,
        name: str,
        context: Context,
        keys: AzureKeys,
        network: AzureNetwork,
        cluster: AzureCluster,
        database: AzureDatabase,
        parent: Resource,
    ) -> None:
        super().__init__("oob:azure:Bastion", name, None, child(parent))
        del database  # the rules of its subnet let the jump machine in
        self._name, self._context = name, context
        host = self._host(keys, network)
        machine = JumpMachine(
            f"{name}-jump",
            context,
            keys,
            home=network.runtime,
            subnet_id=network.jump_subnet_id,
            disks_id=cluster.disk_encryption_set_id,
            ready=network.egress_ready,
            parent=self,
        )
        self._administrators(host.id, machine)
        environment = context.environment
        self.outputs = AzureBastion(
            ready=self,
            command=Output.from_input(
                f"./oob tunnel {environment.labels.stack}  # or a shell: "
                + " ".join(tunnel.shell(context.subscription, environment.name))
            ),
            machine_id=machine.id,
            host_id=host.id,
        )
        self.register_outputs({})

    def _host(self, keys: AzureKeys, reached: AzureNetwork) -> network.BastionHost:
        """Tunnels for native clients and nothing else: no files, no clipboard, no links to pass on, no addresses at will."""
        context, home = self._context, reached.runtime
        address = public_address(f"{self._name}-address", context, self, home, "bastion")
        host = network.BastionHost(
            f"{self._name}-host",
            bastion_host_name=names.bastion_host(context.environment.name),
            resource_group_name=home.name,
            location=home.location,
            sku={"name": SIZES[context.environment.size].bastion_sku},
            scale_units=SCALE_UNITS,
            enable_tunneling=True,
            disable_copy_paste=True,
            enable_file_copy=False,
            enable_ip_connect=False,
            enable_kerberos=False,
            enable_shareable_link=False,
            ip_configurations=[
                {
                    "name": "outside",
                    "public_ip_address": {"id": address.id},
                    "subnet": {"id": reached.bastion_subnet_id},
                    "private_ip_allocation_method": "Dynamic",
                }
            ],
            opts=child(self, context.main),
        )
        diagnose(f"{self._name}-log", context, self, host.id, keys)
        diagnose(f"{self._name}-address-log", context, self, address.id, keys)
        return host

    def _administrators(self, host_id: Output[str], machine: JumpMachine) -> None:
        """What a native client needs: see Bastion, the machine and its interface, and sign in to the machine."""
        wanted = {
            "signs-in": (machine.id, "Virtual Machine Administrator Login"),
            "sees-machine": (machine.id, "Reader"),
            "sees-interface": (machine.interface_id, "Reader"),
            "sees-bastion": (host_id, "Reader"),
        }
        for group in self._context.settings.cluster.administrators:
            for what, (scope, role) in wanted.items():
                grant(
                    f"{self._name}-{group}-{what}",
                    self._context,
                    self,
                    scope=scope,
                    principal_id=group,
                    role=role,
                    kind="Group",
                )
