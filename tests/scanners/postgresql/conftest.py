"""A hospital's PostgreSQL server and a standby of it, one of each per run."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scanners.postgresql.servers import PASSWORD, Cluster, start


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that the server's own account may enter."""
    folder = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def furnish(folder: Path) -> Cluster:
    """A primary with two databases, a tablespace, a foreign server, a publication, a slot and an archive."""
    cluster = start(
        folder,
        {
            "wal_level": "logical",
            "archive_mode": "on",
            "archive_command": f"true s3://chu-wal/pg --password={PASSWORD}",
            "log_statement": "all",
            "log_line_prefix": "[%u] ",
        },
    )
    (folder / "froid").mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder / "froid", "postgres")
    cluster.do(
        f"CREATE TABLESPACE froid LOCATION '{folder / 'froid'}'",
        "CREATE DATABASE eds TABLESPACE froid",
        "CREATE DATABASE imagerie",
        f"CREATE ROLE lexsitus LOGIN PASSWORD '{PASSWORD}'",
        "GRANT pg_monitor TO lexsitus",
        f"CREATE ROLE curieux LOGIN PASSWORD '{PASSWORD}'",
        "REVOKE CONNECT ON DATABASE imagerie FROM PUBLIC",
    )
    cluster.do(
        "CREATE TABLE patient (ipp text, nom text)",
        "CREATE PUBLICATION vers_recherche FOR TABLE patient",
        "SELECT pg_create_logical_replication_slot('vers_entrepot', 'pgoutput')",
        "CREATE EXTENSION postgres_fdw",
        "CREATE SERVER labo FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'labo.example.org', dbname 'resultats')",
        f"CREATE USER MAPPING FOR lexsitus SERVER labo OPTIONS (user 'x', password '{PASSWORD}')",
        database="eds",
    )
    return cluster


@pytest.fixture(scope="session")
def hospital(folders: Path) -> Iterator[Cluster]:
    """The hospital's server."""
    folder = folders / "hospital"
    folder.mkdir()
    cluster = furnish(folder)
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def standby(hospital: Cluster, folders: Path) -> Iterator[Cluster]:
    """A streaming replica of the hospital's server, caught up."""
    folder = folders / "standby"
    folder.mkdir()
    cluster = start(folder, {"log_statement": "all"}, copy_of=hospital)
    yield cluster
    cluster.stop()


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The password of every account."""
    monkeypatch.setenv("LEXSITUS_PG_PASSWORD", PASSWORD)
