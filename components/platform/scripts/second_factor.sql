-- As the application's role: the emergency accounts get their prepared second factor. Other accounts stay as they are.
-- The seeds come through COPY, because its data is never written to a server's log.
SELECT to_regclass('public.users') IS NULL AS early \gset
\if :early
    \echo 'the application has not made its tables yet: nothing to do'
    \quit
\endif
BEGIN;
CREATE TEMPORARY TABLE prepared (username text PRIMARY KEY, seed text NOT NULL) ON COMMIT DROP;
\copy prepared FROM PSTDIN
WITH changed AS (
    UPDATE public.users AS account
    SET mfasecret = prepared.seed,
        mfaactive = true,
        updateat = (extract(epoch FROM clock_timestamp()) * 1000)::bigint
    FROM prepared
    WHERE account.username = prepared.username
      AND (account.mfasecret IS DISTINCT FROM prepared.seed OR account.mfaactive IS DISTINCT FROM true)
    RETURNING 1
)
SELECT format('second factors changed: %s', count(*)) FROM changed;
COMMIT;
