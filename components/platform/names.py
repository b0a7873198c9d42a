"""Names inside the cluster that other parts must know: namespaces, service accounts, fixed ports."""

from __future__ import annotations

from components.contract import ServiceAccount

MATTERMOST_NAMESPACE = "mattermost"
OPERATOR_NAMESPACE = "mattermost-operator"
INGRESS_NAMESPACE = "ingress"
CERTIFICATES_NAMESPACE = "cert-manager"
VELERO_NAMESPACE = "velero"
BACKUP_NAMESPACE = "backup"
MONITORING_NAMESPACE = "monitoring"

# The custom resource's name; the operator wants the service account to be called the same (mattermost-operator, file_store.go).
MATTERMOST = "mattermost"

MATTERMOST_ACCOUNT = ServiceAccount(namespace=MATTERMOST_NAMESPACE, name=MATTERMOST)
VELERO_ACCOUNT = ServiceAccount(namespace=VELERO_NAMESPACE, name="velero")
TRANSFER_ACCOUNT = ServiceAccount(namespace=BACKUP_NAMESPACE, name="transfer")
BOOTSTRAP_ACCOUNT = ServiceAccount(namespace=BACKUP_NAMESPACE, name="database-bootstrap")

APP_PORT = 8065  # PREP-35
METRICS_PORT = 8067  # PREP-38
GOSSIP_PORT = 8074  # PREP-37, TCP and UDP
DATABASE_PORT = 5432  # PREP-39

# Our own ClusterIP service: the operator's is headless and publishes pods that are not ready (PREP-58).
WEB_SERVICE = "mattermost-web"
WEB_HOST = f"{WEB_SERVICE}.{MATTERMOST_NAMESPACE}.svc"  # in the certificate of the server; https on APP_PORT
CLUSTER_DOMAIN = "cluster.local"

INGRESS_CLASS = "oob"
# In the field `event` of every line that the pod alert-log prints; each cloud's watch looks for it in what containers say.
IN_CLUSTER_ALERT = "oob-in-cluster-alert"
# The same field of the line that comes every five minutes for as long as alerts find their way; its silence is the alarm.
ALERT_PATH_ALIVE = "oob-alert-path-alive"
ALERT_PATH_MINUTES = 5
UPDATE_JOB = "mattermost-update-check"  # the operator's name for its upgrade job (update_job.go)
