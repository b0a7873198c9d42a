#!/bin/sh
# Sets the prepared second factors of the emergency accounts, and says who used one. Changes nothing where they are set already.
# Given: libpq's variables of the application role; SEEDS (folder: one file a user name, its seed inside).
set -eu

here=$(dirname "$0")
for file in "$SEEDS"/*; do
    [ -f "$file" ] && printf '%s\t%s\n' "$(basename "$file")" "$(cat "$file")"
done | psql --no-psqlrc --no-password --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --file "$here/second_factor.sql"

names=$(for file in "$SEEDS"/*; do [ -f "$file" ] && basename "$file"; done | paste -s -d , -)
psql --no-psqlrc --no-password --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --set "names=$names" \
    --file "$here/break_glass_use.sql"
