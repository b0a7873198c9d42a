"""Questions to the workspace, in its query language: plain text, made of plain text.

A table is there once something was written to it, and a question that names a missing one fails. So each is asked beside an empty
table of one column: `isfuzzy` leaves out what is not there.
"""

from __future__ import annotations

from collections.abc import Sequence

EMPTY = "(datatable(TimeGenerated: datetime)[])"
SEEN = "Seen"


def quoted(values: Sequence[str]) -> str:
    """Values as a list of the language. ValueError for what would end a text."""
    wrong = [value for value in values if '"' in value or "\\" in value]
    if wrong:
        raise ValueError(f"not to be put into a question: {wrong}")
    return ", ".join(f'"{value}"' for value in values)


def lines(table: str, condition: str) -> str:
    """The lines of a table for which the condition holds."""
    return f"union isfuzzy=true {EMPTY}, ({table} | where {condition})"


def count(table: str, condition: str) -> str:
    """How many there are, in one line with the column Seen: nought as well, where a plain question would answer nothing."""
    return f"{lines(table, condition)} | summarize {SEEN} = count()"


def written(account: str, container: str, folder: str, ending: str) -> str:
    """What was put into a folder of a container and is complete, by its last file. Columns of StorageBlobLogs."""
    return (
        f'AccountName == "{account}" and OperationName in ("PutBlob", "PutBlockList") and StatusText == "Success" '
        f'and ObjectKey contains "/{container}/{folder}/" and ObjectKey endswith "{ending}"'
    )
