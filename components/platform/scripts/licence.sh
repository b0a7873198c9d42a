#!/bin/sh
# How long does the licence run that the servers use? Exit 1 if for less than $DAYS days, or if there is none.
# Given: libpq's variables of the application role; DAYS.
set -eu

here=$(dirname "$0")
found=$(psql --no-psqlrc --no-password --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --file "$here/licence.sql")
case $found in
    unused)
        echo "no server has started on this database yet"
        exit 0
        ;;
    '')
        echo "no licence is active: the cluster, the audit log and the metrics of the servers end with it" >&2
        exit 1
        ;;
esac
left=${found% *}
last=${found#* }
if [ "$left" -lt "$DAYS" ]; then
    echo "the licence ends on $last, in $left days: upload a new one in the System Console, and set oob:licence to it" >&2
    exit 1
fi
echo "the licence runs until $last, for $left more days"
