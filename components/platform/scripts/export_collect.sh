#!/bin/sh
# What lies in object stores already: this program's state, and the manifest of the newest dump, into $PARTS.
# Given: rclone's variables for the remote OOB and OOB_PATH; DUMPS (folder below it); where the state is known, the remote
# STATE, STATE_PATH and PROJECT.
set -eu

newest=$(rclone lsf -R --files-only --use-server-modtime --max-age 8d --include manifest.json "oob:$OOB_PATH/$DUMPS" | sort | tail -n 1)
if [ -n "$newest" ]; then
    rclone copyto "oob:$OOB_PATH/$DUMPS/$newest" "$PARTS/dump-manifest.json"
else
    echo "no dump in the last eight days" >&2
fi

if [ -n "${STATE_PATH:-}" ]; then
    rclone copy --exclude '*.bak' "state:$STATE_PATH/.pulumi/stacks/$PROJECT" "$PARTS/state"
    [ -n "$(find "$PARTS/state" -type f)" ] || { echo "the state of $PROJECT is not where it should be" >&2; exit 1; }
fi
