#!/bin/sh
# One logical backup of the database and its manifest, both of the same moment, into $WORK/dump.
# Given: libpq's variables of the application role; WORK; STACK and GENERATION for the manifest.
set -eu

here=$(dirname "$0")
DUMP_ID=$(date -u +%Y%m%dT%H%M%SZ)
OUT="$WORK/dump/$(date -u +%Y/%m/%d)/$DUMP_ID"
mkdir -p "$OUT"
export DUMP_ID OUT

# The SQL holds one snapshot open, counts in it, and lets pg_dump read the very same snapshot.
psql --no-psqlrc --no-password --quiet --set ON_ERROR_STOP=1 --set "stack=$STACK" --file "$here/dump.sql"

test -s "$OUT/manifest.json" && test -s "$OUT/database.dump"
pg_restore --list "$OUT/database.dump" > /dev/null
echo "dump $DUMP_ID: $(wc -c < "$OUT/database.dump") bytes"
