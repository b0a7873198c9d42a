"""What the environment may cost a month, told before it is spent (OOB-96). By mail directly: money is no emergency."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import ProviderResource, Resource

from components.options import child
from components.sections import Alerts

MOST_ADDRESSES = 10  # https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html
NOTICES = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))  # percent of the amount


def monthly_budget(name: str, alerts: Alerts, provider: ProviderResource, parent: Resource) -> None:
    """A budget of the whole account, which belongs to the environment; a drill's costs are inside it."""
    aws.budgets.Budget(
        name,
        budget_type="COST",
        time_unit="MONTHLY",
        limit_amount=str(alerts.monthly_budget),
        limit_unit="USD",
        notifications=notifications(alerts.emails),
        opts=child(parent, provider),
    )


def notifications(emails: Sequence[str]) -> list[aws.budgets.BudgetNotificationArgsDict]:
    """One notice for each threshold, to the first addresses of the list."""
    return [
        {
            "comparison_operator": "GREATER_THAN",
            "notification_type": kind,
            "threshold": percent,
            "threshold_type": "PERCENTAGE",
            "subscriber_email_addresses": list(dict.fromkeys(emails))[:MOST_ADDRESSES],
        }
        for kind, percent in NOTICES
    ]
