"""Rules on the application, versions, protection and channels: what they must refuse and what they must let pass."""

from __future__ import annotations

from tests.config.cases import DIGEST, NO_SECRETS, OIDC, OIDC_SECRETS, SMTP, SMTP_SECRETS, WAIVER, Case, passes, refused

APPLICATION = (
    refused(
        "size_needs_a_licence",
        {"mattermost.licensed": False},
        ("mattermost.licensed", "false, but size 'medium' needs an Enterprise licence", "oob:licence"),
    ),
    passes("size_needs_a_licence", {"mattermost.licensed": False, "size": "small"}),
    refused(
        "replicas_need_a_licence",
        {"mattermost.licensed": False, "size": "small", "mattermost.replicas": 2},
        ("mattermost.replicas", "2 servers side by side need an Enterprise licence", "or 1"),
    ),
    passes("replicas_need_a_licence", {"mattermost.licensed": False, "size": "small", "mattermost.replicas": 1}),
    refused(
        "replicas_fit_the_size",
        {"size": "large", "mattermost.replicas": 1},
        ("mattermost.replicas", "1 server cannot carry size 'large'", "2 to 6"),
    ),
    passes("replicas_fit_the_size", {"size": "large", "mattermost.replicas": 2}),
    refused(
        "replicas_fit_the_posture",
        {"mattermost.replicas": 0},
        ("mattermost.replicas", "0 contradicts posture 'hot'", "posture: cold"),
    ),
    passes("replicas_fit_the_posture", {"mattermost.replicas": 0, "posture": "cold"}),
    refused(
        "oidc_needs_its_block",
        {"identity.provider": "oidc"},
        ("identity.oidc", "identity.provider is 'oidc'", "issuer and clientId"),
        secrets=OIDC_SECRETS,
    ),
    passes("oidc_needs_its_block", {"identity.provider": "oidc", "identity.oidc": OIDC}, secrets=OIDC_SECRETS),
    refused(
        "oidc_block_needs_its_provider", {"identity.oidc": OIDC}, ("identity.oidc", "identity.provider is 'managed'", "oidc")
    ),
    passes("oidc_block_needs_its_provider", {"identity.provider": "oidc", "identity.oidc": OIDC}, secrets=OIDC_SECRETS),
    *(
        refused(
            "issuer_apart",
            {"identity.provider": "oidc", "identity.oidc": {"issuer": issuer, "clientId": "x"}, **primary},
            ("identity.oidc.issuer", said, "independent identity provider"),
            secrets=OIDC_SECRETS,
        )
        for issuer, primary, said in (
            ("https://login.acme.example/oauth2/default", {}, "is the primary's (primary.issuers[0])"),
            ("https://login.acme.example/OAUTH2/Default/", {}, "is the primary's (primary.issuers[0])"),
            ("https://sso.acme.example", {}, "lies under 'acme.example' (primary.domains[0])"),
            (
                "https://login.id.example/3F9D8A52-0C41-4A9C-9B83-7D5A5F0E6B11/v2.0",
                {},
                "is of tenant '3f9d8a52-0c41-4a9c-9b83-7d5a5f0e6b11' (primary.tenants[0])",
            ),
        )
    ),
    passes("issuer_apart", {"identity.provider": "oidc", "identity.oidc": OIDC}, secrets=OIDC_SECRETS),
    refused(
        "digests_have_images",
        {"images.digests": {"matermost": DIGEST, "qqq": DIGEST}},
        ("images.digests.matermost", "'matermost' is no component", "did you mean mattermost?"),
        ("images.digests.qqq", "'qqq' is no component", "use one of"),
    ),
    passes("digests_have_images", {"images.digests": {"mattermost": DIGEST}}),
    refused(
        "secrets_are_given",
        {},
        ("oob:licence", "mattermost.licensed is true", "config set --secret oob:licence"),
        secrets=NO_SECRETS,
    ),
    refused("secrets_are_given", {"smtp": SMTP}, ("oob:smtpPassword", "smtp is given", "config set --secret oob:smtpPassword")),
    refused(
        "secrets_are_given",
        {"identity.provider": "oidc", "identity.oidc": OIDC},
        ("oob:oidcClientSecret", "identity.provider is 'oidc'", "config set --secret"),
    ),
    passes("secrets_are_given", {"size": "small", "mattermost.licensed": False}, secrets=NO_SECRETS),
)

FIT = (
    refused(
        "server_is_known",
        {"mattermost.version": "9.5.8"},
        ("mattermost.version", "'9.5.8' is of no supported release line", "'12.1.0'"),
    ),
    refused("server_is_known", {"mattermost.version": "13.0.0"}, ("mattermost.version", "'13.0.0'", "'12.1.0'")),
    refused(
        "server_is_known", {"mattermost.version": "11.7.1"}, ("mattermost.version", "'11.7.1' fails to migrate", "'11.7.15'")
    ),
    passes("server_is_known", {"mattermost.version": "11.7.15"}),
    passes("server_is_known", {"mattermost.version": "12.1.3"}),
    refused(
        "operator_fits", {"mattermost.operatorVersion": "1.25.7"}, ("mattermost.operatorVersion", "older than 1.25.8", "'1.25.9'")
    ),
    refused(
        "operator_fits", {"mattermost.operatorVersion": "1.26.0"}, ("mattermost.operatorVersion", "'1.26.0' is newer", "'1.25.9'")
    ),
    passes("operator_fits", {"mattermost.operatorVersion": "1.25.8"}),
)

PROTECTION = (
    refused(
        "intervals_keep_the_promise",
        {"backup.rpoMinutes": 30},
        ("backup.kubernetesIntervalMinutes", "60 is longer than backup.rpoMinutes 30", "shorten"),
        ("backup.dumpIntervalMinutes", "60 is longer than backup.rpoMinutes 30", "shorten"),
    ),
    passes(
        "intervals_keep_the_promise",
        {"backup.rpoMinutes": 30, "backup.kubernetesIntervalMinutes": 30, "backup.dumpIntervalMinutes": 15},
    ),
    refused(
        "intervals_fit_the_clock",
        {"backup.rpoMinutes": 120, "backup.dumpIntervalMinutes": 90, "backup.kubernetesIntervalMinutes": 45},
        ("backup.dumpIntervalMinutes", "90 divides neither an hour nor a day", "use 15"),
        ("backup.kubernetesIntervalMinutes", "45 divides neither", "use 15"),
    ),
    refused(
        "intervals_fit_the_clock",
        {"backup.rpoMinutes": 1440, "backup.dumpIntervalMinutes": 300},
        ("backup.dumpIntervalMinutes", "300 divides neither", "use 15"),
    ),
    passes(
        "intervals_fit_the_clock",
        {"backup.rpoMinutes": 1440, "backup.dumpIntervalMinutes": 1440, "backup.kubernetesIntervalMinutes": 20},
    ),
    refused(
        "locks_end_before_the_archive",
        {"backup.lockDays": 100, "backup.archiveDays": 90},
        ("backup.lockDays", "100 is longer than backup.archiveDays 90", "lower it"),
    ),
    passes("locks_end_before_the_archive", {"backup.lockDays": 90, "backup.archiveDays": 90}),
    passes("locks_end_before_the_archive", {"backup.lockDays": 100, "backup.archiveDays": 90, "backup.objectLock": "none"}),
    refused(
        "failover_keeps_its_time",
        {"dns.intervalSeconds": 30, "dns.targetSeconds": 177},
        ("dns.targetSeconds", "177 cannot be kept: the worst case is 178 s", "shorten"),
    ),
    passes("failover_keeps_its_time", {"dns.intervalSeconds": 30, "dns.targetSeconds": 178}),
    refused(
        "waivers_end",
        {"waivers": {"no-public-endpoint": {**WAIVER, "expires": "2026-11-23"}}},
        ("waivers.no-public-endpoint.expires", "2026-11-23 has passed", "renew it"),
    ),
    passes("waivers_end", {"waivers": {"no-public-endpoint": {**WAIVER, "expires": "2026-11-24"}}}),
)

CHANNELS = (
    refused(
        "alarms_survive",
        {"alerts.emails": ["a@responders.example.net", "b@mail.acme.example"]},
        ("alerts.emails[1]", "'b@mail.acme.example' lies under 'acme.example' (primary.domains[0])", "survives"),
    ),
    passes("alarms_survive", {"alerts.emails": ["a@notacme.example"]}),
    refused(
        "alarms_have_their_own_way",
        {
            "primary.alertEndpoints": ["SOC@Responders.example.net", "+4915112345600"],
            "alerts.emails": ["soc@responders.example.net"],
        },
        (
            "alerts.emails[0]",
            "'soc@responders.example.net' takes the primary's alarms already (primary.alertEndpoints[0])",
            "survives",
        ),
        ("alerts.phones[0]", "'+4915112345600' takes the primary's alarms already (primary.alertEndpoints[1])", "survives"),
    ),
    passes("alarms_have_their_own_way", {"primary.alertEndpoints": ["https://hooks.acme.example/alarm"]}),
    refused(
        "mail_survives",
        {"smtp": {**SMTP, "host": "smtp.acme.example", "sender": "oob@acme.example"}},
        ("smtp.host", "'smtp.acme.example' lies under 'acme.example'", "mail service"),
        ("smtp.sender", "'oob@acme.example' lies under 'acme.example'", "mail service"),
        secrets=SMTP_SECRETS,
    ),
    passes("mail_survives", {"smtp": SMTP}, secrets=SMTP_SECRETS),
    refused(
        "mirror_is_not_the_primary",
        {"images.mirror": "registry.acme.example:5000/mirror"},
        ("images.mirror", "is the primary's (primary.registries[0] 'registry.acme.example')", "registry of your own"),
    ),
    refused(
        "mirror_is_not_the_primary",
        {"images.mirror": "other.acme.example/mirror"},
        ("images.mirror", "lies under 'acme.example' (primary.domains[0])", "registry of your own"),
    ),
    passes("mirror_is_not_the_primary", {"images.mirror": "registry.responders.example.net/mirror"}),
    refused(
        "state_is_not_the_primary",
        {"state.backend": "s3://acme-corp-pulumi-state/other/folder?region=eu-west-1"},
        ("state.backend", "is the primary's (primary.stateBackends[0])", "survives the primary"),
    ),
    refused(
        "state_is_not_the_primary", {"state.backend": "https://pulumi.acme.example"}, ("state.backend", "lies under", "survives")
    ),
    passes("state_is_not_the_primary", {"state.backend": "s3://acme-corp-pulumi-state-oob"}),
    refused(
        "nothing_twice",
        {
            "access.allowedCidrs": ["198.51.100.0/24", "192.0.2.0/24", "198.51.100.0/24"],
            "primary.domains": ["acme.example", "acme.example"],
            "alerts.emails": ["a@x.example", "A@X.example".lower()],
            "aws.cluster.administrators": ["arn:aws:iam::444455556666:role/a"] * 2,
        },
        ("access.allowedCidrs[2]", "'198.51.100.0/24' stands in access.allowedCidrs[0] already", "remove one"),
        ("primary.domains[1]", "'acme.example' stands in primary.domains[0] already", "remove one"),
        ("alerts.emails[1]", "'a@x.example' stands in alerts.emails[0] already", "remove one"),
        ("aws.cluster.administrators[1]", "stands in aws.cluster.administrators[0] already", "remove one"),
    ),
    passes("nothing_twice", {"access.allowedCidrs": ["198.51.100.0/24", "198.51.100.0/25"]}),
)

INSIDE: tuple[Case, ...] = (*APPLICATION, *FIT, *PROTECTION, *CHANNELS)
