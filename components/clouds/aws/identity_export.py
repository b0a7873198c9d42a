"""How the settings of the user pool are kept beside the backups (OOB-66): rules, second factor, groups, clients; no secret."""

from __future__ import annotations

from pulumi import Input

from components.contract import SettingsExport

# Each answer is kept in a variable first, so that one refused question stops the job instead of leaving half a document.
# A client's secret is in none of them: only describing the client would tell it.
ASK = """
umask 077
ask() { aws cognito-idp "$1" --user-pool-id "$POOL_ID" --region "$AWS_REGION" --output json; }
pool=$(ask describe-user-pool)
factors=$(ask get-user-pool-mfa-config)
groups=$(ask list-groups)
clients=$(ask list-user-pool-clients)
printf '{"pool":%s,"secondFactor":%s,"groups":%s,"clients":%s}\\n' "$pool" "$factors" "$groups" "$clients" > "$EXPORT_FILE"
"""


def settings_export(pool_id: Input[str], region: str) -> SettingsExport:
    """The container that asks. Its rights are those of the transfer role (workload_policies.py)."""
    return SettingsExport(image="aws-cli", command=("sh", "-euc", ASK.strip()), env={"POOL_ID": pool_id, "AWS_REGION": region})
