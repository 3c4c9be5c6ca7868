"""What every scanner owes the others.  A new file in scanners/ is under these tests the moment it exists."""

from __future__ import annotations

import json
import pickle
import re
import socket
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import scanners
from model.codec import decode, dumps, encode
from model.errors import LexsitusError
from model.places import Target
from scanners import Job
from scanners._redact import secret_in

NAMES = scanners.names()

_READ_VERBS = re.compile(
    r"(Get|List|Describe|Head|Lookup|Query|Search|Select|View|BatchGet|BatchDescribe|Read|Resolve)[A-Z*]?|GET\Z|AssumeRole\Z"
)
# Rights of SQL servers that show names, sizes and states, and neither a row of a table nor the log of its changes.
_SQL_RIGHTS = {
    "pg_monitor",
    "CONNECT",
    "PROCESS",
    "REPLICATION CLIENT",
    "SELECT (server_name, host, db, wrapper) ON mysql.servers",
    "SHOW DATABASES",
    "SLAVE MONITOR",
}


def example(name: str) -> Target:
    return Target(name, "example", tuple(sorted(scanners.load(name).EXAMPLE.items())))


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> Any:
        raise AssertionError("a plan must not open a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_there_is_a_scanner_for_the_register() -> None:
    assert "declared" in NAMES


@pytest.mark.parametrize("name", NAMES)
class TestEachScanner:
    def test_it_offers_all_that_a_scanner_offers(self, name: str) -> None:
        scanner = scanners.load(name)

        assert scanner.__doc__
        assert all(isinstance(help, str) and help for help in scanner.SETTINGS.values())
        assert set(scanner.EXAMPLE) <= set(scanner.SETTINGS)
        assert not {"scanner", "name"} & set(scanner.SETTINGS)
        assert scanner.TASKS
        assert set(scanner.LISTINGS) | set(scanner.LISTINGS.values()) <= set(scanner.TASKS)

    def test_its_example_is_planned_without_a_connection(self, name: str, offline: None) -> None:
        jobs = list(scanners.load(name).plan(example(name)))

        assert jobs
        assert len({job.key for job in jobs}) == len(jobs)

    def test_its_jobs_travel_and_name_their_task_and_scope(self, name: str) -> None:
        tasks = scanners.load(name).TASKS

        for job in scanners.load(name).plan(example(name)):
            assert job.task in tasks
            assert job.scope.strip()
            assert "\n" not in job.scope
            assert pickle.loads(pickle.dumps(job)) == job
            assert decode(Job, json.loads(dumps(encode(job)))) == job
            assert not secret_in(dumps(encode(job)).decode())

    def test_planning_twice_gives_the_same_jobs(self, name: str) -> None:
        scanner = scanners.load(name)

        assert [job.key for job in scanner.plan(example(name))] == [job.key for job in scanner.plan(example(name))]

    def test_its_rights_only_read(self, name: str) -> None:
        for permission in set(scanners.load(name).PERMISSIONS) - _SQL_RIGHTS:
            verb = permission.rsplit(":", 1)[-1].rsplit("/", 1)[-1].rsplit(".", 1)[-1]
            assert _READ_VERBS.match(verb[:1].upper() + verb[1:]), permission

    def test_its_policy_grants_its_rights_and_is_made_without_a_connection(self, name: str, offline: None) -> None:
        scanner = scanners.load(name)

        policy = scanner.policy()

        assert bool(policy) == bool(scanner.PERMISSIONS)
        assert [permission for permission in scanner.PERMISSIONS if permission not in policy] == []

    def test_its_tasks_are_functions_of_its_own(self, name: str) -> None:
        for task in scanners.load(name).TASKS.values():
            assert task.__module__.startswith(f"scanners.{name}") or task.__module__ == "scanners._table"

    def test_a_setting_of_the_wrong_type_is_a_usage_error(self, name: str) -> None:
        scanner = scanners.load(name)
        for setting in scanner.SETTINGS:
            wrong = True if scanner.SETTINGS[setting].startswith("Whole number") else 12
            settings = {**scanner.EXAMPLE, setting: wrong}
            with pytest.raises(LexsitusError) as error:
                list(scanner.plan(Target(name, "example", tuple(sorted(settings.items())))))
            assert error.value.exit_code == 2
            assert setting in str(error.value)


def test_the_scanner_of_the_documentation_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Path(__file__).parents[2].joinpath("docs", "adding-a-scanner.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", page, re.M | re.S)
    module = ModuleType("scanners.rehearsal")
    exec(compile(code, "docs/adding-a-scanner.md", "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, "scanners.rehearsal", module)
    monkeypatch.setattr("scanners._names.names", lambda: ("rehearsal",))

    assert all(permission in module.policy() for permission in module.PERMISSIONS)
    assert module.identify(example("rehearsal"))
    assert module.probe(example("rehearsal")).scanner == "rehearsal"
    (done,) = scanners.run(
        scanners.load("rehearsal").plan(example("rehearsal")), scanners.InlineExecutor(), in_flight=1, budget_seconds=5
    )

    assert done.complete
    assert (done.job.scope, set(module.EXAMPLE) - set(module.SETTINGS)) == ("the list of buckets", set())
