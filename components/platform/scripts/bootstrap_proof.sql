-- As the application's role: the connection is encrypted, a table can be made and dropped. Leaves nothing behind.
DO $$
BEGIN
    IF NOT (SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_backend_pid()) THEN
        RAISE EXCEPTION 'this connection is not encrypted';
    END IF;
END
$$;
BEGIN;
CREATE TABLE oob_connection_proof (id integer PRIMARY KEY);
INSERT INTO oob_connection_proof VALUES (1);
DROP TABLE oob_connection_proof;
COMMIT;
