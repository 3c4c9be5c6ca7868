"""Every question that is put to a MySQL or MariaDB server, by name.

Sources: MariaDB Knowledge Base and MySQL Reference Manual, "Information Schema" and "Replication".  The text of other
people's queries (``processlist.info``) and passwords (``mysql.servers.password``) are never asked.  Nor is SHOW REPLICA
HOSTS: the right it needs would let the account read the binary log, hence every row, or change the replication, and
the connections that are sent the binary log tell the same.
"""

from __future__ import annotations

from scanners._sql import Query

ACCOUNT = Query("current_user", "SELECT current_user() AS account", {"account": str})

# The answer has one column, whose name tells the account.
GRANTS = Query("SHOW GRANTS", "SHOW GRANTS", {})

# information_schema.tables hides what the account has no privilege on; schemata, with SHOW DATABASES, does not.
DATABASES = Query(
    "information_schema.schemata",
    """
SELECT schema_name AS name FROM information_schema.schemata
WHERE schema_name NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys') ORDER BY schema_name
""",
    {"name": str},
)

_SIZES = "SELECT substring_index(name, '/', 1) AS name, CAST(sum(file_size) AS SIGNED) AS bytes FROM {} GROUP BY 1"
SIZES = {
    mariadb: Query(table, _SIZES.format(f"{table} WHERE name LIKE '%/%'"), {"name": str, "bytes": int | None})
    for mariadb, table in (
        (True, "information_schema.innodb_sys_tablespaces"),
        (False, "information_schema.innodb_tablespaces"),
    )
}
"""By whether the server is MariaDB."""

RECEIVERS = Query(
    "information_schema.processlist",
    "SELECT host FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%' ORDER BY id",
    {"host": str},
)

UPSTREAM = {
    True: Query("SHOW ALL SLAVES STATUS", "SHOW ALL SLAVES STATUS", {"master_host": str, "master_port": int}),
    False: Query("SHOW REPLICA STATUS", "SHOW REPLICA STATUS", {"source_host": str, "source_port": int}),
}

SERVERS = Query(
    "mysql.servers",
    "SELECT server_name AS name, host, wrapper FROM mysql.servers ORDER BY server_name",
    {"name": str, "host": str, "wrapper": str},
)

COLUMNS = Query(
    "information_schema.columns",
    """
SELECT table_schema AS name, table_name AS tbl, column_name AS col FROM information_schema.columns
WHERE table_schema NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys')
ORDER BY table_schema, table_name, ordinal_position LIMIT 100000
""",
    {"name": str, "tbl": str, "col": str},
)
