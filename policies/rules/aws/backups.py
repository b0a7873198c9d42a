"""Backup vaults, plans and copies; the database in a plan; its query log. Facts: AWS Backup developer guide."""

from __future__ import annotations

from collections.abc import Iterator

from policies.model import (
    At,
    Finding,
    Graph,
    Level,
    Outcome,
    Resource,
    Severity,
    about,
    bad_if,
    must_have,
    must_not,
    rule,
    stack_rule,
)
from policies.reading.callers import open_to_the_world
from policies.reading.values import UNKNOWN, Truth, all_of, any_of, asked, is_true, negated, one_of, peek, present, services_key
from policies.rules.aws.rds_running import parameter
from policies.settings import Profile

VAULT = "aws:backup/vault:Vault"
PLAN = "aws:backup/plan:Plan"
SELECTION = "aws:backup/selection:Selection"
CLUSTER = "aws:rds/cluster:Cluster"


@rule(
    "backup-vault-own-key",
    on=VAULT,
    severity=Severity.HIGH,
    frameworks=("FSBP Backup.1", "NIST 800-53 SC-28"),
    remedy="Set kmsKeyArn",
)
def vault_own_key(r: Resource) -> Iterator[Outcome]:
    """Backups are encrypted with a key of our own."""
    yield from must_have(r, "kmsKeyArn", "is not given")
    yield from must_not(r, "kmsKeyArn", services_key, "is the service's key")


@rule("backup-vault-not-public", on="aws:backup/vaultPolicy:VaultPolicy", severity=Severity.CRITICAL, remedy="Name principals")
def vault_not_public(r: Resource) -> Iterator[Outcome]:
    """Nobody from outside reads or deletes backups."""
    yield from open_to_the_world(r, "policy", "allows everybody")


@rule(
    "backup-plan-copies",
    on=PLAN,
    severity=Severity.HIGH,
    frameworks=("NIST 800-53 CP-9", "NIST 800-53 CP-6"),
    profile=Profile.PRODUCTION,
    remedy="Give a rule copyActions to a vault of ours in another Region or account",
)
def plan_copies(r: Resource) -> Iterator[Outcome]:
    """A backup plan copies what it makes to another vault."""
    copied = any_of(
        UNKNOWN if seen.value is UNKNOWN else present(peek(seen.value, "destinationVaultArn"))
        for seen in r.each("rules[*].copyActions[*]")
    )
    yield from bad_if(negated(copied), "rules", "copies to no other vault")


@stack_rule(
    "rds-in-backup-plan",
    on=CLUSTER,
    severity=Severity.HIGH,
    frameworks=("FSBP RDS.26", "NIST 800-53 CP-9"),
    profile=Profile.PRODUCTION,
    remedy="Add a Selection of a backup plan that names the cluster, or its tags",
)
def in_backup_plan(graph: Graph) -> Iterator[At]:
    """Every database cluster is in a backup plan."""
    for cluster in graph.of(CLUSTER):
        selected = graph.companions(cluster, SELECTION, by="resources") or any(
            present(one.at("selectionTags")) or present(one.at("conditions")) for one in graph.of(SELECTION)
        )
        if not selected:
            yield At(cluster, Finding("", "is in no backup plan"))


def _postgres(cluster: Resource) -> Truth:
    return asked(lambda v: isinstance(v, str) and "postgres" in v, cluster.at("engine"))


def _logs_queries(group: Resource) -> Truth:
    statements = parameter(group, "log_statement")
    duration = parameter(group, "log_min_duration_statement")
    return all_of([asked(one_of("all", "mod", "ddl"), statements), asked(lambda v: v not in (None, "-1", -1), duration)])


def _grouped(graph: Graph, one: Resource, kinds: tuple[str, ...], by: str) -> list[Resource]:
    """Parameter groups that a database names."""
    return [group for group in graph.of(*kinds) if graph.refers(one, group, by)]


@stack_rule(
    "rds-queries-logged",
    on=(CLUSTER, "aws:rds/instance:Instance"),
    severity=Severity.MEDIUM,
    frameworks=("NIST 800-53 AU-12",),
    remedy="Set log_statement to ddl or more, and log_min_duration_statement",
)
def queries_logged(graph: Graph) -> Iterator[At]:
    """PostgreSQL writes down what changes it, by its parameter group."""
    for kind, groups, by in (
        (CLUSTER, ("aws:rds/clusterParameterGroup:ClusterParameterGroup",), "dbClusterParameterGroupName"),
        ("aws:rds/instance:Instance", ("aws:rds/parameterGroup:ParameterGroup",), "parameterGroupName"),
    ):
        for one in graph.of(kind):
            if _postgres(one) is False:
                continue
            logged = any_of(_logs_queries(group) for group in _grouped(graph, one, groups, by))
            yield from about(one, negated(logged), by, "names no group of this stack that logs statements")


@stack_rule(
    "rds-instance-tls-forced",
    on="aws:rds/instance:Instance",
    severity=Severity.HIGH,
    frameworks=("FSBP RDS.38",),
    remedy="Set rds.force_ssl (or require_secure_transport) to 1 in the parameter group",
)
def instance_tls_forced(graph: Graph) -> Iterator[At]:
    """A single database refuses connections without TLS, by its parameter group."""
    for one in graph.of("aws:rds/instance:Instance"):
        for group in _grouped(graph, one, ("aws:rds/parameterGroup:ParameterGroup",), "parameterGroupName"):
            forced = any_of(
                [
                    any_of(asked(is_true, parameter(group, name)) for name in ("rds.force_ssl", "require_secure_transport")),
                    asked(one_of("ssl"), parameter(group, "db2comm")),
                ]
            )
            yield from about(one, negated(forced), "parameterGroupName", "names a group that does not force TLS")


@rule("backup-plan-has-rules", on=PLAN, severity=Severity.HIGH, remedy="Give rules with a schedule", level=Level.MANDATORY)
def plan_has_rules(r: Resource) -> Iterator[Outcome]:
    """A backup plan backs up on a schedule."""
    yield from bad_if(not present(r.at("rules")), "rules", "is empty")
    for seen in r.each("rules[*]"):
        if isinstance(seen.value, dict):
            yield from bad_if(not present(seen.value.get("schedule")), f"{seen.path}.schedule", "is not given")
