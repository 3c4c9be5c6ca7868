"""Every question that is put to a MySQL or MariaDB server, by name.

Sources: MariaDB Knowledge Base and MySQL Reference Manual, "Information Schema" and "Replication".  The text of other
people's queries (``processlist.info``) and passwords (``mysql.servers.password``) are never asked.  Nor is SHOW REPLICA
HOSTS: the right it needs would let the account read the binary log, hence every row, or change the replication, and
the connections that are sent the binary log tell the same.
"""

from __future__ import annotations

ACCOUNT = "SELECT current_user() AS account"

GRANTS = "SHOW GRANTS"

# information_schema.tables hides what the account has no privilege on; schemata, with SHOW DATABASES, does not.
DATABASES = """
SELECT schema_name AS name FROM information_schema.schemata
WHERE schema_name NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys') ORDER BY schema_name
"""

SIZES = {
    True: "SELECT substring_index(name, '/', 1) AS name, CAST(sum(file_size) AS SIGNED) AS bytes "
    "FROM information_schema.innodb_sys_tablespaces WHERE name LIKE '%/%' GROUP BY 1",
    False: "SELECT substring_index(name, '/', 1) AS name, CAST(sum(file_size) AS SIGNED) AS bytes "
    "FROM information_schema.innodb_tablespaces WHERE name LIKE '%/%' GROUP BY 1",
}
"""By whether the server is MariaDB."""

RECEIVERS = """
SELECT user AS account, host FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%' ORDER BY id
"""

UPSTREAM = {True: "SHOW ALL SLAVES STATUS", False: "SHOW REPLICA STATUS"}

SERVERS = "SELECT server_name AS name, host, db, wrapper FROM mysql.servers ORDER BY server_name"

COLUMNS = """
SELECT table_schema AS name, table_name AS tbl, column_name AS col FROM information_schema.columns
WHERE table_schema NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys')
ORDER BY table_schema, table_name, ordinal_position LIMIT 100000
"""
