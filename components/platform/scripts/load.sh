#!/bin/sh
# Loads the verified dump into the drill's empty database, as the application's role, and compares it with the manifest.
# Given: libpq's variables of the application role; WORK with what load_fetch.sh left there; ENVIRONMENT.
# All or nothing: a failure leaves the database as empty as it was. A database that is in use already is never loaded again.
set -eu

case "$ENVIRONMENT" in
    drill-*) ;;
    *) echo "$ENVIRONMENT is not a drill: nothing is loaded" >&2; exit 1 ;;
esac
ask() { psql --no-psqlrc --no-password --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 "$@"; }

dump=$(sed -n 's/.*"id": *"\([0-9TZ]*\)".*/\1/p' "$WORK/manifest.json")
mark="loaded from dump $dump"
marked=$(ask --command "SELECT pg_catalog.shobj_description(oid, 'pg_database') FROM pg_catalog.pg_database
                        WHERE datname = current_database()")
case "$marked" in
    "$mark") echo "$mark by an earlier run of this job, which compared it; the database is in use since"; exit 0 ;;
    "loaded from dump "*) echo "the database was $marked, not from $dump: make a new drill for another dump" >&2; exit 1 ;;
esac
# Without a mark, tables can only be those of a run that was cut off before the comparison. Anything else fails it.
if [ "$(ask --command "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = 'public'")" = 0 ]; then
    pg_restore --no-password --no-owner --no-privileges --single-transaction --exit-on-error \
        --dbname="$PGDATABASE" "$WORK/database.dump"
fi
ask --set "mark=$mark" --file "$(dirname "$0")/load.sql"
echo "$mark and compared with its manifest"
