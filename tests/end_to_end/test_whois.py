"""``lexsitus whois`` as a user runs it: a process of its own, a DNS server on loopback, no configuration."""

from __future__ import annotations

import json
import os
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
ZONE = {
    ("portail.chu.example.", "A"): ["CNAME x.azurewebsites.net."],
    ("x.azurewebsites.net.", "A"): ["A 20.43.33.1"],
    ("chu.example.", "A"): ["A 5.135.1.1"],
    ("chu.example.", "MX"): ["MX 10 chu-example.mail.protection.outlook.com."],
    ("chu.example.", "NS"): ["NS ns-1.awsdns-00.com."],
    ("chu.example.", "TXT"): ['TXT "v=spf1 include:spf.protection.outlook.com -all"'],
    ("xn--hpital-ixa.example.", "A"): ["A 193.51.1.1"],
    ("slow.example.", "A"): ["A 51.15.0.1"],
}
SLOW_SECONDS = 1.5
Run = Callable[..., subprocess.CompletedProcess[str]]


def answer(wire: bytes) -> bytes:
    asked = dns.message.from_wire(wire)
    reply = dns.message.make_response(asked)
    reply.flags |= dns.flags.AA | dns.flags.RA
    (question,) = asked.question
    name, type = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
    if name.startswith("slow."):
        time.sleep(SLOW_SECONDS)
    for record in ZONE.get((name, type), ()):
        kind, _, value = record.partition(" ")
        reply.answer.append(dns.rrset.from_text(name, 60, "IN", kind, value))
    if not reply.answer and not any(known == name for known, _ in ZONE):
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply.to_wire()


class Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request[1].sendto(answer(self.request[0]), self.client_address)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as udp:
        udp.daemon_threads = True
        udp.block_on_close = False
        threading.Thread(target=udp.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{udp.server_address[1]}"
        udp.shutdown()


@pytest.fixture
def run(tmp_path: Path, server: str) -> Run:
    def command(*arguments: str, input: str = "", nameserver: str = server) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(ROOT / "cli.py"), "whois", *arguments, "--nameserver", nameserver],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            input=input,
            check=False,
            env={**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "share")},
            timeout=60,
        )

    return command


def test_queries_of_every_kind_are_answered_in_the_order_asked(run: Run) -> None:
    queries = [
        "portail.chu.example", "chu.example", "52.47.64.1", "https://chu-eds.s3.eu-west-3.amazonaws.com/brut",
        "arn:aws:rds:eu-west-3:123456789012:db:eds", "gs://chu-eds", "hôpital.example", "10.0.0.1",
    ]  # fmt: skip

    done = run(*queries, "--format", "jsonl")

    lines = [json.loads(text) for text in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [one["query"] for one in lines] == queries
    assert [(one["provider"], one["region"], one["role"]) for one in lines] == [
        ("microsoft-azure", "francecentral", "hosting"), ("ovhcloud", None, "hosting"), ("aws", "eu-west-3", "hosting"),
        ("aws", "eu-west-3", "storage"), ("aws", "eu-west-3", "storage"), ("google-cloud", None, "storage"),
        ("renater", None, "hosting"), (None, None, "unknown"),
    ]  # fmt: skip
    assert {(one["type"], one["provider"]) for one in lines[1]["records"]} >= {
        ("A", "ovhcloud"), ("MX", "microsoft-365"), ("NS", "aws"), ("SPF", "microsoft-365"),
    }  # fmt: skip
    assert all(one["operators"] for one in lines if one["provider"])


def test_each_bad_line_is_named_once_and_the_rest_done(run: Run, tmp_path: Path) -> None:
    lines = ["# portals", "chu.example", "a..b", "", "x" * 300 + ".example", "deux mots", "10.0.0.300", "chu.example"]
    (tmp_path / "names.txt").write_bytes("\n".join(lines).encode() + b"\n\xff\xfe\n")

    done = run("--names-from", "names.txt", "--format", "jsonl")

    answers = [json.loads(text) for text in done.stdout.splitlines()]
    assert done.returncode == 2
    assert [one["provider"] for one in answers] == ["ovhcloud", None, None, None, None, "ovhcloud", None]
    assert [line.split(": ")[1] for line in done.stderr.splitlines()] == [
        f"names.txt:{number}" for number in (3, 5, 6, 7, 9)
    ]


def test_standard_input_is_read_and_json_is_one_document(run: Run) -> None:
    done = run("-", "--format", "json", input="chu.example\n10.0.0.1\n")

    assert [one["query"] for one in json.loads(done.stdout)] == ["chu.example", "10.0.0.1"]
    assert done.returncode == 0


def test_a_newcomer_gets_a_page_in_either_language(run: Run) -> None:
    pages = {lang: run("portail.chu.example", "--lang", lang).stdout for lang in ("fr", "en")}

    assert "Hébergeur" in pages["fr"]
    assert "Hosted by" in pages["en"]
    for page in pages.values():
        assert "francecentral" in page
        assert max(len(line) for line in page.splitlines()) <= 80


def test_everything_is_prepared_while_the_slowest_answer_is_awaited(run: Run) -> None:
    """What one look-up without any question takes is the measure of this machine, which may be busy."""
    names = ["chu.example", "portail.chu.example", "slow.example", *(f"n{n}.example" for n in range(7))]
    began = time.monotonic()
    run("10.0.0.1")
    alone = time.monotonic() - began

    began = time.monotonic()
    done = run(*names, "--format", "jsonl")
    took = time.monotonic() - began

    assert len(done.stdout.splitlines()) == 10
    # The slow name is asked twice over: its addresses, then whether its neighbours get the same.
    assert took < 2 * SLOW_SECONDS + 3 * alone + 1


def test_a_server_that_does_not_answer_leaves_coverage_incomplete(run: Run) -> None:
    done = run("chu.example", "--format", "jsonl", nameserver="127.0.0.1:9")

    (found,) = [json.loads(text) for text in done.stdout.splitlines()]
    assert done.returncode == 4
    assert found["provider"] is None
    assert "DNS" in found["unknown_because"]
    assert found["gaps"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "nothing to look up"),
        (("a.example", "--nameserver", "nowhere"), "--nameserver"),
        (("--names-from", "missing.txt"), "missing.txt"),
    ],
)
def test_what_cannot_be_asked_is_said_at_once(run: Run, arguments: tuple[str, ...], says: str) -> None:
    done = run(*arguments)

    assert done.returncode == 2
    assert says in done.stderr
    assert done.stdout == ""


def test_renewed_tables_are_used_from_then_on(run: Run, tmp_path: Path) -> None:
    feed = "5.135.0.0/16,FR,FR-HDF,Gravelines,\n"
    (tmp_path / "ovh.csv").write_text(feed, encoding="utf-8")
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "share")}
    subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), "catalog", "update", "--from", "ovh.csv", "--on", "2026-11-20"],
        cwd=tmp_path, env=environment, check=True, capture_output=True,
    )  # fmt: skip

    (found,) = json.loads(run("5.135.1.1", "--format", "json").stdout)

    assert (found["provider"], found["country"], found["country_basis"]) == ("ovhcloud", "FR", "place")
    assert any("geofeed of ovhcloud" in one["source"] for one in found["evidence"])
