-- As the application's role, after a dump went in: the database must hold exactly what the manifest says. Only then the mark.
\set manifest `cat "$WORK/manifest.json"`
BEGIN;
SELECT set_config('oob.manifest', :'manifest', true) \g /dev/null
DO $$
DECLARE
    manifest jsonb := current_setting('oob.manifest');
    wanted jsonb := jsonb_build_object('serverVersion', manifest->'serverVersion', 'migrations', manifest->'migrations',
                                       'rows', manifest->'rows');
    found jsonb := jsonb_build_object(
        'serverVersion', (SELECT value FROM public.systems WHERE name = 'Version'),
        'migrations', (SELECT jsonb_agg(jsonb_build_object('version', version, 'name', name) ORDER BY version)
                       FROM public.db_migrations),
        'rows', jsonb_build_object(
            'users', (SELECT count(*) FROM public.users),
            'channels', (SELECT count(*) FROM public.channels),
            'posts', (SELECT count(*) FROM public.posts),
            'fileinfo', (SELECT count(*) FROM public.fileinfo)));
BEGIN
    IF found IS DISTINCT FROM wanted THEN
        RAISE EXCEPTION 'the database does not hold what the manifest says: % instead of %', found->'rows', wanted->'rows';
    END IF;
END
$$;
COMMENT ON DATABASE :"DBNAME" IS :'mark';
COMMIT;
-- A restore brings no statistics along, and the first people would wait for the planner's guesses.
SET client_min_messages = error;
ANALYZE;
