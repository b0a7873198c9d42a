-- Says who used an emergency account, or tried to, since the last two runs: one line of JSON each, for the watch around the
-- cluster to find (OOB-28, OOB-105). The server's audit log says it too, but only with a licence; this table it fills always.
-- Given: names (the emergency accounts, separated by commas).
SELECT to_regclass('public.audits') IS NOT NULL AND to_regclass('public.users') IS NOT NULL AS kept \gset
\if :kept
    SELECT json_build_object('event', 'emergency account', 'login_id', name, 'outcome', audit.extrainfo,
                             'address', audit.ipaddress, 'at', to_timestamp(audit.createat / 1000.0) AT TIME ZONE 'UTC')
    FROM unnest(string_to_array(:'names', ',')) AS name
    LEFT JOIN public.users AS account ON account.username = name
    JOIN public.audits AS audit
        ON audit.userid = account.id OR audit.extrainfo ~ ('login_id=' || name || '( |$)')
    WHERE audit.action LIKE '%/users/login'
      AND audit.createat > (extract(epoch FROM clock_timestamp()) - 660) * 1000
    ORDER BY audit.createat;
\endif
