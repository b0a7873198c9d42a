#!/bin/sh
# Copies the environment's files, as they were at the chosen moment, into the drill's own bucket, and counts both sides.
# Given: rclone's variables for the remotes SOURCE (read-only) and COPIES, with SOURCE_PATH and COPIES_PATH; WORK.
set -eu

source="source:$SOURCE_PATH"
copies="copies:$COPIES_PATH"
[ "$SOURCE_PATH" != "$COPIES_PATH" ] || { echo "source and copy are the same place" >&2; exit 1; }

rclone copy --fast-list --transfers 16 --checkers 16 --retries 3 --stats 60s --stats-one-line --log-level NOTICE "$source" "$copies"
rclone check --fast-list --one-way --checkers 16 "$source" "$copies"

amount() { rclone size --fast-list --json "$1" | sed 's/.*"count": *\([0-9]*\).*"bytes": *\([0-9]*\).*/\1 objects, \2 bytes/'; }
wanted=$(amount "$source")
found=$(amount "$copies")
[ "$wanted" = "$found" ] || { echo "the copy holds $found, the source $wanted" >&2; exit 1; }
echo "restored and compared: $found"
