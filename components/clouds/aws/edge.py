"""The edge: a load balancer with a firewall before it and TLS behind it, made by the program alone (OOB-19, AWS-13 to AWS-37).

The targets are a fixed node port, so no controller in the cluster makes anything in AWS and `destroy` leaves nothing behind.
The load balancer does not verify the certificate of the ingress controller; it cannot (TLS-06). It keeps the client's address in
X-Forwarded-For by adding to what it was sent; the ingress controller believes the last one only.
"""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, Output, Resource, ResourceOptions

from components.clouds.aws.edge_certificate import EdgeCertificate
from components.clouds.aws.firewall import Firewall
from components.clouds.aws.gate import HTTP, HTTPS, Gate, people
from components.clouds.aws.handles import AwsCluster, AwsEdge, AwsKeys, AwsNetwork, AwsObjects, AwsZone, Context
from components.clouds.aws.health_checkers import HEALTH_CHECKERS
from components.contract import PING_PATH, EdgeSpec, access_layer
from components.options import child

# TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only, and a key exchange that holds against quantum computers
# where the client knows it. Route 53's health checkers speak 1.2.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
HSTS = "max-age=15768000"  # PREP-149: six months, as at the ingress
STICKY_COOKIE = "MMCSRF"  # AWS-30
DRAIN_SECONDS = 30  # open WebSockets are closed by the ingress before; the rest is short
LOG_PREFIX = "edge"
CONNECTION_LOG_PREFIX = "edge-connections"


class Edge(ComponentResource):
    """Load balancer, listeners, target group, firewall and certificate. `outputs` is what names and the watch need."""

    def __init__(
        self,
        name: str,
        context: Context,
        spec: EdgeSpec,
        keys: AwsKeys,
        network: AwsNetwork,
        cluster: AwsCluster,
        zone: AwsZone,
        objects: AwsObjects,
        parent: Resource,
    ) -> None:
        super().__init__("oob:aws:Edge", name, None, child(parent))
        self._name, self._context = name, context
        self._inside = context.settings.edge.scheme == "internal"
        listed = people(spec.access)
        # Inside, Route 53 sees nothing: what asks for the health of the environment then stands in the application subnets.
        checkers = network.application_cidrs if self._inside else HEALTH_CHECKERS
        gate = Gate(
            f"{name}-gate",
            context,
            vpc_id=network.vpc_id,
            node_group_id=cluster.node_group_id,
            node_port=cluster.ingress.port,
            checkers=checkers,
            listed=listed,
            parent=self,
        )
        firewall = Firewall(
            f"{name}-firewall", context, keys, checkers=checkers, people=listed, log_days=spec.log_days, parent=self
        )
        certificate = EdgeCertificate(f"{name}-certificate", context, spec.site, spec.backup_certificate, zone, self)
        balancer = self._balancer(spec, network, objects, gate)
        aws.wafv2.WebAclAssociation(
            f"{name}-association", resource_arn=balancer.arn, web_acl_arn=firewall.arn, opts=self._options()
        )
        targets = self._targets(spec, network, cluster)
        self._listeners(balancer, targets, certificate)
        self.outputs = AwsEdge(
            address=balancer.dns_name,
            access_layer=access_layer(spec.access, context.settings.edge.waf_blocks),
            certificate_records=certificate.records,
            load_balancer_arn=balancer.arn,
            load_balancer_suffix=balancer.arn_suffix,
            load_balancer_zone_id=balancer.zone_id,
            target_group_suffix=targets.arn_suffix,
            acl_arn=firewall.arn,
            acl_name=firewall.acl_name,
            group_id=gate.group_ids[0],
            certificate_arn=certificate.arn,
            log_key_arn=keys.main["logs"],
            probe_subnet_ids=network.application_subnet_ids if self._inside else (),
            probe_group_id=self._probe_group(network, gate.group_ids[0]) if self._inside else None,
        )
        self.register_outputs({})

    def _options(self) -> ResourceOptions:
        return child(self, self._context.main)

    def _balancer(self, spec: EdgeSpec, network: AwsNetwork, objects: AwsObjects, gate: Gate) -> aws.lb.LoadBalancer:
        return aws.lb.LoadBalancer(
            f"{self._name}-balancer",
            load_balancer_type="application",
            internal=self._inside,  # AWS-32
            ip_address_type="ipv4",
            subnets=list(network.public_subnet_ids),  # AWS-33
            security_groups=list(gate.group_ids),  # AWS-34
            enable_deletion_protection=not self._context.environment.disposable,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            preserve_host_header=True,
            xff_header_processing_mode="append",
            enable_xff_client_port=False,
            enable_http2=True,
            enable_waf_fail_open=False,
            enable_cross_zone_load_balancing=True,
            idle_timeout=spec.idle_timeout_seconds,  # PREP-150
            access_logs={"bucket": objects.plain_logs_name, "prefix": LOG_PREFIX, "enabled": True},
            connection_logs={"bucket": objects.plain_logs_name, "prefix": CONNECTION_LOG_PREFIX, "enabled": True},
            tags={"Name": f"{self._context.environment.name}-edge"},
            opts=self._options(),
        )

    def _targets(self, spec: EdgeSpec, network: AwsNetwork, cluster: AwsCluster) -> aws.lb.TargetGroup:
        """Every node on the fixed port, over TLS (AWS-27 to AWS-30, TLS-06). A node without an ingress pod takes no traffic."""
        targets = aws.lb.TargetGroup(
            f"{self._name}-targets",
            vpc_id=network.vpc_id,
            target_type="instance",
            protocol="HTTPS",
            protocol_version="HTTP1",  # WebSockets are an upgrade of HTTP/1.1
            port=cluster.ingress.port,
            deregistration_delay=DRAIN_SECONDS,
            load_balancing_algorithm_type="round_robin",
            health_check={
                "enabled": True,
                "protocol": "HTTPS",
                "port": "traffic-port",
                "path": PING_PATH,  # AWS-28
                "matcher": "200",
                "interval": 10,
                "timeout": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 3,
            },
            stickiness={
                "enabled": True,
                "type": "app_cookie",
                "cookie_name": STICKY_COOKIE,
                "cookie_duration": spec.stickiness_seconds,
            },
            opts=self._options(),
        )
        for number, group in enumerate(cluster.scaling_group_names, 1):
            aws.autoscaling.Attachment(
                f"{self._name}-attachment-{number}",
                autoscaling_group_name=group,
                lb_target_group_arn=targets.arn,
                opts=self._options(),
            )
        return targets

    def _listeners(self, balancer: aws.lb.LoadBalancer, targets: aws.lb.TargetGroup, certificate: EdgeCertificate) -> None:
        """443 forwards (AWS-36), 80 only says where 443 is (AWS-35, PREP-138)."""
        aws.lb.Listener(
            f"{self._name}-redirect",
            load_balancer_arn=balancer.arn,
            port=HTTP,
            protocol="HTTP",
            default_actions=[
                {"type": "redirect", "redirect": {"port": str(HTTPS), "protocol": "HTTPS", "status_code": "HTTP_301"}}
            ],
            opts=self._options(),
        )
        aws.lb.Listener(
            f"{self._name}-https",
            load_balancer_arn=balancer.arn,
            port=HTTPS,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=certificate.arn,
            routing_http_response_strict_transport_security_header_value=HSTS,
            routing_http_response_server_enabled=False,
            default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
            opts=self._options(),
        )

    def _probe_group(self, network: AwsNetwork, balancer_group: Output[str]) -> Output[str]:
        """Where a probe from inside stands: out to the load balancer, AWS's endpoints and S3, and nothing in (OOB-75)."""
        group = aws.ec2.SecurityGroup(
            f"{self._name}-probe-group",
            vpc_id=network.vpc_id,
            description="Probe of the out-of-band environment from inside",
            tags={"Name": f"{self._context.environment.name}-probe"},
            opts=self._options(),
        )
        for purpose, target in (("balancer", balancer_group), ("endpoints", network.endpoint_group_id)):
            aws.vpc.SecurityGroupEgressRule(
                f"{self._name}-probe-to-{purpose}",
                security_group_id=group.id,
                description=f"HTTPS to the {purpose}",
                ip_protocol="tcp",
                from_port=HTTPS,
                to_port=HTTPS,
                referenced_security_group_id=target,
                opts=self._options(),
            )
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-probe-to-buckets",
            security_group_id=group.id,
            description="HTTPS to S3, for results",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            prefix_list_id=network.bucket_prefix_list_id,
            opts=self._options(),
        )
        return group.id
