#!/bin/sh
# Fetches the heartbeat bot's access token, which the accounts sidecar had the server make; it exists nowhere else.
# Given: libpq's variables of the application role; BOT, DESCRIPTION, TOKEN_FILE.
set -eu
umask 077

psql --no-psqlrc --no-password --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 \
    --set "bot=$BOT" --set "description=$DESCRIPTION" --output "$TOKEN_FILE" <<'SQL'
SELECT held.token
FROM public.useraccesstokens AS held
JOIN public.users AS owner ON owner.id = held.userid AND owner.deleteat = 0
JOIN public.bots AS bot ON bot.userid = owner.id AND bot.deleteat = 0
WHERE owner.username = :'bot' AND held.isactive AND held.description = :'description'
ORDER BY held.id LIMIT 1;
SQL
[ -s "$TOKEN_FILE" ] || { echo "no active token of $BOT called '$DESCRIPTION': has the accounts sidecar run?" >&2; exit 1; }
