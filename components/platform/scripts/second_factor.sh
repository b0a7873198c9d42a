#!/bin/sh
# Sets the prepared second factors of the emergency accounts. Changes nothing where they are set already.
# Given: libpq's variables of the application role; SEEDS (folder: one file a user name, its seed inside).
set -eu

here=$(dirname "$0")
for file in "$SEEDS"/*; do
    [ -f "$file" ] && printf '%s\t%s\n' "$(basename "$file")" "$(cat "$file")"
done | psql --no-psqlrc --no-password --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --file "$here/second_factor.sql"
