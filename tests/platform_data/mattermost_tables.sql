-- The few tables that the shipped scripts touch, as the server's own migrations make them; only the needed columns.
CREATE TABLE users (id varchar(26) PRIMARY KEY, username varchar(64) UNIQUE, updateat bigint, mfaactive boolean,
                    mfasecret varchar(128), deleteat bigint, mfausedtimestamps jsonb);
CREATE TABLE channels (id varchar(26) PRIMARY KEY, name varchar(64));
CREATE TABLE posts (id varchar(26) PRIMARY KEY, channelid varchar(26), message varchar(65535), createat bigint);
CREATE TABLE fileinfo (id varchar(26) PRIMARY KEY, path varchar(512));
CREATE TABLE systems (name varchar(64) PRIMARY KEY, value varchar(1024));
CREATE TABLE db_migrations (version bigint PRIMARY KEY, name varchar);
CREATE TABLE bots (userid varchar(26) PRIMARY KEY, deleteat bigint);
CREATE TABLE useraccesstokens (id varchar(26) PRIMARY KEY, token varchar(26) UNIQUE, userid varchar(26),
                               description varchar(512), isactive boolean);
CREATE TABLE sessions (id varchar(26) PRIMARY KEY, token varchar(26), userid varchar(26));
CREATE TABLE audits (id varchar(26) PRIMARY KEY, createat bigint, userid varchar(26), action varchar(512),
                     extrainfo varchar(1024), ipaddress varchar(64), sessionid varchar(26));
CREATE TABLE oauthaccessdata (clientid varchar(26), userid varchar(26), token varchar(26) PRIMARY KEY);
CREATE TABLE configurations (id varchar(26) PRIMARY KEY, value text NOT NULL, createat bigint NOT NULL,
                             active boolean NULL UNIQUE, sha char(64));
CREATE TABLE configurationfiles (name varchar(64) PRIMARY KEY, data text NOT NULL, createat bigint, updateat bigint);
INSERT INTO systems VALUES ('Version', '12.1.0');
INSERT INTO db_migrations VALUES (1, 'create_teams'), (146, 'newest');
INSERT INTO users (id, username, mfaactive, deleteat) SELECT 'u' || n, 'user' || n, false, 0 FROM generate_series(1, 7) AS n;
INSERT INTO channels SELECT 'c' || n, 'channel' || n FROM generate_series(1, 5) AS n;
INSERT INTO posts SELECT 'p' || n, 'c1', repeat('words ', 50), n FROM generate_series(1, 1234) AS n;
INSERT INTO fileinfo SELECT 'f' || n, 'path/' || n FROM generate_series(1, 11) AS n;
