"""The sections of a stack file that mean the same on every cloud. The text under a setting is what editors show for it."""

from components.sections.application import Banner, ExternalOidc, Identity, Images, Mattermost, Smtp
from components.sections.axes import Mode, Posture, Size, today
from components.sections.drill import DatabaseSource, Drill, ObjectsSource
from components.sections.protection import Alerts, Backup, Dns, Rotation, State, Waiver
from components.sections.surroundings import (
    SHARED_FATE,
    Acceptance,
    Access,
    Egress,
    Foundations,
    OpenAccess,
    Primary,
    PrimaryEndpoint,
    Site,
)

__all__ = [
    "SHARED_FATE",
    "Acceptance",
    "Access",
    "Alerts",
    "Backup",
    "Banner",
    "DatabaseSource",
    "Dns",
    "Drill",
    "Egress",
    "ExternalOidc",
    "Foundations",
    "Identity",
    "Images",
    "Mattermost",
    "Mode",
    "ObjectsSource",
    "OpenAccess",
    "Posture",
    "Primary",
    "PrimaryEndpoint",
    "Rotation",
    "Site",
    "Size",
    "Smtp",
    "State",
    "Waiver",
    "today",
]
