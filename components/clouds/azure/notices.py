"""Whom alarms tell, and how: one action group, to phones by text and voice, and to mail (OOB-97, OOB-124).

Phones are told because mail may be what has failed. Nobody has to confirm anything; each receiver is told once that it was added,
and may leave by an answer. Azure limits a number to one message in five minutes; calls reach only some countries.
"""

from __future__ import annotations

from pulumi import ComponentResource, Output, Resource
from pulumi_azure_native import monitor

from components.clouds.azure import names
from components.clouds.azure.handles import Context, Group
from components.options import child
from components.sections import Alerts

SHORT_NAME = "OOB alarm"  # in each text message; twelve characters at most
# Country codes of one and two digits; all others have three. ITU-T E.164, list of assigned country codes.
_SHORT = """
1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58
60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98
"""
SHORT_CODES = frozenset(_SHORT.split())


def split(phone: str) -> tuple[str, str]:
    """Country code and number of +491511234567. ValueError without the plus sign."""
    digits = phone.removeprefix("+")
    if digits == phone or not digits.isdigit():
        raise ValueError(f"{phone!r} does not start with + and a country code")
    length = next((size for size in (1, 2) if digits[:size] in SHORT_CODES), 3)
    return digits[:length], digits[length:]


class Notices(ComponentResource):
    """`group_id` is the action group that every alarm names."""

    def __init__(self, name: str, context: Context, alerts: Alerts, home: Group, parent: Resource) -> None:
        super().__init__("oob:azure:Notices", name, None, child(parent))
        phones = [split(phone) for phone in dict.fromkeys(alerts.phones)]
        made = monitor.ActionGroup(
            f"{name}-group",
            action_group_name=names.general(context.environment.name, "alarms"),
            resource_group_name=home.name,
            location="Global",
            group_short_name=SHORT_NAME,
            enabled=True,
            sms_receivers=[
                {"name": f"text-{number}", "country_code": code, "phone_number": rest}
                for number, (code, rest) in enumerate(phones, 1)
            ],
            voice_receivers=[
                {"name": f"call-{number}", "country_code": code, "phone_number": rest}
                for number, (code, rest) in enumerate(phones, 1)
            ],
            email_receivers=[
                {"name": f"mail-{number}", "email_address": address, "use_common_alert_schema": True}
                for number, address in enumerate(dict.fromkeys(alerts.emails), 1)
            ],
            opts=child(self, context.main),
        )
        self.group_id: Output[str] = made.id
        self.register_outputs({})
