"""Everything inside the cluster, in the order in which it comes to be; reads as the inventory of it."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi import ComponentResource, Output, Resource, ResourceOptions

from components.platform.accounts import Accounts
from components.platform.addons import Addons
from components.platform.alert_log import AlertLog
from components.platform.certificates import Certificates
from components.platform.connections import Connections
from components.platform.database_bootstrap import DatabaseBootstrap
from components.platform.database_load import DatabaseLoad
from components.platform.dumps import Dumps
from components.platform.exports import Exports
from components.platform.heartbeat import Heartbeat
from components.platform.images import Images
from components.platform.ingress import Ingress
from components.platform.inputs import PlatformInputs
from components.platform.licence import LicenceWatch
from components.platform.mattermost import MattermostInstallation
from components.platform.monitoring import Monitoring
from components.platform.namespaces import Namespaces
from components.platform.network_policies import NetworkPolicies
from components.platform.operator import Operator
from components.platform.restore import Restore
from components.platform.routes import Routes
from components.platform.transport import Hop, table
from components.platform.velero import Velero


def images_of(inputs: PlatformInputs) -> Images:
    """Image references; the stack file itself chooses the versions of the server and of the operator."""
    mattermost = inputs.stack.mattermost
    chosen = {"mattermost": mattermost.version, "mattermost-operator": f"v{mattermost.operator_version}"}
    return Images(inputs.stack.images, chosen)


def application_secrets(inputs: PlatformInputs) -> dict[str, Output[str]]:
    """What the vault keeps beside the break-glass accounts, by name (OOB-104, PREP-89)."""
    credentials = inputs.credentials
    found = {
        "administrator": credentials.administrator_password,
        "database": credentials.database_password,
        "grafana": credentials.grafana_password,
        "heartbeat-key": credentials.heartbeat_key,
    }
    if inputs.identity is not None:
        found["sign-in-client"] = inputs.identity.client_secret
    if inputs.secrets.smtp_password is not None:
        found["mail"] = inputs.secrets.smtp_password
    return found


class Platform(ComponentResource):
    """The cluster's content. `transport` is the table of hops; the secrets go to the vault, never into an output."""

    def __init__(self, name: str, inputs: PlatformInputs, opts: ResourceOptions) -> None:
        super().__init__("oob:platform:Platform", name, None, opts)
        images = images_of(inputs)

        namespaces = Namespaces("namespaces", inputs, self)
        policies = NetworkPolicies("network-policies", inputs, self, depends_on=list(namespaces.made.values()))
        ground: list[Resource] = [*namespaces.ready, *policies.denials.values()]
        Addons("addons", inputs, images, self, depends_on=ground)

        certificates = Certificates("certificates", inputs, images, self, depends_on=ground)
        operator = Operator("operator", inputs, images, self, depends_on=ground)
        connections = Connections("connections", inputs, self, depends_on=ground)
        bootstrap = DatabaseBootstrap("database-bootstrap", inputs, images, self, depends_on=[connections])
        accounts = Accounts("accounts", inputs, images, self, depends_on=[connections])
        velero = Velero("velero", inputs, images, self, depends_on=ground)
        filled = bootstrap.ready
        if inputs.database.load is not None:
            filled = DatabaseLoad("database-load", inputs, images, inputs.database.load, self, depends_on=[bootstrap.ready]).ready
        restored: list[Resource] = []
        if inputs.environment.disposable:
            restored = Restore("restore", inputs, images, self, depends_on=[velero.ready, filled]).ready

        mattermost = MattermostInstallation(
            "mattermost",
            inputs,
            images,
            self,
            administration=accounts.administration,
            depends_on=[operator.ready, certificates.server, bootstrap.ready, *accounts.made, *restored],
        )
        ingress = Ingress("ingress", inputs, images, self, depends_on=[*ground, certificates.ingress])
        Routes(
            "routes",
            inputs,
            self,
            depends_on=[ingress.ready, certificates.proxy_trust, mattermost.ready, mattermost.service],
        )
        if not inputs.environment.disposable:
            # A drill looks at a copy: it writes no backup and posts no marker of its own (ADR 0013).
            Dumps("dumps", inputs, images, self, depends_on=[bootstrap.ready])
            Heartbeat("heartbeat", inputs, images, self, depends_on=[mattermost.ready, certificates.pod_trust])
            if inputs.stack.mattermost.licensed:
                LicenceWatch("licence", inputs, images, self, depends_on=[mattermost.ready])
            Exports("exports", inputs, images, self, depends_on=[mattermost.ready, velero.ready])
        alerts = AlertLog("alert-log", inputs, images, self, depends_on=ground)
        Monitoring("monitoring", inputs, images, self, depends_on=[*ground, *alerts.ready])

        self.application_secrets: Mapping[str, Output[str]] = application_secrets(inputs)
        self.break_glass_secrets: Mapping[str, Output[str]] = accounts.break_glass_secrets
        self.transport: dict[str, Hop] = table(inputs.stack)
        self.register_outputs({})
