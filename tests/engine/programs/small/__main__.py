"""A small program of the real one's shape: three packages, components, explicit providers, secrets, a protected bucket."""

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pulumi_random as random
from pulumi import ComponentResource, Output, ResourceOptions

config = pulumi.Config()
protect = config.get_bool("protect") or False
licence = config.get_secret("licence") or Output.secret("none")

cloud = aws.Provider("aws", region="eu-central-1", allowed_account_ids=["444455556666"])
chance = random.Provider("random")


class Storage(ComponentResource):
    """A bucket and its key."""

    def __init__(self, name: str) -> None:
        super().__init__("small:index:Storage", name, None, None)
        here = ResourceOptions(parent=self, provider=cloud)
        key = aws.kms.Key(f"{name}-key", description=config.get("description") or "first", opts=here)
        kept = ResourceOptions.merge(here, ResourceOptions(protect=protect))
        self.bucket = aws.s3.Bucket(f"{name}-bucket", tags={"key": key.arn}, opts=kept)
        self.register_outputs({})


class Cluster(ComponentResource):
    """A cluster that everything else waits for."""

    def __init__(self, name: str) -> None:
        super().__init__("small:index:Cluster", name, None, None)
        here = ResourceOptions(parent=self, provider=cloud)
        role = aws.iam.Role(f"{name}-role", name=f"{name}-role", assume_role_policy="{}", opts=here)
        self.cluster = aws.eks.Cluster(f"{name}-eks", role_arn=role.arn, vpc_config={"subnet_ids": ["subnet-1"]}, opts=here)
        self.register_outputs({})


storage = Storage("storage")
cluster = Cluster("cluster")
password = random.RandomPassword(
    "password", length=32, keepers={"generation": config.get("generation") or "1"}, opts=ResourceOptions(provider=chance)
)
in_cluster = kubernetes.Provider("kubernetes", kubeconfig=cluster.cluster.endpoint, cluster_identifier="small")
inside = ResourceOptions(provider=in_cluster)
crds = kubernetes.yaml.v2.ConfigFile("crds", file="crds.yaml", opts=ResourceOptions(providers=[in_cluster]))
space = kubernetes.core.v1.Namespace("space", metadata={"name": "space"}, opts=inside)
secret = kubernetes.core.v1.Secret(
    "secret",
    metadata={"name": "secret", "namespace": space.metadata.name},
    string_data={"password": password.result, "licence": licence},
    opts=inside,
)
for index in range(int(config.get("maps") or "3")):
    kubernetes.core.v1.ConfigMap(
        f"map-{index}",
        metadata={"namespace": space.metadata.name},
        data={"bucket": storage.bucket.bucket},
        opts=ResourceOptions(provider=in_cluster, depends_on=[secret]),
    )
pulumi.export("bucket", storage.bucket.bucket)
pulumi.export("connection", Output.concat("postgres://user:", password.result, "@host"))
