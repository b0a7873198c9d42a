-- As the administrator, in the maintenance database: the role, its password, the database. Repeatable; drops nothing.
-- The administrator of a managed service is no superuser: it has CREATEROLE and CREATEDB, so nothing here asks for more.
\getenv verifier ROLE_VERIFIER

SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', :'role')
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = :'role') \gexec

-- NOSUPERUSER may be named at creation only: altering that attribute is reserved to superusers.
ALTER ROLE :"role" WITH LOGIN NOCREATEDB NOCREATEROLE CONNECTION LIMIT :limit PASSWORD :'verifier';

-- From PostgreSQL 16 on, whoever creates a role may administer it but is no member: giving it a database needs membership.
SELECT format('GRANT %I TO CURRENT_USER', :'role')
WHERE NOT pg_catalog.pg_has_role(current_user, :'role', 'USAGE') \gexec

SELECT format('CREATE DATABASE %I OWNER %I ENCODING ''UTF8'' LC_COLLATE %L LC_CTYPE %L TEMPLATE template0',
              :'database', :'role', :'locale', :'locale')
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = :'database') \gexec

SELECT format('ALTER DATABASE %I OWNER TO %I', :'database', :'role')
WHERE EXISTS (SELECT FROM pg_catalog.pg_database AS found JOIN pg_catalog.pg_roles AS owner ON owner.oid = found.datdba
              WHERE found.datname = :'database' AND owner.rolname <> :'role') \gexec

REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT ALL PRIVILEGES ON DATABASE :"database" TO :"role";

SELECT set_config('oob.role', :'role', false), set_config('oob.database', :'database', false) \g /dev/null
DO $$
DECLARE
    found pg_catalog.pg_roles;
    encoding text;
BEGIN
    SELECT * INTO STRICT found FROM pg_catalog.pg_roles WHERE rolname = current_setting('oob.role');
    IF found.rolsuper OR found.rolcreatedb OR found.rolcreaterole OR found.rolreplication OR found.rolbypassrls THEN
        RAISE EXCEPTION 'role % has more rights than an application may have', found.rolname;
    END IF;
    SELECT pg_catalog.pg_encoding_to_char(d.encoding) INTO STRICT encoding
    FROM pg_catalog.pg_database AS d WHERE d.datname = current_setting('oob.database');
    IF encoding <> 'UTF8' THEN
        RAISE EXCEPTION 'database % has encoding %, not UTF8', current_setting('oob.database'), encoding;
    END IF;
END
$$;
