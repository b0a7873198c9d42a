-- As the administrator, in the application's database: what PostgreSQL 15 and later no longer give by themselves.
SELECT format('ALTER SCHEMA public OWNER TO %I', :'role')
WHERE EXISTS (SELECT FROM pg_catalog.pg_namespace AS found JOIN pg_catalog.pg_roles AS owner ON owner.oid = found.nspowner
              WHERE found.nspname = 'public' AND owner.rolname NOT IN (:'role', 'pg_database_owner')
                AND owner.rolname = current_user) \gexec

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO :"role";
GRANT ALL PRIVILEGES ON ALL TABLES IN SCHEMA public TO :"role";
GRANT ALL PRIVILEGES ON ALL SEQUENCES IN SCHEMA public TO :"role";
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO :"role";
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON SEQUENCES TO :"role";
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON FUNCTIONS TO :"role";
