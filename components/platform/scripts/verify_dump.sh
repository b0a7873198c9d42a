#!/bin/sh
# Is this dump what its manifest says? Given: rclone's variables for the remote OOB and OOB_PATH, DUMP (path of its folder).
# Leaves both files in $WORK for a restore. Exit 1: it is not, and nothing may be restored from it.
set -eu

source="oob:$OOB_PATH/$DUMP"
rclone copyto "$source/manifest.json" "$WORK/manifest.json"
rclone copyto "$source/database.dump" "$WORK/database.dump"
wanted=$(sed -n 's/.*"sha256": *"\([0-9a-f]\{64\}\)".*/\1/p' "$WORK/manifest.json")
found=$(sha256sum < "$WORK/database.dump" | cut -c1-64)
[ -n "$wanted" ] || { echo "the manifest names no digest" >&2; exit 1; }
[ "$wanted" = "$found" ] || { echo "the dump is not what its manifest says: $found instead of $wanted" >&2; exit 1; }
echo "verified: $DUMP"
