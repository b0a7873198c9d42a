"""Rules on names and on who gets in and what gets out: what they must refuse and what they must let pass."""

from __future__ import annotations

from tests.config.cases import ECR, SMTP, SMTP_SECRETS, Case, passes, refused

NAMES = (
    refused(
        "in_the_zone",
        {"site.host": "chat.elsewhere.example"},
        ("site.host", "'chat.elsewhere.example' is not a name below site.zone 'acme-oob.example'", "chat.acme-oob.example"),
    ),
    refused(
        "in_the_zone",
        {"site.directHost": "acme-oob.example"},
        ("site.directHost", "'acme-oob.example'", "direct.acme-oob.example"),
    ),
    refused("in_the_zone", {"site.host": "chatacme-oob.example"}, ("site.host", "'chatacme-oob.example'", "choose one")),
    passes("in_the_zone", {"site.host": "chat.deep.below.acme-oob.example"}),
    refused("two_names", {"site.directHost": "chat.acme-oob.example"}, ("site.directHost", "equals site.host", "second name")),
    passes("two_names", {"site.directHost": "chat2.acme-oob.example"}),
    refused(
        "zone_apart",
        {"site.zone": "oob.acme.example", "site.host": "chat.oob.acme.example", "site.directHost": "direct.oob.acme.example"},
        ("site.zone", "'oob.acme.example' lies under 'acme.example' (primary.domains[0])", "registrar"),
    ),
    refused(
        "zone_apart",
        {
            "primary.domains": ["corp.acme-oob.example"],
            "primary.endpoint.host": "chat.corp.acme-oob.example",
            "alerts.emails": ["a@responders.example.net"],
        },
        ("site.zone", "'acme-oob.example' holds 'corp.acme-oob.example' (primary.domains[0])", "registrar"),
    ),
    passes("zone_apart", {"primary.domains": ["acme.example", "notacme-oob.example"]}),
    refused(
        "hosts_apart",
        {"site.host": "oob.acme.example"},
        ("site.host", "'oob.acme.example' is not a name below", "choose one"),
        ("site.host", "'oob.acme.example' lies under 'acme.example' (primary.domains[0])", "registrar"),
    ),
    passes("hosts_apart", {"site.host": "acme.example.acme-oob.example"}),
    refused(
        "endpoint_apart",
        {"primary.endpoint.host": "chat.acme-oob.example"},
        (
            "primary.endpoint.host",
            "'chat.acme-oob.example' is site.zone 'acme-oob.example' or lies below it",
            "primary system's own",
        ),
    ),
    passes("endpoint_apart", {"primary.endpoint.host": "mattermost.saas.example"}),
)

ACCESS = (
    refused(
        "not_the_internet",
        {"access.allowedCidrs": ["0.0.0.0/0"]},
        ("access.allowedCidrs[0]", "'0.0.0.0/0' lets in the internet", "access.openToAll"),
    ),
    refused(
        "not_the_internet", {"access.allowedCidrs[1]": "64.0.0.0/7"}, ("access.allowedCidrs[1]", "'64.0.0.0/7'", "real networks")
    ),
    passes("not_the_internet", {"access.allowedCidrs[1]": "64.0.0.0/8"}),
    passes(
        "not_the_internet",
        {"access.allowedCidrs": ["0.0.0.0/0"], "access.openToAll": {"until": "2026-12-01", "reason": "network unknown yet"}},
    ),
    refused(
        "not_through_the_primary",
        {"access.allowedCidrs[1]": "203.0.113.128/25"},
        ("access.allowedCidrs[1]", "'203.0.113.128/25' overlaps '203.0.113.0/24' (primary.cidrs[2])", "when that one is down"),
    ),
    passes("not_through_the_primary", {"access.allowedCidrs[1]": "203.0.114.0/24"}),
    refused(
        "open_for_a_while",
        {"access.openToAll": {"until": "2026-11-23", "reason": "past"}},
        ("access.openToAll.until", "2026-11-23 has passed", "set a new end"),
    ),
    passes("open_for_a_while", {"access.openToAll": {"until": "2026-11-24", "reason": "today still counts"}}),
    refused(
        "primary_is_not_everything",
        {"primary.cidrs": ["0.0.0.0/0"]},
        ("primary.cidrs[0]", "'0.0.0.0/0' is the whole internet", "own networks"),
        ("access.allowedCidrs[0]", "overlaps '0.0.0.0/0'", "down"),
        ("access.allowedCidrs[1]", "overlaps '0.0.0.0/0'", "down"),
    ),
    passes("primary_is_not_everything", {"primary.cidrs": ["203.0.113.0/24"]}),
    refused(
        "closed_needs_a_mirror",
        {"egress.mode": "none", "identity.provider": "local"},
        ("egress.mode", "'none' leaves no way to public image registries", "images.mirror"),
    ),
    passes("closed_needs_a_mirror", {"egress.mode": "none", "identity.provider": "local", "images.mirror": ECR}),
    refused(
        "closed_has_no_mail",
        {"egress.mode": "none", "identity.provider": "local", "images.mirror": ECR, "smtp": SMTP},
        ("smtp", "egress.mode 'none' lets no mail out", "remove this block"),
        secrets=SMTP_SECRETS,
    ),
    passes("closed_has_no_mail", {"smtp": SMTP}, secrets=SMTP_SECRETS),
    refused(
        "closed_signs_in_locally",
        {"egress.mode": "none", "images.mirror": ECR},
        ("egress.mode", "'none' cuts Mattermost off from its identity provider (identity.provider 'managed')", "local"),
    ),
    passes("closed_signs_in_locally", {"identity.provider": "local"}),
    refused(
        "domains_are_for_filtered",
        {"egress.mode": "nat", "egress.domains": ["api.pager.example"]},
        ("egress.domains", "egress.mode is 'nat'", "filtered"),
    ),
    passes("domains_are_for_filtered", {"egress.domains": ["api.pager.example"]}),
    refused(
        "not_to_the_primary",
        {"egress.domains": ["*.acme.example", "*.example", "ok.example"]},
        ("egress.domains[0]", "'*.acme.example' reaches 'acme.example' (primary.domains[0])", "remove it"),
        ("egress.domains[1]", "'*.example' is not a host name", "write it like"),
    ),
    refused(
        "not_to_the_primary",
        {"primary.domains": ["a.corp.example"], "egress.domains": ["*.corp.example"]},
        ("egress.domains[0]", "'*.corp.example' reaches 'a.corp.example' (primary.domains[0])", "remove it"),
    ),
    passes("not_to_the_primary", {"egress.domains": ["notacme.example", "*.other.example"]}),
)

OUTSIDE: tuple[Case, ...] = (*NAMES, *ACCESS)
