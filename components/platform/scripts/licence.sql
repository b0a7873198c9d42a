-- The days that the active licence still runs, and its last day, as one line; `unused` before a server's first start.
-- A stored licence is base64 of a JSON document and a signature of 256 bytes behind it (the server's utils/license.go). The
-- server tells `expires_at` to administrators only, and the heartbeat's bot is none. No line: no licence is active.
SELECT to_regclass('public.licenses') IS NOT NULL AND to_regclass('public.systems') IS NOT NULL AS kept \gset
\if :kept
    SELECT floor(extract(epoch FROM last - clock_timestamp()) / 86400)::bigint || ' ' || to_char(last AT TIME ZONE 'UTC', 'YYYY-MM-DD')
    FROM public.systems AS active
    JOIN public.licenses AS licence ON licence.id = active.value
    CROSS JOIN LATERAL (SELECT rtrim(decode(licence.bytes, 'base64'), '\x00'::bytea) AS signed) AS stored
    CROSS JOIN LATERAL (
        SELECT convert_from(substring(stored.signed FROM 1 FOR length(stored.signed) - 256), 'UTF8')::json AS content
    ) AS opened
    CROSS JOIN LATERAL (SELECT to_timestamp((opened.content ->> 'expires_at')::bigint / 1000.0) AS last) AS ending
    WHERE active.name = 'ActiveLicenseId';
\else
    \echo unused
\endif
