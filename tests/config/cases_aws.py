"""The rules of AWS with what they must refuse and what they must let pass."""

from __future__ import annotations

from tests.config.cases import DRILL, ECR, PRIMARY_ROLE, Case, passes, refused

OWN_ROLE = "arn:aws:iam::444455556666:role/oob-administrators"
VAULT = "arn:aws:backup:eu-north-1:777766665555:backup-vault:copies"
LOCAL = {"egress.mode": "none", "identity.provider": "local"}

ACCOUNTS = (
    refused(
        "own_account", {"aws.account": "999988886666"}, ("aws.account", "'999988886666' is an account of the primary", "its own")
    ),
    refused(
        "own_account",
        {"primary.accounts": [], "primary.keys": ["arn:aws:kms:eu-west-1:444455556666:key/1"]},
        ("aws.account", "'444455556666' is an account of the primary (primary.keys[0])", "its own"),
        ("aws.cluster.administrators[0]", "belongs to an account of the primary (primary.keys[0])", "survives"),
    ),
    refused(
        "own_account",
        {"primary.registries": ["444455556666.dkr.ecr.eu-west-1.amazonaws.com"]},
        ("aws.account", "(primary.registries[0])", "its own"),
        ("aws.cluster.administrators[0]", "(primary.registries[0])", "survives"),
    ),
    passes("own_account", {"aws.account": "123412341234"}),
    refused(
        "account_numbers",
        {"primary.accounts": ["9999-8888-7777"]},
        ("primary.accounts[0]", "'9999-8888-7777' is an account number in another spelling", "'999988887777'"),
    ),
    passes("account_numbers", {"primary.accounts": ["acme-primary"]}),
    refused(
        "arns_apart",
        {
            "aws.cluster.administrators": [OWN_ROLE, PRIMARY_ROLE],
            "aws.vault.secondAccountVault": "arn:aws:backup:eu-north-1:999988887777:backup-vault:x-1",
        },
        (
            "aws.cluster.administrators[1]",
            f"'{PRIMARY_ROLE}' belongs to an account of the primary (primary.accounts[0])",
            "survives",
        ),
        ("aws.vault.secondAccountVault", "belongs to an account of the primary (primary.accounts[0])", "survives"),
    ),
    refused(
        "arns_apart",
        {
            "drill.objects.key": "arn:aws:kms:eu-west-1:999988887777:key/5b0e3a4e",
            "drill.database": {"snapshot": "arn:aws:rds:eu-central-1:999988887777:cluster-snapshot:x"},
        },
        ("drill.objects.key", "'arn:aws:kms:eu-west-1:999988887777:key/5b0e3a4e' belongs to", "survives"),
        ("drill.database.snapshot", "'arn:aws:rds:eu-central-1:999988887777:cluster-snapshot:x' belongs to", "survives"),
        of=DRILL,
    ),
    passes("arns_apart", {"aws.cluster.administrators": ["arn:aws:iam::123412341234:user/path/ines"]}),
    refused(
        "mirror_apart",
        {"images.mirror": "999988886666.dkr.ecr.eu-central-1.amazonaws.com/mirror"},
        ("images.mirror", "belongs to an account of the primary (primary.accounts[1])", "your own"),
    ),
    passes("mirror_apart", {"images.mirror": ECR}),
    refused(
        "second_account",
        {"aws.vault.secondAccountVault": "arn:aws:backup:eu-north-1:444455556666:backup-vault:copies"},
        ("aws.vault.secondAccountVault", "lies in aws.account itself", "another account"),
    ),
    passes("second_account", {"aws.vault.secondAccountVault": VAULT}),
    refused(
        "boundary_account",
        {"aws.permissionsBoundary": "arn:aws:iam::123412341234:policy/boundary"},
        ("aws.permissionsBoundary", "lies in another account than aws.account '444455556666'", "that account"),
    ),
    passes("boundary_account", {"aws.permissionsBoundary": "arn:aws:iam::444455556666:policy/teams/boundary"}),
    passes("boundary_account", {"aws.permissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess"}),
    refused(
        "two_regions",
        {"aws.replicaRegion": "eu-central-1"},
        ("aws.replicaRegion", "'eu-central-1' equals aws.region", "another region"),
    ),
    passes("two_regions", {"aws.replicaRegion": "eu-west-1"}),
    refused("known_region", {"aws.region": "mx-central-1"}, ("aws.region", "'mx-central-1'", "eu-central-1")),
    passes("known_region", {"aws.region": "eu-west-2"}),
    refused(
        "enough_zones",
        {"aws.region": "us-west-1"},
        ("aws.network.zones", "3 is more than the 2 that 'us-west-1' (aws.region) offers", "set it to 2"),
    ),
    passes("enough_zones", {"aws.region": "us-west-1", "aws.network.zones": 2}),
    refused(
        "closed_mirror",
        {**LOCAL, "images.mirror": "registry.responders.example.net/mirror"},
        ("images.mirror", "cannot be reached with egress.mode 'none'", "ECR registry in 'eu-central-1'"),
    ),
    refused(
        "closed_mirror",
        {**LOCAL, "images.mirror": "444455556666.dkr.ecr.eu-north-1.amazonaws.com/oob"},
        ("images.mirror", "cannot be reached", "'eu-central-1'"),
    ),
    passes("closed_mirror", {**LOCAL, "images.mirror": ECR}),
    refused(
        "drill_copies",
        {"aws.vault": {"secondAccountVault": VAULT}},
        ("aws.vault.secondAccountVault", "would keep a drill's copies after its destroy", "remove it"),
        of=DRILL,
    ),
    passes("drill_copies", {"aws.vault": {"secondAccountVault": VAULT}}),
)

RANGES = (
    refused("vpc_range", {"aws.network.cidr": "2001:db8::/48"}, ("aws.network.cidr", "'2001:db8::/48' is IPv6", "IPv4")),
    refused("vpc_range", {"aws.network.cidr": "10.64.0.0/15"}, ("aws.network.cidr", "'10.64.0.0/15' is too wide", "/16 to /20")),
    refused(
        "vpc_range", {"aws.network.cidr": "10.64.0.0/21"}, ("aws.network.cidr", "'10.64.0.0/21' is too narrow", "/16 to /20")
    ),
    refused(
        "vpc_range", {"aws.network.cidr": "100.64.0.0/16"}, ("aws.network.cidr", "'100.64.0.0/16' is not private", "10.0.0.0/8")
    ),
    passes("vpc_range", {"aws.network.cidr": "192.168.0.0/16"}),
    passes("vpc_range", {"aws.network.cidr": "10.64.16.0/20"}),
    refused(
        "vpc_apart",
        {"aws.network.cidr": "172.22.0.0/16"},
        ("aws.network.cidr", "'172.22.0.0/16' overlaps '172.20.0.0/14' (primary.cidrs[1])", "does not use"),
    ),
    passes("vpc_apart", {"aws.network.cidr": "172.24.0.0/16"}),
    refused(
        "service_range", {"aws.cluster.serviceCidr": "fd00::/64"}, ("aws.cluster.serviceCidr", "'fd00::/64' is IPv6", "IPv4")
    ),
    refused("service_range", {"aws.cluster.serviceCidr": "10.128.0.0/11"}, ("aws.cluster.serviceCidr", "too wide", "/12 to /24")),
    refused(
        "service_range", {"aws.cluster.serviceCidr": "10.128.0.0/25"}, ("aws.cluster.serviceCidr", "too narrow", "/12 to /24")
    ),
    refused(
        "service_range", {"aws.cluster.serviceCidr": "198.18.0.0/16"}, ("aws.cluster.serviceCidr", "not private", "10.0.0.0/8")
    ),
    passes("service_range", {"aws.cluster.serviceCidr": "10.128.0.0/12"}),
    passes("service_range", {"aws.cluster.serviceCidr": "192.168.3.0/24"}),
    refused(
        "services_apart",
        {"aws.cluster.serviceCidr": "172.20.0.0/16"},
        ("aws.cluster.serviceCidr", "'172.20.0.0/16' overlaps '172.20.0.0/14' (primary.cidrs[1])", "does not use"),
    ),
    refused(
        "services_apart",
        {"aws.cluster.serviceCidr": "10.64.128.0/17"},
        ("aws.cluster.serviceCidr", "'10.64.128.0/17' overlaps aws.network.cidr '10.64.0.0/16'", "outside the VPC"),
    ),
    passes("services_apart", {"aws.cluster.serviceCidr": "10.65.0.0/16"}),
    refused(
        "endpoint_list",
        {
            "aws.cluster.publicEndpointCidrs": [
                "0.0.0.0/0",
                "203.0.113.7/32",
                "2001:db8::/48",
                "198.51.100.0/24",
                "192.168.7.0/24",
            ]
        },
        ("aws.cluster.publicEndpointCidrs[0]", "'0.0.0.0/0' opens the cluster's API to the internet", "real networks"),
        ("aws.cluster.publicEndpointCidrs[1]", "'203.0.113.7/32' overlaps '203.0.113.0/24' (primary.cidrs[2])", "down"),
        ("aws.cluster.publicEndpointCidrs[2]", "'2001:db8::/48' is IPv6", "IPv4"),
        ("aws.cluster.publicEndpointCidrs[4]", "'192.168.7.0/24' is private and never reaches", "public addresses"),
    ),
    passes("endpoint_list", {"aws.cluster.publicEndpointCidrs": ["198.51.100.7/32"]}),
    refused(
        "reachable_list",
        {"access.allowedCidrs": ["192.168.7.0/24", "2001:db8:7::/48", "198.51.100.0/24"]},
        ("access.allowedCidrs[0]", "'192.168.7.0/24' is private and never reaches", "internal"),
        ("access.allowedCidrs[1]", "'2001:db8:7::/48' is IPv6", "IPv4"),
    ),
    passes("reachable_list", {"access.allowedCidrs": ["192.168.7.0/24"], "aws.edge": {"scheme": "internal"}}),
)

VERSIONS = (
    refused(
        "kubernetes", {"aws.cluster.version": "1.34"}, ("aws.cluster.version", "'1.34' is no Kubernetes", "'1.35' or '1.36'")
    ),
    passes("kubernetes", {"aws.cluster.version": "1.35"}),
    refused("postgres", {"aws.database.engineVersion": "15.17"}, ("aws.database.engineVersion", "'15.17' is older than", "16")),
    refused(
        "postgres",
        {"aws.database.engineVersion": "19.1"},
        ("aws.database.engineVersion", "'19.1' is no supported", "15, 16, 17 or 18"),
    ),
    refused(
        "postgres", {"aws.database.engineVersion": "18.3"}, ("aws.database.engineVersion", "newer than the client", "major 17")
    ),
    passes("postgres", {"aws.database.engineVersion": "16.13"}),
    refused(
        "addons",
        {"aws.cluster.addonVersions": {"vpc-cnii": "v1.2.3-eksbuild.1", "coredns": "latest"}},
        ("aws.cluster.addonVersions.vpc-cnii", "'vpc-cnii' is not an add-on", "use one of"),
        ("aws.cluster.addonVersions.coredns", "'latest' is not a version", "v1.2.3-eksbuild.4"),
    ),
    passes("addons", {"aws.cluster.addonVersions": {"vpc-cni": "v1.2.3-eksbuild.1"}}),
    refused(
        "tags",
        {"aws.tags": {"aws:owner": "x", "drillId": "x", "OOB:tier": "1", "a*b": "x", "cost-centre": "42"}},
        ('aws.tags["aws:owner"]', "'aws:owner' is taken", "another key"),
        ("aws.tags.drillId", "'drillId' is taken", "another key"),
        ('aws.tags["OOB:tier"]', "'OOB:tier' is taken", "another key"),
        ('aws.tags["a*b"]', "'a*b' is no legal key", "letters"),
    ),
    passes("tags", {"aws.tags": {"cost-centre": "42", "Team Name": "SRE / on call"}}),
)

RECOVERY_POINT = "arn:aws:backup:eu-central-1:444455556666:recovery-point:1EB3B5E7-9EB0-435A-A80B-108B488B0D45"
COPIED = "arn:aws:rds:eu-north-1:444455556666:cluster-snapshot:awsbackup:copyjob-0a1b2c3d"

SOURCES = (
    refused(
        "drill_database",
        {"drill.database": {"snapshot": RECOVERY_POINT}},
        (
            "drill.database.snapshot",
            f"'{RECOVERY_POINT}' is neither the name nor the ARN",
            "cluster-snapshot:NAME; a recovery point",
        ),
        of=DRILL,
    ),
    refused(
        "drill_database",
        {"drill.database": {"snapshot": COPIED}},
        ("drill.database.snapshot", f"'{COPIED}' lies in 'eu-north-1'", "copy it to aws.region"),
        of=DRILL,
    ),
    refused(
        "drill_database",
        {"drill.database.cluster": "the database"},
        ("drill.database.cluster", "'the database' is neither the name nor the ARN of an Aurora cluster", ":cluster:NAME"),
        of=DRILL,
    ),
    passes("drill_database", {"drill.database": {"snapshot": "rds:oob-database-2026-11-24-01-35"}}, of=DRILL),
    passes(
        "drill_database",
        {"drill.database": {"snapshot": COPIED.replace("eu-north-1", "eu-central-1")}},
        of=DRILL,
    ),
    passes("drill_database", {"drill.database.cluster": "arn:aws:rds:eu-central-1:444455556666:cluster:oob-database"}, of=DRILL),
)

AWS: tuple[Case, ...] = (*ACCOUNTS, *RANGES, *VERSIONS, *SOURCES)
