#!/bin/sh
# Makes the application's role and database, or brings them back to what they should be. Safe to repeat.
# Given: PGHOST, PGPORT, PGSSLMODE, PGSSLROOTCERT; CREDENTIAL_FOLDER with `username` and `pgpass`; ROLE, DATABASE,
# LOCALE, CONNECTION_LIMIT; ROLE_VERIFIER (SCRAM, so that no password reaches the server's log) and ROLE_PASSWORD.
set -eu

here=$(dirname "$0")
as_administrator() {
    PGUSER=$(cat "$CREDENTIAL_FOLDER/username") PGPASSFILE="$CREDENTIAL_FOLDER/pgpass" PGDATABASE="$1" \
        psql --no-psqlrc --no-password --quiet --set ON_ERROR_STOP=1 \
        --set "role=$ROLE" --set "database=$DATABASE" --set "locale=$LOCALE" --set "limit=$CONNECTION_LIMIT" \
        --file "$here/$2"
}

as_administrator "${ADMIN_DATABASE:-postgres}" bootstrap_role.sql
as_administrator "$DATABASE" bootstrap_grants.sql

# The proof, as the application itself: it connects, makes a table, and takes it away again.
PGUSER="$ROLE" PGPASSWORD="$ROLE_PASSWORD" PGDATABASE="$DATABASE" \
    psql --no-psqlrc --no-password --quiet --set ON_ERROR_STOP=1 --file "$here/bootstrap_proof.sql"
echo "role $ROLE and database $DATABASE are ready"
