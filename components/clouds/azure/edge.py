"""The edge: an application gateway with a firewall in it and TLS before and behind it (OOB-19 to OOB-23, AWS-13 to AWS-37).

Its one target is the fixed address that the ingress controller's load balancer holds inside the network. The gateway verifies
the ingress controller's certificate against the internal authority, by the name that the client asked for (TLS-06). It keeps the
client's address in X-Forwarded-For by adding to what it was sent; the ingress controller believes the last one only.
"""

from __future__ import annotations

from pulumi import ComponentResource, Output, Resource
from pulumi_azure_native import network

from components.clouds.azure import gateway, names
from components.clouds.azure.diagnostics import diagnose
from components.clouds.azure.edge_certificate import Served, certificate
from components.clouds.azure.firewall import firewall_policy, people
from components.clouds.azure.handles import AzureCluster, AzureEdge, AzureKeys, AzureNetwork, AzureObjects, AzureZone, Context
from components.clouds.azure.health_checkers import HEALTH_CHECKERS
from components.clouds.azure.names_firewall import ZONES
from components.clouds.azure.sizes import SIZES
from components.contract import EdgeSpec, access_layer
from components.naming import physical
from components.options import child


class Edge(ComponentResource):
    """Public address, firewall policy, certificate and gateway. `outputs` is what names and the watch need."""

    def __init__(
        self,
        name: str,
        context: Context,
        spec: EdgeSpec,
        keys: AzureKeys,
        network: AzureNetwork,
        cluster: AzureCluster,
        zone: AzureZone,
        objects: AzureObjects,
        parent: Resource,
    ) -> None:
        super().__init__("oob:azure:Edge", name, None, child(parent))
        del zone, objects  # the name is dns's to point here; logs go where all logs go
        self._name, self._context, self._home = name, context, network.runtime
        served = certificate(f"{name}-certificate", context, self, self._home, keys, spec.backup_certificate)
        policy = firewall_policy(
            f"{name}-firewall",
            context,
            self,
            self._home,
            checkers=HEALTH_CHECKERS,
            listed=people(spec.access),
            upload_megabytes=spec.max_upload_megabytes,
        )
        label = physical(names.PUBLIC_LABEL, context.environment.name, "edge", context.subscription)
        address = self._public_address(label)
        made = self._gateway(spec, network, cluster, served, policy, address)
        logs = (
            diagnose(f"{name}-gateway-log", context, self, made.id, keys),
            diagnose(f"{name}-address-log", context, self, address.id, keys),
        )
        self.outputs = AzureEdge(
            address=Output.from_input(f"{label}.{context.location}.cloudapp.azure.com"),
            access_layer=access_layer(spec.access, context.settings.edge.waf_blocks),
            gateway_id=made.id,
            policy_id=policy.id,
            public_address_id=address.id,
            public_address=address.ip_address.apply(lambda found: found or ""),
            log_ready=logs,
        )
        self.register_outputs({})

    def _public_address(self, label: str) -> network.PublicIPAddress:
        """The one address of the environment that people meet, held by all three zones."""
        return network.PublicIPAddress(
            f"{self._name}-address",
            public_ip_address_name=names.general(self._context.environment.name, "edge", "address"),
            resource_group_name=self._home.name,
            location=self._home.location,
            sku={"name": "Standard", "tier": "Regional"},
            zones=list(ZONES),
            public_ip_allocation_method="Static",
            public_ip_address_version="IPv4",
            dns_settings={"domain_name_label": label},
            opts=child(self, self._context.main),
        )

    def _gateway(
        self,
        spec: EdgeSpec,
        inside: AzureNetwork,
        cluster: AzureCluster,
        served: Served,
        policy: network.WebApplicationFirewallPolicy,
        address: network.PublicIPAddress,
    ) -> network.ApplicationGateway:
        context = self._context
        environment, size = context.environment, SIZES[context.environment.size]
        own_name = names.general(environment.name, "edge")
        parts = gateway.Parts(context.subscription, names.resource_group(environment.name, "runtime"), own_name)
        return network.ApplicationGateway(
            f"{self._name}-gateway",
            application_gateway_name=own_name,
            resource_group_name=self._home.name,
            location=self._home.location,
            zones=list(ZONES),
            sku={"name": "WAF_v2", "tier": "WAF_v2"},
            autoscale_configuration={"min_capacity": size.gateway_min, "max_capacity": size.gateway_max},
            enable_http2=True,
            firewall_policy={"id": policy.id},
            identity={"type": network.ResourceIdentityType.USER_ASSIGNED, "user_assigned_identities": [served.identity]},
            ssl_policy={"policy_type": "Predefined", "policy_name": gateway.TLS_POLICY},
            ssl_certificates=[{"name": gateway.CERTIFICATE, "key_vault_secret_id": served.secret}],
            trusted_root_certificates=[{"name": gateway.AUTHORITY, "data": spec.ingress_trust.apply(gateway.certificate_data)}],
            gateway_ip_configurations=[{"name": "inside", "subnet": {"id": inside.gateway_subnet_id}}],
            frontend_ip_configurations=[{"name": gateway.FRONTEND, "public_ip_address": {"id": address.id}}],
            frontend_ports=list(gateway.ports()),
            backend_address_pools=[{"name": gateway.TARGET, "backend_addresses": [{"ip_address": cluster.ingress.address}]}],
            backend_http_settings_collection=[gateway.backend(parts, spec.idle_timeout_seconds)],
            probes=[gateway.probe(spec.site.host)],
            http_listeners=gateway.listeners(parts, [spec.site.host, spec.site.direct_host]),
            rewrite_rule_sets=[gateway.rewrites()],
            redirect_configurations=[gateway.redirect(parts)],
            request_routing_rules=gateway.routes(parts),
            opts=child(self, context.main, depends_on=[*served.ready, *inside.vault_ready]),
        )
