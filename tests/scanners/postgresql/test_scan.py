"""PostgreSQL over the wire: what a server tells is a place, what it hides is a gap."""

from __future__ import annotations

import logging
import re
import time

import psycopg
import pytest

from model.codec import dumps, encode
from model.errors import CredentialsError
from model.observed import Absent, Known, Reason, Unread, known
from model.places import PlaceKind
from scanners import postgresql
from tests.scanners.postgresql.servers import PASSWORD, Cluster, scan, target, target_at

pytestmark = pytest.mark.slow


def test_every_database_is_a_store_with_its_size_and_tablespace(hospital: Cluster) -> None:
    seen = scan(target(hospital))

    store = seen.store(f"postgresql://127.0.0.1:{hospital.port}/eds")
    assert {one.name for one in seen.stores if one.seen} == {"postgres", "eds", "imagerie"}
    assert (store.kind, store.role) == ("postgresql.Database", PlaceKind.PRIMARY)
    assert (known(store.size_bytes) or 0) > 1_000_000
    assert ("tablespace", "froid") in (known(store.tags) or ())
    assert ("tablespace_location", str(hospital.folder / "froid")) in (known(store.tags) or ())
    assert ("publication", "vers_recherche") in (known(store.tags) or ())
    assert isinstance(store.sites, Unread)


def test_foreign_servers_are_those_that_a_database_is_opened_to(hospital: Cluster) -> None:
    seen = scan(target(hospital))

    assert known(seen.store(f"postgresql://127.0.0.1:{hospital.port}/eds").shared_with) == (
        "postgres_fdw:labo.example.org",
    )
    assert isinstance(seen.store(f"postgresql://127.0.0.1:{hospital.port}/postgres").shared_with, Absent)


def test_columns_that_tell_of_patients_make_a_database_one_of_health_data(hospital: Cluster) -> None:
    hospital.do(
        "CREATE SCHEMA s",
        "CREATE TABLE s.sejour (ipp text, nir text, date_naissance date, code_cim10 text)",
        database="imagerie",
    )
    hospital.do("GRANT CONNECT ON DATABASE imagerie TO lexsitus")
    try:
        seen = scan(target(hospital))
    finally:
        hospital.do("REVOKE CONNECT ON DATABASE imagerie FROM lexsitus")
        hospital.do("DROP SCHEMA s CASCADE", database="imagerie")

    store = seen.store(f"postgresql://127.0.0.1:{hospital.port}/imagerie")
    assert known(store.holds_health) is True
    assert {signal.family for signal in store.signals or ()} >= {"columns"}
    assert not known(seen.store(f"postgresql://127.0.0.1:{hospital.port}/postgres").holds_health)


def test_the_archive_of_the_log_is_a_backup_of_every_database(hospital: Cluster) -> None:
    seen = scan(target(hospital))

    assert not seen.store("s3://chu-wal").seen
    assert {copy.of.rpartition("/")[2] for copy in seen.copies if copy.at == "s3://chu-wal"} == {
        "postgres", "eds", "imagerie",
    }  # fmt: skip
    assert {copy.kind for copy in seen.copies if copy.at == "s3://chu-wal"} == {PlaceKind.BACKUP}


def test_a_slot_without_reader_is_a_copy_of_its_one_database(hospital: Cluster) -> None:
    seen = scan(target(hospital))

    ends = [copy for copy in seen.copies if copy.at.endswith("?slot=vers_entrepot")]
    assert [copy.of.rpartition("/")[2] for copy in ends] == ["eds"]


def test_a_standby_is_a_replica_of_every_database_from_both_sides(hospital: Cluster, standby: Cluster) -> None:
    until = time.monotonic() + 20
    from_primary = scan(target(hospital))
    while not [copy for copy in from_primary.copies if copy.at == "postgresql:host/127.0.0.1"]:
        assert time.monotonic() < until
        from_primary = scan(target(hospital))
    from_standby = scan(target(standby))

    assert {copy.of.rpartition("/")[2] for copy in from_primary.copies if copy.at == "postgresql:host/127.0.0.1"} == {
        "postgres", "eds", "imagerie",
    }  # fmt: skip
    here = f"postgresql://127.0.0.1:{standby.port}/eds"
    assert from_standby.store(here).role is PlaceKind.REPLICA
    assert (f"postgresql://127.0.0.1:{hospital.port}/eds", here) in {(copy.of, copy.at) for copy in from_standby.copies}


def test_a_subscription_leaves_a_gap_for_its_origin(hospital: Cluster, standby: Cluster) -> None:
    hospital.do(
        "CREATE SUBSCRIPTION venue CONNECTION 'host=ailleurs password=x' PUBLICATION p "
        "WITH (connect = false, enabled = false, slot_name = NONE)",
        database="imagerie",
    )
    hospital.do("UPDATE pg_subscription SET subenabled = true")
    try:
        gaps = scan(target(hospital)).gaps
    finally:
        hospital.do("ALTER SUBSCRIPTION venue DISABLE", "DROP SUBSCRIPTION venue", database="imagerie")

    (gap,) = [gap for gap in gaps if "subscription" in gap.scope]
    assert gap.store == f"postgresql://127.0.0.1:{hospital.port}/imagerie"
    assert "ailleurs" not in dumps(encode(gap)).decode()


def test_an_account_without_the_right_leaves_named_gaps_and_the_databases(hospital: Cluster) -> None:
    seen = scan(target(hospital, user="curieux"))

    refused = {gap.scope: gap.permission for gap in seen.gaps if gap.reason is Reason.REFUSED}
    assert refused["replicas of the server"] == "pg_monitor"
    assert refused["archive of the write-ahead log"] == "pg_monitor"
    assert refused["tables, publications and foreign servers of imagerie"] == "CONNECT ON DATABASE imagerie"
    assert {one.name for one in seen.stores if one.seen} == {"postgres", "eds", "imagerie"}
    hidden = seen.store(f"postgresql://127.0.0.1:{hospital.port}/imagerie")
    assert isinstance(hidden.size_bytes, Unread)
    assert isinstance(hidden.shared_with, Unread)


def test_databases_left_out_or_absent_are_gaps(hospital: Cluster) -> None:
    seen = scan(target(hospital, databases=("eds", "fantome")))

    assert {one.name for one in seen.stores if one.seen} == {"eds"}
    assert {(gap.scope, gap.reason) for gap in seen.gaps} >= {
        ("database imagerie, left out by databases", Reason.DISABLED),
        ("database fantome", Reason.UNREACHABLE),
    }


def test_a_locked_catalog_ends_in_time_and_is_a_gap(hospital: Cluster) -> None:
    with psycopg.connect(host="127.0.0.1", port=hospital.port, user="postgres", dbname="postgres") as holder:
        holder.execute("LOCK TABLE pg_subscription IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        seen = scan(target(hospital))

    assert time.monotonic() - began < 20
    assert [gap.reason for gap in seen.gaps if gap.scope == "subscriptions"] == [Reason.TIMEOUT]
    assert {one.name for one in seen.stores if one.seen} == {"postgres", "eds", "imagerie"}


def test_nobody_is_let_in_with_a_wrong_password_and_it_is_never_shown(
    hospital: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEXSITUS_PG_PASSWORD", "faux-mot-de-passe")

    with pytest.raises(CredentialsError) as error:
        postgresql.identify(target(hospital))
    seen = scan(target(hospital))

    assert "password_env" in str(error.value)
    assert "faux-mot-de-passe" not in str(error.value)
    assert [gap.reason for gap in seen.gaps] == [Reason.REFUSED]
    assert seen.stores == ()


def test_a_server_that_is_not_there_is_a_gap() -> None:
    assert [gap.reason for gap in scan(target_at(1)).gaps] == [Reason.UNREACHABLE]


def test_who_we_are_is_said(hospital: Cluster) -> None:
    assert re.match(r"lexsitus on PostgreSQL \d+", postgresql.identify(target(hospital)))


def test_nothing_secret_is_kept_and_nothing_is_asked_but_reading(
    hospital: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        seen = scan(target(hospital))
    kept = dumps([encode(one) for one in (*seen.stores, *seen.copies, *seen.gaps)]).decode()

    assert PASSWORD not in kept + caplog.text
    asked = re.findall(r"^\[lexsitus\] LOG:  statement: *\s*(\w+)", hospital.log(), re.M)
    assert asked
    assert set(asked) <= {"SELECT", "SET"}
    assert isinstance(seen.store("s3://chu-wal").provider, Unread)


def test_what_a_scan_may_do_is_what_its_policy_grants(hospital: Cluster) -> None:
    hospital.do("DROP ROLE IF EXISTS par_la_politique")
    statements = (
        postgresql.policy().replace("lexsitus", "par_la_politique").replace("PASSWORD NULL", f"PASSWORD '{PASSWORD}'")
    )
    hospital.do(*[line.split(";")[0] for line in statements.splitlines() if line and not line.startswith("--")])
    hospital.do("GRANT CONNECT ON DATABASE imagerie TO par_la_politique")

    seen = scan(target(hospital, user="par_la_politique"))

    assert seen.gaps == ()
    assert all(isinstance(one.size_bytes, Known) for one in seen.stores if one.seen)
