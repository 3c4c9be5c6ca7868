"""Every question that is put to a PostgreSQL server, by name.

Source: PostgreSQL documentation, "System Catalogs", "System Views" and "The Cumulative Statistics System".  None reads
a table of the user's, a password, or a connection string: ``pg_user_mappings`` and ``subconninfo`` are never asked.
"""

from __future__ import annotations

from scanners._sql import Query

RIGHTS = Query(
    "pg_has_role",
    """
SELECT current_user AS account, current_setting('server_version') AS version, pg_is_in_recovery() AS standby,
       pg_has_role('pg_read_all_settings', 'USAGE') AS settings, pg_has_role('pg_read_all_stats', 'USAGE') AS stats
""",
    {"account": str, "version": str, "standby": bool, "settings": bool, "stats": bool},
)

DATABASES = Query(
    "pg_database",
    """
SELECT d.datname AS name, t.spcname AS tablespace, pg_tablespace_location(t.oid) AS location,
       d.datallowconn AND has_database_privilege(d.oid, 'CONNECT') AS open,
       CASE WHEN pg_has_role('pg_read_all_stats', 'USAGE') OR has_database_privilege(d.oid, 'CONNECT')
            THEN pg_database_size(d.oid) END AS bytes
FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE NOT d.datistemplate ORDER BY d.datname
""",
    {"name": str, "tablespace": str, "location": str | None, "open": bool, "bytes": int | None},
)

SETTINGS = Query(
    "pg_settings",
    """
SELECT name, setting FROM pg_settings
WHERE name IN ('archive_mode', 'archive_command', 'archive_library', 'data_directory', 'log_directory')
""",
    {"name": str, "setting": str | None},
)

# A standby and a client of change capture both hold a connection of this kind.
RECEIVERS = Query(
    "pg_stat_replication",
    """
SELECT r.application_name AS name, host(r.client_addr) AS address, r.client_hostname AS host, r.state, s.database
FROM pg_stat_replication r LEFT JOIN pg_replication_slots s ON s.active_pid = r.pid ORDER BY r.pid
""",
    {"name": str | None, "address": str | None, "host": str | None, "state": str | None, "database": str | None},
)

SLOTS = Query(
    "pg_replication_slots",
    """
SELECT slot_name AS slot, database FROM pg_replication_slots
WHERE NOT active AND NOT temporary ORDER BY slot_name
""",
    {"slot": str, "database": str | None},
)

UPSTREAM = Query(
    "pg_stat_wal_receiver",
    "SELECT sender_host AS host, sender_port AS port FROM pg_stat_wal_receiver",
    {"host": str | None, "port": int | None},
)

SUBSCRIPTIONS = Query(
    "pg_subscription",
    """
SELECT s.subname AS name, d.datname AS database
FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE s.subenabled ORDER BY s.subname
""",
    {"name": str, "database": str},
)

FOREIGN_SERVERS = Query(
    "pg_foreign_server",
    """
SELECT s.srvname AS name, w.fdwname AS wrapper,
       (SELECT option_value FROM pg_options_to_table(s.srvoptions)
        WHERE option_name IN ('host', 'hostaddr', 'servername') LIMIT 1) AS host
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw ORDER BY s.srvname
""",
    {"name": str, "wrapper": str, "host": str | None},
)

PUBLICATIONS = Query(
    "pg_publication",
    "SELECT pubname AS name FROM pg_publication ORDER BY pubname",
    {"name": str},
)

COLUMNS = Query(
    "pg_attribute",
    """
SELECT n.nspname AS schema, c.relname AS table, array_agg(a.attname::text ORDER BY a.attnum) AS columns
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
GROUP BY n.nspname, c.relname ORDER BY n.nspname, c.relname LIMIT 20000
""",
    {"schema": str, "table": str, "columns": list},
)
