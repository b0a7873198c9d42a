"""What containers write, and what Kubernetes says about them, in the workspace (OOB-122).

AKS's agent takes its instructions from a data collection rule that is associated with the cluster under a prescribed name.
Source: "Enable monitoring for Kubernetes clusters" in the Azure Monitor documentation.
"""

from __future__ import annotations

from pulumi import Input, Resource
from pulumi_azure_native import monitor

from components.clouds.azure import names
from components.clouds.azure.handles import AzureKeys, Context, Group
from components.options import child

AGENT = "omsagent"  # the add-on's key among a cluster's add-ons
ASSOCIATION = "ContainerInsightsExtension"
STREAMS = ("Microsoft-ContainerLogV2", "Microsoft-KubeEvents", "Microsoft-KubePodInventory", "Microsoft-KubeNodeInventory")
DESTINATION = "workspace"


def collect(
    name: str, context: Context, parent: Resource, home: Group, keys: AzureKeys, cluster_id: Input[str]
) -> tuple[Resource, ...]:
    """The rule and its association with the cluster. Numbers are left to Prometheus, so only logs and inventory are sent."""
    rule = monitor.DataCollectionRule(
        name,
        data_collection_rule_name=names.general(context.environment.name, "containers"),
        resource_group_name=home.name,
        location=home.location,
        kind="Linux",
        data_sources={
            "extensions": [
                {
                    "name": ASSOCIATION,
                    "extension_name": "ContainerInsights",
                    "streams": list(STREAMS),
                    "extension_settings": {
                        "dataCollectionSettings": {
                            "interval": "1m",
                            "namespaceFilteringMode": "Off",
                            "enableContainerLogV2": True,
                        }
                    },
                }
            ]
        },
        destinations={"log_analytics": [{"name": DESTINATION, "workspace_resource_id": keys.workspace_id}]},
        data_flows=[{"streams": list(STREAMS), "destinations": [DESTINATION]}],
        opts=child(parent, context.main),
    )
    association = monitor.DataCollectionRuleAssociation(
        f"{name}-association",
        association_name=ASSOCIATION,
        resource_uri=cluster_id,
        data_collection_rule_id=rule.id,
        opts=child(parent, context.main),
    )
    return (rule, association)
