#!/bin/sh
# Copies a folder to the object store and proves it by reading it back. What is stored already is never overwritten.
# Given: rclone's variables for the remote OOB and OOB_PATH; WORK; FOLDER (below WORK) and PREFIX (below OOB_PATH).
# A file `manifest.json` is copied last: where there is a manifest, the copy beside it is complete.
set -eu

target="oob:$OOB_PATH/$PREFIX"
cd "$WORK/$FOLDER"
[ -n "$(find . -type f)" ] || { echo "nothing to copy in $FOLDER" >&2; exit 1; }

read_back() {
    here=$(sha256sum < "$1")
    there=$(rclone cat "$target/$1" | sha256sum)
    [ "$here" = "$there" ] || { echo "$1 reads back differently" >&2; exit 1; }
    echo "copied and read back: $PREFIX/$1"
}

# Folders, not single files: --immutable protects only within a folder copy.
rclone copy --immutable --retries 3 --low-level-retries 5 --exclude manifest.json . "$target"
find . -type f ! -name manifest.json | sed 's|^\./||' | sort | while IFS= read -r file; do read_back "$file"; done
rclone copy --immutable --retries 3 --low-level-retries 5 --include manifest.json . "$target"
find . -type f -name manifest.json | sed 's|^\./||' | sort | while IFS= read -r file; do read_back "$file"; done
