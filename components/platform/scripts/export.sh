#!/bin/sh
# The server's own configuration out of the database, as it is now, into $PARTS. It may hold secrets that were typed into the
# console: where it goes must be encrypted. What comes from environment variables is not in it.
# Given: libpq's variables of the application role; PARTS.
set -eu
umask 077
mkdir -p "$PARTS"

ask() {
    psql --no-psqlrc --no-password --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --output "$1" --command "$2"
}

ask "$PARTS/mattermost-configuration.json" "SELECT value FROM public.configurations WHERE active"
ask "$PARTS/mattermost-configuration-files.json" \
    "SELECT coalesce(json_agg(json_build_object('name', name, 'data', data) ORDER BY name), '[]') FROM public.configurationfiles"
ask "$PARTS/database-time.txt" \
    "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
[ -s "$PARTS/mattermost-configuration.json" ] || { echo "the server has not stored a configuration yet" >&2; exit 1; }
