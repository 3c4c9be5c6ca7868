"""MariaDB over the wire: what a server tells is a place, what it hides is a gap."""

from __future__ import annotations

import logging
import re
import time

import pytest

from model.codec import dumps, encode
from model.errors import CredentialsError
from model.observed import Reason, Unread, known
from model.places import PlaceKind
from scanners import mysql
from scanners.mysql.rights import RIGHTS, granted
from tests.scanners.mysql.servers import PASSWORD, Server, scan, target

pytestmark = pytest.mark.slow


def test_every_database_is_a_store_though_the_account_may_read_no_table(hospital: Server) -> None:
    seen = scan(target(hospital.port))

    store = seen.store(f"mysql://127.0.0.1:{hospital.port}/dossier_patient")
    assert {one.name for one in seen.stores if one.seen} == {"dossier_patient", "pharmacie-2"}
    assert (store.kind, store.role) == ("mysql.Database", PlaceKind.PRIMARY)
    assert (known(store.size_bytes) or 0) > 10_000
    assert isinstance(store.sites, Unread)
    assert seen.gaps == ()


def test_columns_that_tell_of_patients_make_a_database_one_of_health_data(hospital: Server) -> None:
    hospital.do(
        "CREATE DATABASE urgences",
        "CREATE TABLE urgences.p (ipp int, nir char(15), date_naissance date, code_cim10 text)",
    )
    try:
        seen = scan(target(hospital.port))
    finally:
        hospital.do("DROP DATABASE urgences")

    assert known(seen.store(f"mysql://127.0.0.1:{hospital.port}/urgences").holds_health) is True
    assert not known(seen.store(f"mysql://127.0.0.1:{hospital.port}/pharmacie-2").holds_health)


def test_federated_servers_are_those_that_the_databases_are_opened_to(hospital: Server) -> None:
    seen = scan(target(hospital.port))

    assert {known(store.shared_with) for store in seen.stores if store.seen} == {("mysql:labo.example.org",)}


def test_a_replica_is_a_copy_of_every_database_from_both_sides(hospital: Server, replica: Server) -> None:
    until = time.monotonic() + 30
    seen = scan(target(hospital.port))
    while not seen.copies or not replica.do("SHOW DATABASES LIKE 'dossier_patient'"):
        assert time.monotonic() < until
        time.sleep(0.1)
        seen = scan(target(hospital.port))
    from_replica = scan(target(replica.port, user="lexsitus"))

    assert {(copy.of.rpartition("/")[2], copy.at) for copy in seen.copies} == {
        ("dossier_patient", "mysql:host/127.0.0.1"),
        ("pharmacie-2", "mysql:host/127.0.0.1"),
    }
    assert not seen.store("mysql:host/127.0.0.1").seen
    here = f"mysql://127.0.0.1:{replica.port}/dossier_patient"
    assert from_replica.store(here).role is PlaceKind.REPLICA
    assert (f"mysql://127.0.0.1:{hospital.port}/dossier_patient", here) in {
        (copy.of, copy.at) for copy in from_replica.copies
    }


def test_an_account_without_the_rights_leaves_named_gaps(hospital: Server) -> None:
    seen = scan(target(hospital.port, user="curieux"))

    assert {gap.permission for gap in seen.gaps if gap.reason is Reason.REFUSED} == {
        "SHOW DATABASES",
        "PROCESS",
        "SLAVE MONITOR",
        "SELECT (server_name, host, db, wrapper) ON mysql.servers",
    }
    (store,) = [store for store in seen.stores if store.seen]
    assert isinstance(store.shared_with, Unread)
    assert isinstance(store.size_bytes, Unread)


def test_databases_left_out_or_absent_are_gaps(hospital: Server) -> None:
    seen = scan(target(hospital.port, databases=("dossier_patient", "fantome")))

    assert {store.name for store in seen.stores if store.seen} == {"dossier_patient"}
    assert {(gap.scope, gap.reason) for gap in seen.gaps} == {
        ("database pharmacie-2, left out by databases", Reason.DISABLED),
        ("database fantome", Reason.UNREACHABLE),
    }


def test_nobody_is_let_in_with_a_wrong_password(hospital: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEXSITUS_MYSQL_PASSWORD", "faux-mot-de-passe")

    with pytest.raises(CredentialsError, match="password_env"):
        mysql.identify(target(hospital.port))
    seen = scan(target(hospital.port))

    assert [gap.reason for gap in seen.gaps] == [Reason.REFUSED]
    assert seen.stores == ()


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEXSITUS_MYSQL_PASSWORD")

    with pytest.raises(CredentialsError, match="LEXSITUS_MYSQL_PASSWORD is not set"):
        mysql.identify(target(1))


def test_a_server_that_is_not_there_is_a_gap() -> None:
    assert [gap.reason for gap in scan(target(1)).gaps] == [Reason.UNREACHABLE]


def test_who_we_are_is_said(hospital: Server) -> None:
    assert re.match(r"lexsitus@.* on .*MariaDB", mysql.identify(target(hospital.port)))


def test_nothing_secret_is_kept_and_nothing_is_asked_but_reading(
    hospital: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        seen = scan(target(hospital.port))
    kept = dumps([encode(one) for one in (*seen.stores, *seen.copies, *seen.gaps)]).decode()

    assert PASSWORD not in kept + caplog.text
    sessions = set(re.findall(r"^\S*\s*(?:\S+ )?\s*(\d+) Connect\s+lexsitus@", hospital.log(), re.M))
    asked = {verb.upper() for one, verb in re.findall(r"\t?\s+(\d+) Query\s+(\w+)", hospital.log()) if one in sessions}
    assert asked
    assert asked <= {"SELECT", "SET", "SHOW"}


def test_all_privileges_hold_every_right() -> None:
    assert granted(["GRANT ALL PRIVILEGES ON *.* TO `a`@`%` WITH GRANT OPTION"]) == set(RIGHTS)
    assert granted(["GRANT SELECT ON `x`.* TO `a`@`%`", "GRANT PROCESS, SHOW DATABASES ON *.* TO `a`@`%`"]) == {
        "PROCESS",
        "SHOW DATABASES",
    }
