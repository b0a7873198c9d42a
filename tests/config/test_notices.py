"""What a person should know although nothing is wrong; dates end here, so that no stack stops planning one morning.

Not proved: that the dates of support are still those of the makers.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from components import versions
from components.notices import expired_drill, notices, without_digest
from tests.config.made_up import DAY, example, faults, parsed

DRILL = "aws-drill-example"
WAIVER = {"reason": "replaced next week", "owner": "sre@responders.example.net", "expires": "2099-12-31"}

SAID: list[tuple[str, dict[str, object], str, str]] = [
    ("aws-example", {}, "velero is tested by its makers on Kubernetes 1.33 to 1.35, not on 1.36", "aws.cluster.version=1.35"),
    (
        "aws-example",
        {"mattermost.version": "11.11.0"},
        "Mattermost 11.11.0 (mattermost.version) loses support on 2026-12-15, in 21 days",
        "",
    ),
    ("aws-example", {"mattermost.version": "12.0.0"}, "Mattermost 12.0.0 (mattermost.version) is older than 12.0.2", ""),
    (
        "aws-example",
        {"access.openToAll": {"until": "2026-12-01", "reason": "unknown networks"}},
        "anybody may connect until 2026-12-01 (access.openToAll): unknown networks",
        "",
    ),
    (
        "aws-example",
        {"waivers": {"rule-x": WAIVER}},
        "the rule rule-x is set aside until 2099-12-31 by sre@responders.example.net",
        "",
    ),
    ("aws-example", {"backup.vaultLock": True}, "backup.vaultLock is true: once its days of grace are over", ""),
    ("aws-example", {"backup.objectLock": "compliance"}, "nobody can delete a backup for 30 days", ""),
    (
        "aws-example",
        {"primary.domains": ["acme.example", "dial.example"], "primary.accounts": [], "primary.tenants": []},
        "primary names no account, subscription or tenant",
        "",
    ),
    ("aws-example", {"site.zoneDelegated": False}, "site.zoneDelegated is false: the public certificate is not validated", ""),
    (
        "aws-example",
        {},
        "sign-in by the identity provider leads to chat.acme-oob.example (site.host), which is the primary until a failover",
        "identity.provider=local",
    ),
    (DRILL, {}, "the servers of this drill may reach any public address", "identity.provider=local"),
    ("aws-example", {"posture": "cold"}, "posture is cold: nothing serves until somebody wakes it", ""),
    ("aws-example", {"mattermost.replicas": 1}, "the loss of one server interrupts the service", ""),
    ("aws-example", {"mattermost.private": False}, "mattermost.private is false", ""),
    ("aws-example", {"aws.region": "eu-west-1"}, "aws.region eu-west-1 is one of primary.regions", ""),
    ("aws-example", {"aws.replicaRegion": "eu-west-1"}, "aws.replicaRegion eu-west-1 is one of primary.regions", ""),
]


@pytest.mark.parametrize(("name", "changes", "sentence", "silence"), SAID, ids=[sentence for _, _, sentence, _ in SAID])
def test_a_notice_is_given_where_it_applies_and_nowhere_else(
    name: str, changes: dict[str, object], sentence: str, silence: str
) -> None:
    assert any(sentence in notice for notice in notices(parsed(example(changes, of=name)), DAY)), "not said"
    path, _, value = silence.partition("=")
    without = example({path: value} if path else None, of=name)
    assert not any(sentence in notice for notice in notices(parsed(without), DAY)), "said without a reason"


def test_people_whose_mail_is_lost_with_the_primary_are_named() -> None:
    changed = example(
        {"primary.domains": ["acme.example", "responders.example.net"], "alerts.emails": ["oncall@elsewhere.example"]}
    )
    said = [notice for notice in notices(parsed(changed), DAY) if notice.startswith("invitations and password resets of")]
    assert len(said) == 1
    assert "ines.keller" in said[0]
    assert not any("invitations" in notice for notice in notices(parsed(example()), DAY))


@pytest.mark.parametrize("name", ["aws-example", DRILL])
@pytest.mark.parametrize("years", [0, 1, 5, 20])
def test_an_example_does_not_rot(name: str, years: int) -> None:
    """Whatever the day, it has no fault; what time has done to it is said."""
    later = DAY + timedelta(days=366 * years)
    assert faults(example(of=name), on=later) == ()
    said = notices(parsed(example(of=name), on=later), later)
    assert any("has been without support since" in notice for notice in said) == (years > 0)


@pytest.mark.parametrize(
    ("on", "says"),
    [
        (date(2026, 11, 24), None),
        (date(2026, 12, 8), None),
        (date(2026, 12, 9), "ended on 2026-12-08"),
        (date(2030, 1, 1), "ended"),
    ],
)
def test_a_drill_that_has_ended_plans_but_does_not_come_up_any_more(on: date, says: str | None) -> None:
    drill = parsed(example(of=DRILL), on=on)
    stop = expired_drill(drill, on)
    assert (stop is None) == (says is None)
    if says is not None:
        assert stop is not None
        assert says in stop
        assert stop in notices(drill, on)


def test_an_environment_never_expires() -> None:
    assert expired_drill(parsed(example()), date(2099, 1, 1)) is None


def test_a_drill_of_the_future_is_pointed_out() -> None:
    early = date(2026, 11, 1)
    assert any("still to come" in notice for notice in notices(parsed(example(of=DRILL), on=early), early))
    assert not any("still to come" in notice for notice in notices(parsed(example(of=DRILL), on=DAY), DAY))


@pytest.mark.parametrize(
    ("what", "ends", "warning"),
    [
        ("Mattermost 12.1.0", versions.SERVERS[-1].ends, 45),
        ("Kubernetes 1.36", versions.KUBERNETES["1.36"], 120),
        ("PostgreSQL 17.9", versions.POSTGRES[17], 270),
    ],
)
def test_an_end_of_support_is_said_beforehand_and_afterwards(what: str, ends: date, warning: int) -> None:
    stack = parsed(example())

    def said(on: date) -> list[str]:
        return [notice for notice in notices(stack, on) if notice.startswith(what) and "support" in notice]

    assert said(ends - timedelta(days=warning + 1)) == []
    assert f"loses support on {ends}, in {warning} days" in said(ends - timedelta(days=warning))[0]
    assert f"loses support on {ends}, in 0 days" in said(ends)[0]
    assert f"has been without support since {ends}" in said(ends + timedelta(days=1))[0]


def test_a_sound_example_is_nearly_quiet() -> None:
    """A notice that always stands there is read by nobody; these are said for as long as they last."""
    lasting = ("is set aside until", "images have no digest", "sign-in by the identity provider leads to")
    told = [notice for notice in notices(parsed(example()), DAY) if not any(part in notice for part in lasting)]
    assert len(told) <= 1


def test_images_without_a_digest_are_counted_and_silence_is_all_of_them() -> None:
    digest = "sha256:" + "1" * 64
    some = {"images.digests": {"python": digest, "postgres": digest}}
    wanted = f"{len(versions.IMAGES) - 2} of {len(versions.IMAGES)} images have no digest"
    assert any(notice.startswith(wanted) for notice in notices(parsed(example(some)), DAY))
    assert not {"python", "postgres"} & set(without_digest(parsed(example(some))))
    whole = parsed(example({"images.digests": dict.fromkeys(versions.IMAGES, digest)}))
    assert not any("images have no digest" in notice for notice in notices(whole, DAY))
