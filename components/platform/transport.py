"""Every hop that data takes, with its protocol, the certificate shown and who verifies it (TLS-01, TLS-04). Plain text."""

from __future__ import annotations

from components.platform.dsn import SSL_MODE
from components.platform.names import DATABASE_PORT, GOSSIP_PORT, METRICS_PORT, WEB_HOST
from components.settings import Stack

Hop = dict[str, str]
NOT_USED = "not used"


def hop(protocol: str, certificate: str, verifier: str) -> Hop:
    """One row."""
    return {"protocol": protocol, "certificate": certificate, "verifier": verifier}


def table(stack: Stack) -> dict[str, Hop]:
    """All hops of an environment. Three are not TLS, and say what stands in its place."""
    site = stack.site
    public = "of a public authority"
    mail_protocol = "TLS" if stack.smtp is not None and stack.smtp.port == 465 else "STARTTLS"
    sends = stack.smtp is not None and not stack.disposable
    return {
        "client to edge": hop("HTTPS and WSS, TLS 1.2 or 1.3", f"{site.host}, {site.direct_host}, {public}", "client"),
        "edge to ingress": hop(
            "HTTPS, TLS 1.2 or 1.3",
            f"{site.host}, of the internal authority",
            "none where the edge cannot; a network policy admits only the edge's addresses",
        ),
        "ingress to Mattermost": hop(
            "HTTPS and WSS, TLS 1.2 or 1.3", f"{WEB_HOST}, of the internal authority", "NGINX, against the internal authority"
        ),
        "Mattermost to database": hop(
            f"PostgreSQL over TLS, port {DATABASE_PORT}", "of the database's authority", f"Mattermost, sslmode={SSL_MODE}"
        ),
        "jobs to database": hop(
            f"PostgreSQL over TLS, port {DATABASE_PORT}", "of the database's authority", f"libpq, sslmode={SSL_MODE}"
        ),
        "Mattermost to object store": hop("HTTPS", public, "Mattermost"),
        "backups to object store": hop("HTTPS", public, "Velero and rclone"),
        "Mattermost to identity provider": hop("HTTPS", public, "Mattermost")
        if stack.identity.provider != "local"
        else hop(NOT_USED, "-", "local accounts with a second factor"),
        "Mattermost to mail": hop(mail_protocol, public, "Mattermost") if sends else hop(NOT_USED, "-", "no mail leaves"),
        "server to server": hop(
            f"gossip on port {GOSSIP_PORT}, encrypted by Mattermost (AES-256)",
            "key in the database",
            "Mattermost; a network policy admits only other servers",
        ),
        "heartbeat to Mattermost": hop("HTTPS", f"{WEB_HOST}, of the internal authority", "the job, against the authority"),
        "metrics to Prometheus": hop(
            f"HTTP on port {METRICS_PORT}, inside the cluster", "-", "a network policy admits only Prometheus; no message content"
        ),
        "alerts to their log": hop(
            "HTTP, inside one namespace", "-", "a network policy admits only pods of that namespace; no message content"
        ),
        "Kubernetes to webhooks": hop("HTTPS", "of cert-manager's own authority", "Kubernetes API"),
        "administrator to Kubernetes": hop("HTTPS through the bastion", "of the cluster", "kubectl, against the cluster"),
    }
