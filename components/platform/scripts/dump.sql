-- One snapshot for the counts of the manifest and for pg_dump: what the manifest says is exactly what a restore must hold.
\getenv out OUT
\getenv id DUMP_ID

SELECT to_regclass('public.users') IS NOT NULL AND to_regclass('public.db_migrations') IS NOT NULL AS filled \gset
\if :filled
\else
    DO $$ BEGIN RAISE EXCEPTION 'the application has not made its tables yet: there is nothing to back up'; END $$;
\endif

BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_catalog.pg_export_snapshot() AS snapshot,
       to_char(transaction_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS taken \gset
\setenv SNAPSHOT :snapshot
-- Without owners and grants: they name this server's administrator, and the bootstrap makes them on any other.
\! pg_dump --no-password --no-owner --no-privileges --format=custom --compress=6 --snapshot="$SNAPSHOT" --file="$OUT/database.dump" || rm -f "$OUT/database.dump"
\set dumped `test -s "$OUT/database.dump" && echo true || echo false`
\if :dumped
\else
    DO $$ BEGIN RAISE EXCEPTION 'pg_dump failed'; END $$;
\endif
\set bytes `wc -c < "$OUT/database.dump"`
\set digest `sha256sum < "$OUT/database.dump" | cut -c1-64`

\pset format unaligned
\pset tuples_only on
\o :out/manifest.json
SELECT jsonb_pretty(jsonb_build_object(
    'version', 1,
    'id', :'id',
    'stack', :'stack',
    'createdAt', :'taken',
    'database', current_database(),
    'databaseVersion', current_setting('server_version'),
    'databaseBytes', pg_catalog.pg_database_size(current_database()),
    'serverVersion', (SELECT value FROM public.systems WHERE name = 'Version'),
    'migrations', (SELECT jsonb_agg(jsonb_build_object('version', version, 'name', name) ORDER BY version)
                   FROM public.db_migrations),
    'rows', jsonb_build_object(
        'users', (SELECT count(*) FROM public.users),
        'channels', (SELECT count(*) FROM public.channels),
        'posts', (SELECT count(*) FROM public.posts),
        'fileinfo', (SELECT count(*) FROM public.fileinfo)),
    'dump', jsonb_build_object('file', 'database.dump', 'format', 'custom',
                               'bytes', trim(:'bytes')::bigint, 'sha256', :'digest')));
\o
COMMIT;
