"""What a person is told about each kind of mistake: the path as in the file, the value as written, why, and what to write.

Not proved here: rules over several settings (test_every_rule.py), files that are not sound as files (test_stackfiles.py).
"""

from __future__ import annotations

import datetime

import pytest

from tests.config.made_up import REMOVED, example, faults

MISSING = {"cloud": "gcp", "gcp": {"project": "x"}, "aws": REMOVED}

TOLD: list[tuple[dict[str, object], str, str, str]] = [
    # keys
    ({"primary.domain": ["acme.example"]}, "primary.domain", "not a known key", "did you mean domains?"),
    ({"site.direct_host": "x"}, "site.direct_host", "not a known key", "did you mean directHost?"),
    ({"aws.cluster.public_endpoint_cidrs": []}, "aws.cluster.public_endpoint_cidrs", "not a known key", "publicEndpointCidrs?"),
    ({"site.colour": "red"}, "site.colour", "not a known key", "known here: directHost, host, zone, zoneDelegated"),
    ({"banner": {"text": "x", "a.b": 1}}, 'banner["a.b"]', "not a known key", "remove it"),
    # clouds and their blocks
    ({"cloud": "azur"}, "cloud", "'azur' is not one of aws, azure", "did you mean azure?"),
    ({"cloud": "awz"}, "cloud", "'awz' is not one of aws", "did you mean aws?"),
    ({"cloud": REMOVED}, "cloud", "required, but not given", "give aws"),
    ({"cloud": None}, "cloud", "given without a value", "give aws"),
    ({"cloud": True}, "cloud", "true is not one of aws", "give aws"),
    ({"gcp": {"project": "x"}}, "gcp", "a block of no cloud that is available (aws, azure)", "remove this block"),
    ({"azure": {"subscription": "x"}}, "azure", "given, but cloud is 'aws'", "remove this block"),
    (MISSING, "cloud", "'gcp' is not one of aws, azure", "give aws or azure"),
    ({"aws": REMOVED}, "aws", "required, because cloud is 'aws'", "block of this cloud"),
    ({"aws": None}, "aws", "given without a value", "give its settings"),
    ({"aws": "yes"}, "aws", "a text stands where a block of settings belongs", "key: value"),
    # kinds of value
    ({"aws.account": 12345670123}, "aws.account", "12345670123 stands without quotes", "the 12 digits again, in quotes"),
    ({"aws.account": "4444-5555-6666"}, "aws.account", "'4444-5555-6666' is not an AWS account", "'444455556666'"),
    ({"aws.account": "44445555666"}, "aws.account", "'44445555666' is not an AWS account", "12 digits"),
    ({"aws.cluster.version": 1.4}, "aws.cluster.version", "1.4 stands without quotes", "in quotes"),
    ({"aws.cluster.version": "1.36.1"}, "aws.cluster.version", "'1.36.1' is not a version of 2 numbers", "'17.9'"),
    ({"aws.database.engineVersion": 17.1}, "aws.database.engineVersion", "17.1 stands without quotes", "in quotes"),
    ({"aws.database.engineVersion": "17"}, "aws.database.engineVersion", "'17' is not a version of 2 numbers", "like '17.9'"),
    ({"mattermost.version": "v12.1.0"}, "mattermost.version", "'v12.1.0' is not a version of 3 numbers", "'12.1.0'"),
    ({"mattermost.version": "12.1"}, "mattermost.version", "'12.1' is not a version of 3 numbers", "12.1.0"),
    ({"mattermost.licensed": "yes"}, "mattermost.licensed", "'yes' is neither true nor false", "true or false, without quotes"),
    ({"backup.vaultLock": 0}, "backup.vaultLock", "0 is neither true nor false", "true or false"),
    ({"backup.retentionDays": "35"}, "backup.retentionDays", "'35' is not a whole number", "35 without quotes"),
    ({"backup.retentionDays": 35.5}, "backup.retentionDays", "35.5 is not a whole number", "digits"),
    ({"backup.retentionDays": True}, "backup.retentionDays", "true is not a whole number", "digits"),
    ({"backup.retentionDays": 36}, "backup.retentionDays", "36 is too large", "35 or less"),
    ({"backup.retentionDays": 1}, "backup.retentionDays", "1 is too small", "7 or more"),
    ({"dns.intervalSeconds": 17}, "dns.intervalSeconds", "17 is not one of 10, 30", "10 or 30"),
    ({"dns.intervalSeconds": "10"}, "dns.intervalSeconds", "'10' is text, not a number", "10 without quotes"),
    ({"size": "larg"}, "size", "'larg' is not one of small, medium, large", "did you mean large?"),
    ({"size": "huge"}, "size", "'huge' is not one of small, medium, large", "small, medium or large"),
    ({"posture": None}, "posture", "given without a value", "hot, warm or cold"),
    ({"organisation": "Acme Corp."}, "organisation", "'Acme Corp.' is not a short name", "lower-case"),
    ({"owner": "ines"}, "owner", "'ines' is not an e-mail address", "name@example.org"),
    ({"owner": "ines@Example.NET."}, "owner", "'ines@Example.NET.' is not", "'ines@example.net'"),
    ({"smtp": "mail.example"}, "smtp", "a text stands where a block", "key: value"),
    ({"owner": None}, "owner", "given without a value", "give an e-mail address, like name@example.org"),
    ({"smtp": None}, "smtp", "given without a value", "host, username, sender"),
    ({"site": None}, "site", "given without a value", "host, directHost, zone"),
    ({"site": REMOVED}, "site", "required, but not given", "host, directHost, zone"),
    ({"site": []}, "site", "a list stands where a block", "key: value"),
    ({"access.allowedCidrs": "198.51.100.0/24"}, "access.allowedCidrs", "'198.51.100.0/24' is not a list", "[198.51.100.0/24]"),
    ({"access.allowedCidrs": "x" * 99}, "access.allowedCidrs", "…' is not a list", "use - or [ ]"),
    ({"primary.stateBackends": "token=abcdef"}, "primary.stateBackends", "'token=…' is not a list", "use - or [ ]"),
    ({"access.allowedCidrs": []}, "access.allowedCidrs", "has 0 entries", "1 or more"),
    ({"access.allowedCidrs": [f"198.51.{n}.0/24" for n in range(51)]}, "access.allowedCidrs", "has 51 entries", "50 or fewer"),
    ({"access.allowedCidrs": {"a": 1}}, "access.allowedCidrs", "a block of settings is not a list", "- or [ ]"),
    ({"access.allowedCidrs[1]": None}, "access.allowedCidrs[1]", "given without a value", "a network, like"),
    ({"access.allowedCidrs[1]": 10}, "access.allowedCidrs[1]", "10 is not text", "in quotes"),
    (
        {"waivers": {"x.y": {"owner": "a@b.example", "expires": "2026-12-31"}}},
        'waivers["x.y"].reason',
        "required, but not given",
        "a text",
    ),
    # names of hosts
    (
        {"site.host": "Chat.acme-oob.example"},
        "site.host",
        "'Chat.acme-oob.example' is not a host name",
        "'chat.acme-oob.example'",
    ),
    ({"site.host": "chat.acme-oob.example."}, "site.host", "'chat.acme-oob.example.'", "'chat.acme-oob.example'"),
    (
        {"site.host": "https://chat.acme-oob.example/x"},
        "site.host",
        "'https://chat.acme-oob.example/x'",
        "'chat.acme-oob.example'",
    ),
    ({"site.host": "chat.acme-oob.example:443"}, "site.host", "'chat.acme-oob.example:443'", "'chat.acme-oob.example'"),
    (
        {"site.host": "b\u00fccher.acme-oob.example"},
        "site.host",
        "'b\u00fccher.acme-oob.example'",
        "'xn--bcher-kva.acme-oob.example'",
    ),
    ({"site.host": "chat"}, "site.host", "'chat' is not a host name", "chat.example.org"),
    ({"site.host": "192.0.2.1"}, "site.host", "'192.0.2.1' is not a host name", "chat.example.org"),
    ({"site.host": "chat_1.acme-oob.example"}, "site.host", "'chat_1.acme-oob.example'", "chat.example.org"),
    ({"egress.domains": ["*.Example.org"]}, "egress.domains[0]", "'*.Example.org' is not a host name", "'*.example.org'"),
    # networks
    (
        {"access.allowedCidrs[0]": "198.51.100.7/24"},
        "access.allowedCidrs[0]",
        "'198.51.100.7/24' is not a network",
        "198.51.100.0/24",
    ),
    ({"access.allowedCidrs[0]": "198.51.100.7"}, "access.allowedCidrs[0]", "'198.51.100.7' is not a network", "198.51.100.7/32"),
    ({"access.allowedCidrs[0]": "198.51.100.0/33"}, "access.allowedCidrs[0]", "'198.51.100.0/33'", "192.0.2.0/24"),
    ({"access.allowedCidrs[0]": "10.0.0.0/255.0.0.0"}, "access.allowedCidrs[0]", "'10.0.0.0/255.0.0.0'", "10.0.0.0/8"),
    ({"access.allowedCidrs[0]": "::ffff:10.0.0.0/104"}, "access.allowedCidrs[0]", "'::ffff:10.0.0.0/104'", "192.0.2.0/24"),
    # addresses, days, moments
    (
        {"primary.issuers": ["http://id.example.org"]},
        "primary.issuers[0]",
        "'http://id.example.org' is not an https",
        "https://id",
    ),
    (
        {"primary.issuers": ["https://ID.example.org/x"]},
        "primary.issuers[0]",
        "'https://ID.example.org/x'",
        "'https://id.example.org/x'",
    ),
    ({"state.backend": "acme-state"}, "state.backend", "'acme-state' is not an address", "s3://bucket"),
    ({"images.mirror": "https://r.example.org/x"}, "images.mirror", "'https://r.example.org/x' is not a registry", "alone"),
    ({"alerts.phones": [4915112345600]}, "alerts.phones[0]", "4915112345600 stands without quotes", "in quotes"),
    (
        {"alerts.phones": ["+49 (151) 123-456 00"]},
        "alerts.phones[0]",
        "'+49 (151) 123-456 00' is not a phone",
        "'+4915112345600'",
    ),
    (
        {"access.openToAll": {"until": "31.12.2026", "reason": "x"}},
        "access.openToAll.until",
        "'31.12.2026' is not a day",
        "2026-12-31",
    ),
    (
        {"access.openToAll": {"until": "2026-02-30", "reason": "x"}},
        "access.openToAll.until",
        "'2026-02-30' is not a day",
        "2026-12-31",
    ),
    ({"access.openToAll": {"until": 20261231, "reason": "x"}}, "access.openToAll.until", "20261231 is not a day", "2026-12-31"),
    ({"access.openToAll.reason": "x"}, "access.openToAll.until", "required, but not given", "a day, like 2026-12-31"),
    ({"banner": {"text": "x", "colour": "red"}}, "banner.colour", "'red' is not a colour", "'#8B0000'"),
    ({"banner": {"text": " "}}, "banner.text", "' ' has spaces at an end", "plain text"),
    ({"foundations.registrar": "one\ntwo"}, "foundations.registrar", "'one\\ntwo' has more than one line", "on one"),
    ({"banner": {"text": ""}}, "banner.text", "'' is too short", "1 character or more"),
    ({"banner": {"text": "x" * 501}}, "banner.text", "\u2026' is too long", "500 characters or fewer"),
    ({"identity.roster": "../roster.yaml"}, "identity.roster", "'../roster.yaml' is not the name of a YAML file", "beside"),
    ({"identity.roster": "nobody.yaml"}, "identity.roster", "'nobody.yaml' does not exist", "folder 'stacks'"),
    # ARNs and regions
    (
        {"aws.cluster.administrators": ["arn:aws:sts::444455556666:assumed-role/admin/ines"]},
        "aws.cluster.administrators[0]",
        "is a session of a role",
        "arn:aws:iam::444455556666:role/admin",
    ),
    (
        {"aws.cluster.administrators": ["arn:aws:iam::444455556666:root"]},
        "aws.cluster.administrators[0]",
        "is not the ARN",
        "role/",
    ),
    ({"aws.cluster.administrators": []}, "aws.cluster.administrators", "has 0 entries", "1 or more"),
    (
        {"aws.permissionsBoundary": "boundary"},
        "aws.permissionsBoundary",
        "'boundary' is not the ARN of a policy",
        "policy/boundary",
    ),
    (
        {"aws.region": "eu-central-1a"},
        "aws.region",
        "'eu-central-1a' is not a region of AWS's commercial partition",
        "eu-central-1",
    ),
    ({"aws.region": "cn-north-1"}, "aws.region", "'cn-north-1' is not a region of AWS's commercial partition", "eu-central-1"),
    ({"aws.edge": {"scheme": "external"}}, "aws.edge.scheme", "'external' is not one of", "did you mean internal?"),
    ({"aws.network.zones": 4}, "aws.network.zones", "4 is too large", "3 or less"),
]


@pytest.mark.parametrize(("changes", "path", "value", "fix"), TOLD, ids=[f"{path}:{value}" for _, path, value, _ in TOLD])
def test_a_mistake_is_told_with_path_value_and_remedy(changes: dict[str, object], path: str, value: str, fix: str) -> None:
    found = [fault for fault in faults(example(changes)) if fault.path == path]
    assert len(found) == 1, [str(fault) for fault in faults(example(changes))]
    assert value in found[0].why
    assert fix in found[0].fix


@pytest.mark.parametrize(("changes", "path"), [(changes, path) for changes, path, _, _ in TOLD])
def test_a_mistake_alone_is_one_fault(changes: dict[str, object], path: str) -> None:
    assert {fault.path for fault in faults(example(changes))} == {path}


def test_a_misspelt_block_of_the_cloud_is_one_fault() -> None:
    wrong = example({"asw": example()["aws"], "aws": REMOVED})
    found = faults(wrong)
    assert [str(fault) for fault in found] == ["asw: not a known key; did you mean aws?"]


def test_the_block_of_a_cloud_is_checked_although_the_cloud_is_misspelt() -> None:
    found = faults(example({"cloud": "awz", "aws.region": "nowhere"}))
    assert [fault.path for fault in found] == ["aws.region", "cloud"]


@pytest.mark.parametrize("value", [None, {}, [], "", "text", 5, True])
def test_what_is_no_block_at_all_is_told_where_to_start(value: object) -> None:
    (found,) = faults(value)
    assert found.path == "oob:stack"
    assert "example.yaml" in found.fix


@pytest.mark.parametrize(
    "day", ["2026-12-31", "2026-12-31 00:00:00 +0000 UTC", "2026-12-31T00:00:00Z", datetime.date(2026, 12, 31)]
)
def test_a_day_is_read_in_every_form_in_which_it_can_arrive(day: object) -> None:
    """The engine hands on an unquoted date in its own notation."""
    assert faults(example({"access.openToAll": {"until": day, "reason": "x"}})) == ()


@pytest.mark.parametrize(
    "when",
    [
        "2026-11-24T03:00:00Z",
        "2026-11-24 03:00:00 +0000 UTC",
        datetime.datetime(2026, 11, 24, 3, tzinfo=datetime.UTC),
        datetime.datetime(2026, 11, 24, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
    ],
)
def test_a_moment_is_read_in_every_form_in_which_it_can_arrive(when: object) -> None:
    from tests.config.made_up import parsed

    drill = parsed(example({"drill.database.pointInTime": when}, of="aws-drill-example")).stack.drill
    assert drill is not None
    assert drill.database.point_in_time == "2026-11-24T03:00:00Z"


@pytest.mark.parametrize(
    "when", ["2026-11-24T03:00:00", "2026-11-24T25:00:00Z", "2026-11-31T00:00:00Z", "latest", 20261124, "2026-11-24"]
)
def test_what_is_no_moment_in_utc_is_refused(when: object) -> None:
    (found,) = faults(example({"drill.database.pointInTime": when}, of="aws-drill-example"))
    assert found.path == "drill.database.pointInTime"
    assert "is not a moment in UTC" in found.why
