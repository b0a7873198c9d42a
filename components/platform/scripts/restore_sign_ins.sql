-- In a restored copy, before the first start: a server that runs already would keep sessions in its memory.
-- Nothing that a reconciliation counts is touched: users, channels, posts and files stay as they were restored.
DO $$
DECLARE
    found text;
BEGIN
    FOREACH found IN ARRAY ARRAY['sessions', 'oauthaccessdata', 'oauthauthdata', 'tokens', 'desktoptokens'] LOOP
        IF to_regclass('public.' || found) IS NOT NULL THEN
            EXECUTE format('TRUNCATE TABLE public.%I', found);
        END IF;
    END LOOP;
    IF to_regclass('public.useraccesstokens') IS NOT NULL THEN
        UPDATE public.useraccesstokens SET isactive = false WHERE isactive;
    END IF;
    IF to_regclass('public.users') IS NULL THEN
        RAISE EXCEPTION 'the restored database holds no users: this is not a restore';
    END IF;
END
$$;
