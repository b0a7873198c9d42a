"""How much of everything inside the cluster, by size and posture (OOB-45, PREP-26, PREP-27, C-14). Plain values."""

from __future__ import annotations

from dataclasses import dataclass

from components.contract import Environment
from components.sections import Mattermost, Posture, Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Compute:
    """Requests and limits of one container. Memory has a limit, processor time only where a neighbour must be spared."""

    cpu: str
    memory: str
    memory_limit: str
    cpu_limit: str | None = None

    def block(self) -> dict[str, dict[str, str]]:
        """As Kubernetes writes it."""
        limits = {"memory": self.memory_limit} | ({"cpu": self.cpu_limit} if self.cpu_limit else {})
        return {"requests": {"cpu": self.cpu, "memory": self.memory}, "limits": limits}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """`users` is for how many people the size is built; rates are per client address, behind which may stand a whole site."""

    users: int
    replicas: int
    mattermost: Compute
    open_connections: int  # per server and data source, below max_connections divided by replicas (PREP-104)
    idle_connections: int
    ingress_replicas: int
    ingress: Compute
    requests_per_second: int
    request_burst: int
    logins_per_minute: int
    login_burst: int
    server_rate: int  # the server's own limit, per session (PREP-46)
    server_burst: int
    metrics_days: int
    metrics_storage: str


SIZES: dict[Size, Sizing] = {
    Size.SMALL: Sizing(
        users=50,
        replicas=1,
        mattermost=Compute(cpu="250m", memory="1Gi", memory_limit="2Gi"),
        open_connections=50,
        idle_connections=20,
        ingress_replicas=2,
        ingress=Compute(cpu="100m", memory="192Mi", memory_limit="512Mi"),
        requests_per_second=100,
        request_burst=400,
        logins_per_minute=30,
        login_burst=30,
        server_rate=50,
        server_burst=300,
        metrics_days=7,
        metrics_storage="4Gi",
    ),
    Size.MEDIUM: Sizing(
        users=500,
        replicas=2,
        mattermost=Compute(cpu="1", memory="2Gi", memory_limit="4Gi"),
        open_connections=100,
        idle_connections=50,
        ingress_replicas=2,
        ingress=Compute(cpu="250m", memory="256Mi", memory_limit="768Mi"),
        requests_per_second=400,
        request_burst=2000,
        logins_per_minute=120,
        login_burst=120,
        server_rate=50,
        server_burst=300,
        metrics_days=15,
        metrics_storage="8Gi",
    ),
    Size.LARGE: Sizing(
        users=5000,
        replicas=3,
        mattermost=Compute(cpu="2", memory="4Gi", memory_limit="8Gi"),
        open_connections=200,
        idle_connections=100,
        ingress_replicas=3,
        ingress=Compute(cpu="1", memory="512Mi", memory_limit="1536Mi"),
        requests_per_second=1500,
        request_burst=8000,
        logins_per_minute=600,
        login_burst=600,
        server_rate=100,
        server_burst=600,
        metrics_days=15,
        metrics_storage="16Gi",
    ),
}

# Parts that do not grow with the number of people.
CONTROLLER = Compute(cpu="50m", memory="128Mi", memory_limit="512Mi")
HELPER = Compute(cpu="10m", memory="32Mi", memory_limit="128Mi", cpu_limit="500m")
PROMETHEUS = Compute(cpu="200m", memory="1Gi", memory_limit="3Gi")


def replicas(environment: Environment, settings: Mattermost) -> int:
    """How many servers run now: by size or setting when hot, one when warm, none when cold; one without a licence (PREP-04).

    The number is set here and nowhere else: the operator owns the Deployment's `replicas`, and a HorizontalPodAutoscaler
    on it would be reverted at the next reconciliation (PREP-57). Another number is one setting and one `up`.
    """
    wanted = settings.replicas if settings.replicas is not None else SIZES[environment.size].replicas
    if not settings.licensed:
        wanted = min(wanted, 1)
    match environment.posture:
        case Posture.HOT:
            return wanted
        case Posture.WARM:
            return min(wanted, 1)
        case Posture.COLD:
            return 0
