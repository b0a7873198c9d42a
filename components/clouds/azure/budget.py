"""What the environment may cost a month, told before it is spent (OOB-96). By mail directly: money is no emergency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pulumi import Resource, ResourceOptions
from pulumi_azure_native import consumption

from components.clouds.azure import names
from components.clouds.azure.handles import Context
from components.options import child
from components.sections import Alerts, today

MOST_ADDRESSES = 50  # "Budgets - Create Or Update" in the Consumption API
NOTICES = (("Actual", 80), ("Actual", 100), ("Forecasted", 100))  # percent of the amount


def monthly_budget(name: str, context: Context, alerts: Alerts, parent: Resource, on: date | None = None) -> None:
    """A budget of the whole subscription, which belongs to the environment; a drill's costs are inside it.

    Azure wants the first day of the month in which it is made, and no earlier one; afterwards it stays as it is.
    """
    start = (on or today()).replace(day=1)
    consumption.Budget(
        name,
        budget_name=names.general(context.environment.name, "monthly"),
        scope=f"/subscriptions/{context.subscription}",
        category="Cost",
        time_grain="Monthly",
        amount=float(alerts.monthly_budget),
        time_period={"start_date": f"{start.isoformat()}T00:00:00Z"},
        notifications=notifications(alerts.emails),
        opts=ResourceOptions.merge(child(parent, context.main), ResourceOptions(ignore_changes=["timePeriod"])),
    )


def notifications(emails: Sequence[str]) -> Mapping[str, consumption.NotificationArgs]:
    """One notice for each threshold, to the first addresses of the list."""
    return {
        f"{kind.lower()}{percent}": consumption.NotificationArgs(
            enabled=True,
            operator="GreaterThanOrEqualTo",
            threshold=percent,
            threshold_type=kind,
            contact_emails=list(dict.fromkeys(emails))[:MOST_ADDRESSES],
        )
        for kind, percent in NOTICES
    }
