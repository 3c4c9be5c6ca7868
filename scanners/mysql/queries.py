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

_COLUMNS = """
SELECT t.name AS path, c.name AS col FROM information_schema.{0}tables t
JOIN information_schema.{0}columns c ON c.table_id = t.table_id WHERE t.name LIKE '%/%'
ORDER BY t.name, c.pos LIMIT 99999
"""
# information_schema.columns hides, from an account that may read no table, every column there is.
COLUMNS = {
    mariadb: Query(f"information_schema.{prefix}columns", _COLUMNS.format(prefix), {"path": str, "col": str})
    for mariadb, prefix in ((True, "innodb_sys_"), (False, "innodb_"))
}
