#!/bin/sh
# Ends every sign-in that came with the restored database: sessions, access tokens, links. Only ever in a drill.
# Given: libpq's variables of the application role; ENVIRONMENT.
set -eu

case "$ENVIRONMENT" in
    drill-*) ;;
    *) echo "$ENVIRONMENT is not a drill: nothing is touched" >&2; exit 1 ;;
esac
psql --no-psqlrc --no-password --quiet --set ON_ERROR_STOP=1 --file "$(dirname "$0")/restore_sign_ins.sql"
echo "the restored copy knows no live sign-in any more"
