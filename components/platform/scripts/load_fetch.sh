#!/bin/sh
# Finds the dump that a drill loads, and proves that it is whole and the environment's own. Only reads the object store.
# Given: rclone's variables for the remote OOB and OOB_PATH; WORK; PREFIX (below OOB_PATH); SOURCE_STACK; and either DUMP_ID, or
# NOT_AFTER for the newest that began by then. Both look like 20261124T020700Z, so moments sort as text.
# Leaves database.dump and manifest.json in $WORK.
set -eu

here=$(dirname "$0")
wanted=${DUMP_ID:-}
last=${NOT_AFTER:-}
[ -n "$wanted$last" ] || { echo "neither a dump nor a moment is given" >&2; exit 1; }

# A manifest is copied after its dump: without one, the dump is not whole and does not count.
rclone lsf --recursive --files-only --fast-list --include '/*/*/*/*/manifest.json' "oob:$OOB_PATH/$PREFIX" > "$WORK/manifests"
chosen=$(
    sed -n 's|^\(.*/\([0-9]\{8\}T[0-9]\{6\}Z\)\)/manifest\.json$|\2 \1|p' "$WORK/manifests" | sort |
        awk -v wanted="$wanted" -v last="$last" '(wanted == "" || $1 "" == wanted) && (last == "" || $1 "" <= last)' |
        tail -n 1 | cut -d ' ' -f 2
)
[ -n "$chosen" ] || { echo "no dump ${wanted:+called $wanted }${last:+not after $last }among $(wc -l < "$WORK/manifests")" >&2; exit 1; }

DUMP="$PREFIX/$chosen" sh "$here/verify_dump.sh"
stack=$(sed -n 's/.*"stack": *"\([^"]*\)".*/\1/p' "$WORK/manifest.json")
[ "$stack" = "$SOURCE_STACK" ] || { echo "the dump is of the stack '$stack', not of '$SOURCE_STACK'" >&2; exit 1; }
