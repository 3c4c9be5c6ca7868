"""The command line: arguments in, commands called, files written, exit code out.

Nothing here knows a provider, a rule or a format; what is slow to import is imported by the command
that needs it.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import logging
import os
import shutil
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from catalog import Catalog
    from history.editions import Draft, Edition, Editions
    from history.journal import Journal
    from history.snapshot import Snapshot
    from model.assessment import Assessment, DataVersion, JudgedPlace
    from model.attribution import LookUp
    from model.configuration import Configuration
    from model.datasets import Controller
    from model.places import Inventory, Observations, StoreFacts, Target
    from model.resolution import Resolution
    from scanners import Done, Job, Step

T = TypeVar("T")
VERSION = "0.1.0"
_PACKAGES = ("model", "scanners", "catalog", "legislation", "history", "reports")
_INTERRUPTED = 130
_JOB_SECONDS = 120.0
"""A job that has no answer by then is a gap: the slowest listing known takes half of it."""
_SAY_EVERY_SECONDS = 15.0
_LITTLE_SPACE = 200 * 2**20
_PROBE_SECONDS = 60.0
_SURVEYED = 1_000
"""Queries beyond which a look-up asks for addresses and mail exchangers only."""
_FEW, _FEW_RATE = 20, 2_000
"""So few queries that all may be asked at once: no resolver minds."""
_INCOMPLETE, _STALE = 4, 5
_RESUME_WITHIN = timedelta(hours=24)
"""An unfinished scan older than this is not gone on with: its first half would describe another day."""
_FORECAST_DAYS = 365
_TREND = 60
"""Editions whose figures a new one repeats."""
_FORECAST_FACTS = 5_000
"""Distinct facts beyond which an edition is made without a forecast, which judges an estate some twenty times."""
_log = logging.getLogger("lexsitus.cli")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code (docs/interface.md); nothing is raised but SystemExit for usage."""
    if overwritten := overwritten_packages(Path(__file__).parent):
        print(
            f"lexsitus: another distribution overwrote {', '.join(overwritten)}: nothing it prints could be trusted. "
            "Install lexsitus alone: pipx install lexsitus, or a virtual environment of its own.",
            file=sys.stderr,
        )
        return 1
    from model.errors import LexsitusError

    args = _parser().parse_args(arguments)
    _start_logging(args)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except LexsitusError as error:
        print(f"lexsitus: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("lexsitus: interrupted; what was read is kept, the next scan goes on from there", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of our output left: not an error of ours, and Python must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"lexsitus: {error.filename or 'system'}: {error.strerror or error}", file=sys.stderr)
        return 1
    return code


def overwritten_packages(folder: Path) -> tuple[str, ...]:
    """Which of our packages are no longer those of the installed wheel (docs/decisions/0001).

    Compares each ``__init__.py`` with its digest in the wheel's RECORD; empty for a source tree, which has none.
    """
    records = sorted(folder.glob(f"lexsitus-{VERSION}.dist-info/RECORD"))
    if not records:
        return ()
    wanted = {f"{package}/__init__.py" for package in _PACKAGES}
    found = []
    with records[0].open(encoding="utf-8", newline="") as lines:
        for name, digest, _ in csv.reader(lines):
            if name in wanted:
                path = folder / name
                actual = hashlib.sha256(path.read_bytes()).digest() if path.exists() else b""
                if digest != "sha256=" + base64.urlsafe_b64encode(actual).rstrip(b"=").decode():
                    found.append(name)
    return tuple(found)


# Arguments


def _common(**default: Any) -> argparse.ArgumentParser:
    """The options of every command.  Under a sub-command their default is nothing, so as to undo no earlier one."""
    common = argparse.ArgumentParser(add_help=False)
    options: tuple[tuple[str, dict[str, Any]], ...] = (
        ("--config", {"metavar": "FILE", "help": "configuration (default: LEXSITUS_CONFIG, ./lexsitus.toml)"}),
        ("--lang", {"choices": ("fr", "en"), "help": "language of what people read"}),
        ("--quiet", {"action": "store_true", "help": "say nothing but errors"}),
        ("--verbose", {"action": "store_true", "help": "say what is being done"}),
        ("--no-color", {"action": "store_true", "help": "never use colour"}),
    )
    for name, settings in options:
        common.add_argument(name, **settings, **default)
    return common


def _parser() -> argparse.ArgumentParser:
    common = _common()
    parser = argparse.ArgumentParser(
        prog="lexsitus",
        description="Where health data rest, who operates each place, whose law reaches it, what the law says of it, "
        "how we know, and what could not be seen.",
        epilog="start with: lexsitus demo    then: lexsitus init, lexsitus doctor, lexsitus run    "
        "exit codes: 0 nothing to report, 1 fault, 2 usage, 3 non-compliant, 4 coverage incomplete, 5 lapsed or stale",
    )
    parser.add_argument("--version", action="version", version=f"lexsitus {VERSION}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(
        name: str, run: Callable[[argparse.Namespace], int], text: str, example: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, parents=[common], help=text, description=text, epilog=f"example: {example}")
        sub.set_defaults(run=run)
        return sub

    demo = command("demo", _demo, "a fictitious hospital: no account, no network", "lexsitus demo --lang en")
    demo.add_argument("--output", metavar="DIR", default="demo", help="where its files go (default: ./demo)")

    init = command("init", _init, "write lexsitus.toml and a register to start from", "lexsitus init --directory audit")
    init.add_argument("--directory", metavar="DIR", default=".", help="where (default: here)")

    command("doctor", _doctor, "check identities, rights, clock, data age, installation", "lexsitus doctor")

    for name, run, text in (
        ("scan", _scan, "read every target and the register into a new edition, and judge it"),
        ("run", _run, "scan, and every report that the configuration names: what cron calls"),
    ):
        scan = command(name, run, text, f"lexsitus {name} --only chu-prod")
        scan.add_argument("--only", nargs="+", metavar="NAME", help="these targets; the others are shown as gaps")
        scan.add_argument("--jobs", type=_positive, default=32, metavar="N", help="questions in flight (default: 32)")
        scan.add_argument("--no-resume", action="store_true", help="forget an unfinished scan")
        scan.add_argument("--dask", metavar="ADDRESS", help="let a Dask cluster ask, for example tcp://scheduler:8786")
        _add_fail_on(scan)

    assess = command("assess", _assess, "judge a kept snapshot again; no network", "lexsitus assess --on 2027-01-01")
    assess.add_argument(
        "--on", type=_day, metavar="YYYY-MM-DD", help="the day whose law and facts count (default: today)"
    )
    assess.add_argument("--edition", metavar="ID", help="whose snapshot (default: the latest)")
    assess.add_argument("--catalog", metavar="DIR", help="your own catalog files, over those shipped")
    _add_fail_on(assess)

    report = command(
        "report", _report, "print or write reports of an edition", "lexsitus report --format json | jq .summary"
    )
    report.add_argument("--format", nargs="+", metavar="NAME", help="table (default), json, html, pdf...")
    report.add_argument("--output", metavar="PATH", help="a file for one format, a folder for several")
    report.add_argument("--edition", metavar="ID", help="which edition (default: the latest)")
    report.add_argument("--public", action="store_true", help="without names of stores, accounts, tags and persons")
    report.add_argument("--schema", action="store_true", help="print the JSON Schema of json, or of jsonl")
    _add_fail_on(report, default=())

    explain = command(
        "explain", _explain, "from observation to verdict, and what would change it", "lexsitus explain edsante"
    )
    explain.add_argument("id", metavar="ID", help="a store, a dataset, a finding or a gap")
    explain.add_argument("--edition", metavar="ID", help="which edition (default: the latest)")

    forecast = command(
        "forecast", _forecast, "what will change on the days to come, and for which dataset", "lexsitus forecast"
    )
    forecast.add_argument(
        "--days", type=_positive, default=_FORECAST_DAYS, metavar="N", help=f"how far (default: {_FORECAST_DAYS})"
    )
    forecast.add_argument("--on", type=_day, metavar="YYYY-MM-DD", help="after which day (default: today)")
    forecast.add_argument("--format", choices=("table", "json"), default="table", help="table (default) or json")
    _add_edition(forecast)

    simulate = command(
        "simulate", _simulate, "the same rules after a move: what it settles, what remains",
        "lexsitus simulate --dataset eds --to snc-ovh-bare-metal-pod",
    )  # fmt: skip
    simulate.add_argument("--dataset", required=True, metavar="ID", help="the dataset whose originals move")
    simulate.add_argument(
        "--to", required=True, metavar="OFFER", help="a qualification id, a provider id, or provider/region"
    )
    simulate.add_argument("--on", type=_day, metavar="YYYY-MM-DD", help="judged on which day (default: today)")
    simulate.add_argument("--format", choices=("table", "json"), default="table", help="table (default) or json")
    _add_edition(simulate)

    whois = command(
        "whois", _whois, "who really hosts a name, an address or a resource, and whose law reaches it",
        "lexsitus whois portail.chu-exemple.fr",
    )  # fmt: skip
    whois.add_argument(
        "queries", nargs="*", metavar="NAME|IP|ARN|URL",
        help="names, addresses, URLs, ARNs, ARM ids, bucket URLs; - reads them from standard input",
    )  # fmt: skip
    whois.add_argument("--names-from", action="append", default=[], metavar="FILE", help="one query a line")
    whois.add_argument(
        "--nameserver", action="append", default=[], metavar="HOST:PORT", help="whom to ask (default: the system's)"
    )
    whois.add_argument(
        "--format", choices=("table", "json", "jsonl"), default="table", help="table (default), json, jsonl"
    )
    whois.add_argument(
        "--depth", choices=("thorough", "survey"),
        help="all that may tell, or addresses and mail exchangers only (default: survey beyond 1,000 queries)",
    )  # fmt: skip
    whois.add_argument("--catalog", metavar="DIR", help="your own catalog files, over those shipped")
    whois.add_argument("--on", type=_day, metavar="YYYY-MM-DD", help="the day whose law counts (default: today)")

    _catalog_commands(command)
    _rules_commands(command)
    _register_commands(command)

    detect = command(
        "detect", _detect, "try on files or names what tells health data; no network, nothing is kept",
        "lexsitus detect export.csv --format jsonl",
    )  # fmt: skip
    detect.add_argument("paths", nargs="*", metavar="PATH", help="files, or folders with all their files")
    detect.add_argument("--names-from", metavar="FILE", help="names of stores, one a line (- for standard input)")
    detect.add_argument(
        "--format", choices=("table", "json", "jsonl"), default="table", help="table (default), json or jsonl"
    )

    changes = command(
        "changes", _changes, "what is different between two editions: new, gone, moved, changed, not seen again",
        "lexsitus changes 20261114 20261121 --format jsonl",
    )  # fmt: skip
    changes.add_argument("old", nargs="?", metavar="OLD", help="the earlier edition (default: the one before NEW)")
    changes.add_argument("new", nargs="?", metavar="NEW", help="the later edition (default: the latest)")
    changes.add_argument(
        "--format", choices=("table", "json", "jsonl"), default="table", help="table (default), json or jsonl"
    )

    past = command("history", _history, "the figures of every edition, oldest first", "lexsitus history --format json")
    past.add_argument("--format", choices=("table", "json"), default="table", help="table (default) or json")

    permissions = command(
        "permissions", _permissions, "the exact read-only policy of a scanner", "lexsitus permissions aws"
    )
    permissions.add_argument("scanner", metavar="NAME", help="a scanner, for example aws")

    verify = command("verify", _verify, "check the digests and the chain of editions", "lexsitus verify")
    verify.add_argument("edition", nargs="?", metavar="EDITION", help="one edition (default: all)")
    return parser


_Command = Callable[[str, Callable[[argparse.Namespace], int], str, str], argparse.ArgumentParser]


def _catalog_commands(command: _Command) -> None:
    catalog = command(
        "catalog", _catalog_list, "who answers for a place: look it up, check it", "lexsitus catalog list"
    )
    which = catalog.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = which.add_parser(name, parents=[_common(default=argparse.SUPPRESS)], help=text, description=text)
        sub.set_defaults(run=run)
        sub.add_argument("--catalog", metavar="DIR", help="your own catalog files, over those shipped")
        sub.add_argument("--on", type=_day, metavar="YYYY-MM-DD", help="the day whose facts count (default: today)")
        return sub

    listing = add("list", _catalog_list, "providers and qualified services")
    listing.add_argument("text", nargs="?", default="", metavar="TEXT", help="only those that contain it")
    show = add("show", _catalog_show, "a provider, an entity, a qualification or a region, with every source")
    show.add_argument(
        "id", metavar="ID", help="for example ovhcloud, amazon-com-inc, snc-ovh-hpc-vmware, aws/eu-west-3"
    )
    add("check", _catalog_check, "every fault and every stale row of the data files")
    missing = add("missing", _catalog_missing, "what a snapshot met and the catalog does not hold, with stubs to paste")
    missing.add_argument("--edition", metavar="ID", help="whose snapshot (default: the latest)")

    update = add("update", _catalog_update, "renew the address tables from the files that providers publish")
    update.add_argument(
        "--from", dest="files", nargs="+", required=True, metavar="FILE",
        help="ip-ranges.json, ServiceTags_*.json, cloud.json, public_ip_ranges.json, ips-v4, a geofeed, ip-location-db",
    )  # fmt: skip
    update.add_argument("--provider", default="", metavar="ID", help="whose geofeed it is, when its name does not tell")


def _rules_commands(command: _Command) -> None:
    rules = command("rules", _rules_list, "the rules, their texts and their dates", "lexsitus rules show A31-003")
    which = rules.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, run, text in (
        ("list", _rules_list, "every rule, with its state on a day"),
        ("show", _rules_show, "one rule: texts and versions, parameters, dates in force, last check, remedy"),
    ):
        sub = which.add_parser(name, parents=[_common(default=argparse.SUPPRESS)], help=text, description=text)
        sub.set_defaults(run=run)
        sub.add_argument("--on", type=_day, metavar="YYYY-MM-DD", help="on which day (default: today)")
        if name == "show":
            sub.add_argument("id", metavar="ID", help="for example A31-003")


def _register_commands(command: _Command) -> None:
    register = command(
        "register", _register_template, "begin, check or convert a register", "lexsitus register check registre.ods"
    )
    which = register.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = which.add_parser(name, parents=[_common(default=argparse.SUPPRESS)], help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    template = add("template", _register_template, "a blank register to fill in")
    template.add_argument("--format", choices=("yaml", "xlsx", "ods", "csv"), default="yaml", help="default: yaml")
    template.add_argument("--output", metavar="FILE", help="where it goes (default: standard output)")
    forms = "a register: YAML, a spreadsheet (ours or the CNIL's), a HealthDCAT-AP catalogue"
    check = add("check", _register_check, "what a register declares, or the line or cell where it is wrong")
    check.add_argument("file", metavar="FILE", help=forms)
    convert = add("import", _register_import, "a register of any form as YAML, and what could not be mapped")
    convert.add_argument("file", metavar="FILE", help=forms)
    convert.add_argument("--output", metavar="FILE", help="where the YAML goes (default: standard output)")


def _add_edition(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--edition", metavar="ID", help="whose snapshot (default: the latest)")
    parser.add_argument("--catalog", metavar="DIR", help="your own catalog files, over those shipped")


def _add_fail_on(parser: argparse.ArgumentParser, default: tuple[int, ...] = (3, 4, 5)) -> None:
    parser.add_argument(
        "--fail-on", type=_codes, default=default, metavar="CODES",
        help="which of 3,4,5 make the command exit non-zero, or none (default: 3,4,5)",
    )  # fmt: skip


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, found {text!r}")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a day written YYYY-MM-DD, found {text!r}") from None


def _codes(text: str) -> tuple[int, ...]:
    if text == "none":
        return ()
    if not set(text.split(",")) <= {"3", "4", "5"}:
        raise argparse.ArgumentTypeError(f"expected some of 3,4,5 separated by commas, or none; found {text!r}")
    return tuple(int(code) for code in text.split(","))


def _start_logging(args: argparse.Namespace) -> None:
    level = logging.ERROR if args.quiet else logging.INFO if args.verbose else logging.WARNING
    logging.basicConfig(stream=sys.stderr, level=level, format="%(asctime)s %(levelname)s %(message)s", force=True)
    for talkative in ("boto3", "botocore", "urllib3", "werkzeug", "moto"):
        # Their debug lines may hold signed requests.
        logging.getLogger(talkative).setLevel(logging.ERROR)


# Commands


def _configuration(args: argparse.Namespace) -> Configuration:
    import reports
    from model.configuration import configuration_path, read_configuration

    configuration = read_configuration(configuration_path(args.config, os.environ), reports.names(), os.environ)
    return replace(configuration, lang=args.lang) if args.lang else configuration


def _demo(args: argparse.Namespace) -> int:
    from scanners._standin.hospital import demo_environment, demo_files, hospital

    folder = Path(args.output)
    _say(args, "starting a fictitious hospital on this machine; no account, no network")
    with hospital() as server:
        args.config = str(demo_files(folder, server.endpoint_url))
        args.only, args.jobs, args.no_resume, args.dask, args.fail_on = None, 16, True, None, (3, 4, 5)
        with _environment(demo_environment()):
            edition, code = _new_edition(args, _configuration(args), with_reports=True)
    _print_report(edition, "table", args.lang or "fr")
    print(f"A scheduled run would have ended with exit code {code}.", file=sys.stderr)
    for page in sorted(edition.folder.rglob("*.html")):
        print(f"HTML edition: {page.resolve()}", file=sys.stderr)
    return 0


def _init(args: argparse.Namespace) -> int:
    from model.configuration import FILE_NAME
    from model.errors import UsageError
    from scanners import configuration_template, register_template

    folder, lang = Path(args.directory), args.lang or "fr"
    files = {FILE_NAME: configuration_template(lang), "register.yaml": register_template(lang)}
    for name in files:
        if (folder / name).exists():
            raise UsageError(f"{folder / name}: already there; nothing was written. Choose another --directory")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
        _say(args, f"wrote {folder / name}")
    _say(args, "fill them in, then: lexsitus doctor, lexsitus run")
    return 0


def _scan(args: argparse.Namespace) -> int:
    _, code = _new_edition(args, _configuration(args), with_reports=False)
    return code


def _run(args: argparse.Namespace) -> int:
    _, code = _new_edition(args, _configuration(args), with_reports=True)
    return code


def _new_edition(args: argparse.Namespace, configuration: Configuration, *, with_reports: bool) -> tuple[Edition, int]:
    """Scans, judges and publishes: the edition and the exit code.  Nothing is published unless all of it is."""
    from history.editions import Editions
    from history.journal import digest_of_run
    from history.snapshot import Snapshot
    from model.datasets import Controller
    from scanners import targets

    every = targets(configuration)
    wanted = _only(every, args.only)
    began = datetime.now(UTC)
    editions = Editions(configuration.editions)
    digest = digest_of_run(VERSION, wanted, _digest(configuration.register))
    with editions.lock(began), ExitStack() as open_until_published:
        # Asked before anything is written: a run that cannot begin leaves nothing behind.
        jobs, gaps = _begun(wanted, left_out=[target for target in every if target not in wanted])
        draft = _draft(args, editions, began, digest)
        _read_into(args, draft, digest, wanted, jobs, gaps)
        snapshot = open_until_published.enter_context(Snapshot(draft.folder / "snapshot"))
        controller = Controller(configuration.organisation, configuration.controller)
        assessment = _judge(draft, snapshot, controller, draft.started_at.date(), editions.latest())
        names = configuration.reports if with_reports else ()
        return _publish(args, editions, draft, assessment, names, configuration.lang)


def _only(every: tuple[Target, ...], names: Sequence[str] | None) -> tuple[Target, ...]:
    """The targets called ``names`` (all when ``None``); the register always counts."""
    from model.errors import TargetError, UsageError

    known = [target.name for target in every]
    if not known:
        raise TargetError("nothing to scan: add a [[target]] or a register to the configuration")
    for name in names or ():
        if name not in known:
            raise UsageError(f"--only: no target {name!r}; known: {', '.join(known)}")
    return tuple(target for target in every if names is None or target.name in names or target.scanner == "declared")


def _digest(path: Path | None) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path and path.is_file() else ""


def _draft(args: argparse.Namespace, editions: Editions, began: datetime, digest: str) -> Draft:
    """The unfinished draft of the same scan when it is not older than a day, else a new one."""
    unfinished = None if args.no_resume else editions.open_draft(digest)
    if unfinished and began - unfinished.started_at <= _RESUME_WITHIN:
        _say(args, f"going on with the scan of {unfinished.started_at:%Y-%m-%d %H:%M:%S} UTC (--no-resume starts anew)")
        return unfinished
    return editions.draft(began, digest)


def _begun(wanted: Sequence[Target], left_out: Sequence[Target]) -> tuple[list[Job], Observations]:
    """The first jobs of the targets that let us in, and a gap for each other one.

    Raises CredentialsError when none of those that need an identity lets us in: there is nothing to publish then.
    """
    from model.errors import CredentialsError
    from model.observed import Reason
    from model.places import Gap, Observations
    from scanners import load

    # Planned before anybody is asked: a wrong register or setting must stop the run before its first call.
    planned = [(target, tuple(load(target.scanner).plan(target))) for target in wanted]
    jobs: list[Job] = []
    gaps, refusals, asked, now = [], [], 0, datetime.now(UTC)
    for target in left_out:
        scope = f"target {target.name}, left out by --only"
        gaps.append(Gap(target.scanner, target.name, "", "", scope, "--only", Reason.DISABLED, now))
    for target, first in planned:
        asked += target.scanner != "declared"
        try:
            load(target.scanner).identify(target)
            jobs.extend(first)
        except CredentialsError as error:
            refusals.append(error)
            scope, detail = f"target {target.name}: no identity", str(error)
            gaps.append(Gap(target.scanner, target.name, "", "", scope, "identify", Reason.REFUSED, now, detail=detail))
    if refusals and len(refusals) == asked:
        raise refusals[0]
    return jobs, Observations(gaps=tuple(gaps))


def _read_into(
    args: argparse.Namespace,
    draft: Draft,
    digest: str,
    wanted: Sequence[Target],
    jobs: Sequence[Job],
    gaps: Observations,
) -> None:
    """Runs the jobs and all that follow from them, and seals what they learned as the snapshot of ``draft``.

    What DNS alone shows is attributed on its way into the snapshot; the journal and each store keep what DNS said.
    """
    import catalog
    from history.journal import Journal
    from history.tables import SnapshotWriter
    from scanners import cluster, executor, run

    facts = catalog.load(_overlay(None))
    scopes: list[tuple[str, str]] = []
    with (
        Journal(draft.journal, digest) as journal,
        SnapshotWriter(draft.folder / "snapshot", draft.scratch / "tables") as writer,
        cluster(args.dask, VERSION) if args.dask else executor(args.jobs) as workers,
        _Progress(args, len(jobs)) as progress,
    ):
        writer.add(gaps)
        for done in run(
            jobs,
            workers,
            in_flight=2 * args.jobs,
            budget_seconds=_JOB_SECONDS,
            recall=lambda job: _recalled(journal, job),
        ):
            if not done.resumed:
                _record(journal, done)
            writer.add(facts.attributed(done.step.observations), done.listing)
            if done.complete:
                scopes.append((done.job.target.name, done.job.scope))
            progress.step(done)
        writer.seal(wanted, scopes, draft.started_at, datetime.now(UTC), VERSION)


def _recalled(journal: Journal, job: Job) -> Step | None:
    from scanners import Job, Step

    entry = journal.recall(job.key)
    if entry is None:
        return None
    return Step(entry.observations, tuple(Job(r.target, r.task, r.scope, r.arguments) for r in entry.requests))


def _record(journal: Journal, done: Done) -> None:
    from history.journal import Entry, Request

    requests = tuple(Request(job.target, job.task, job.scope, job.arguments) for job in done.step.jobs)
    journal.record(done.job.key, Entry(done.step.observations, requests, done.complete))


def _judge(
    draft: Draft,
    snapshot: Snapshot,
    controller: Controller,
    on: date,
    previous: Edition | None,
    overlay: str | None = None,
) -> Assessment:
    """What the law and the catalog say on the day ``on`` of what the snapshot holds.  No network."""
    import catalog
    import legislation
    import reports
    from history import assessments
    from model.assessment import Assessment, Exit, Header, exit_of, summarise

    facts, law = catalog.load(_overlay(overlay)), legislation.load()
    inventory = snapshot.inventory(controller)
    judgement = law.assess(facts.resolve(inventory, on), inventory.derogations, on)
    header = Header(
        edition=draft.id,
        tool_version=VERSION,
        organisation=controller.name,
        controller=controller.kind.value,
        started_at=snapshot.manifest.started_at,
        finished_at=snapshot.manifest.finished_at,
        on=on,
        snapshot_sha256=snapshot.sha256,
        catalog=facts.version(on),
        legislation=law.version(on),
        previous=previous.id if previous else "",
    )
    gaps, summary = inventory.gaps, summarise(judgement, snapshot.copies, inventory.gaps)
    until, coming = _days_after(on, _FORECAST_DAYS), None
    if len(inventory.facts) <= _FORECAST_FACTS:
        coming = law.forecast(inventory, facts.resolve, facts.forthcoming(inventory, on, until), on, until)
    assessment = Assessment(header, judgement, gaps, inventory.flows, summary, Exit(0, ()), snapshot.stores, coming)
    before = assessments.read_header(previous.folder) if previous else None
    seen = assessments.first_seen(reports.finding_ids(assessment), before, on)
    whole = replace(assessment, header=replace(header, first_seen=seen), exit=exit_of(judgement, len(gaps), header))
    return _since(previous, draft, whole)


def _since(previous: Edition | None, draft: Draft, assessment: Assessment) -> Assessment:
    """The assessment with what changed since the edition before and with the figures of the last ones."""
    from history import assessments
    from history.changes import Side, summarised
    from model.errors import SnapshotError

    trend = [assessments.point(assessment.header, assessment.summary, assessment.exit)]
    found = None
    if previous:
        try:
            before = assessments.read(previous.folder)
            found = summarised(Side(previous.folder, before), Side(draft.folder, assessment))
            earlier = before.trend or (assessments.point(before.header, before.summary, before.exit),)
            trend = [*earlier[1 - _TREND :], *trend]
        except (SnapshotError, MemoryError) as error:
            # Neither a damaged old edition nor a comparison too large may prevent a new one: nothing is said compared.
            _log.warning("no comparison with edition %s: %s", previous.id, error)
    return replace(assessment, changes=found, trend=tuple(trend))


def _days_after(on: date, days: int) -> date:
    """``days`` after ``on``, or the last day that a calendar of ours can write."""
    return on + timedelta(days=min(days, (date.max - on).days))


def _publish(
    args: argparse.Namespace,
    editions: Editions,
    draft: Draft,
    assessment: Assessment,
    names: Iterable[str],
    lang: str,
) -> tuple[Edition, int]:
    from history import assessments

    assessments.write(draft.folder, assessment)
    for name in names:
        _write_report(assessment, name, lang, draft.folder / "reports")
    header = assessment.header
    edition = editions.publish(draft, not assessment.gaps, VERSION, header.catalog, header.legislation)
    counts, codes = assessment.summary, assessment.exit.all
    _say(
        args,
        f"edition {edition.id}: {counts.stores} stores, {counts.copies} copies, {counts.datasets} datasets, "
        f"{counts.gaps} gaps; in {edition.folder}; exit codes that apply: {', '.join(map(str, codes)) or 0}",
    )
    return edition, _code(assessment, args)


def _code(assessment: Assessment, args: argparse.Namespace) -> int:
    return max((code for code in assessment.exit.all if code in args.fail_on), default=0)


def _assess(args: argparse.Namespace) -> int:
    from history import assessments
    from history.editions import Editions
    from history.journal import digest_of_run
    from history.snapshot import Snapshot
    from model.datasets import Controller, ControllerKind

    configuration = _configuration(args)
    editions = Editions(configuration.editions)
    kept, began = _edition(editions, args.edition), datetime.now(UTC)
    header = assessments.read_header(kept.folder)
    on = args.on or began.date()
    with editions.lock(began), ExitStack() as open_until_published:
        draft = editions.draft(began, digest_of_run(VERSION, (), kept.id, on.isoformat()))
        shutil.copytree(kept.folder / "snapshot", draft.folder / "snapshot")
        snapshot = open_until_published.enter_context(Snapshot(draft.folder / "snapshot"))
        controller = Controller(header.organisation, ControllerKind(header.controller))
        assessment = _judge(draft, snapshot, controller, on, editions.latest(), args.catalog)
        edition, code = _publish(args, editions, draft, assessment, (), configuration.lang)
    _print_report(edition, "table", configuration.lang)
    return code


def _edition(editions: Editions, name: str | None) -> Edition:
    """The edition called ``name``, else the latest."""
    from model.errors import UsageError

    if name:
        return editions.find(name)
    latest = editions.latest()
    if latest is None:
        raise UsageError(
            f"{editions.directory}: no edition yet; run lexsitus run, or name the folder in the configuration"
        )
    return latest


def _report(args: argparse.Namespace) -> int:
    import reports
    from history import assessments
    from history.editions import Editions
    from model.errors import UsageError

    if args.schema:
        sys.stdout.buffer.write(reports.schema(*(args.format or ())[:1]))
        return 0
    configuration = _configuration(args)
    names = args.format or ["table"]
    for name in names:
        reports.load(name)
    if len(names) > 1 and not args.output:
        raise UsageError("--output: several formats need a folder to go to")
    edition = _edition(Editions(configuration.editions), args.edition)
    assessment = assessments.read(edition.folder)
    if args.public:
        assessment = reports.public(assessment, edition.sha256)
    if not args.output:
        _print(assessment, names[0], configuration.lang)
    elif len(names) == 1 and not Path(args.output).is_dir():
        _write(Path(args.output), reports.load(names[0]).render(assessment, configuration.lang))
        _say(args, f"wrote {args.output}")
    else:
        for name in names:
            _say(args, f"wrote {_write_report(assessment, name, configuration.lang, Path(args.output))}")
    return _code(assessment, args)


def _print_report(edition: Edition, name: str, lang: str) -> None:
    from history import assessments

    _print(assessments.read(edition.folder), name, lang)


def _print(assessment: Assessment, name: str, lang: str) -> None:
    import reports

    for chunk in reports.load(name).render(assessment, lang):
        sys.stdout.buffer.write(chunk)


def _write_report(assessment: Assessment, name: str, lang: str, folder: Path) -> Path:
    import reports

    report = reports.load(name)
    path = folder / f"report.{lang}{report.SUFFIX}"
    _write(path, report.render(assessment, lang))
    return path


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    """The whole file or none of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("wb") as file:
            file.writelines(chunks)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _explain(args: argparse.Namespace) -> int:
    import reports
    from history import assessments
    from history.editions import Editions

    configuration = _configuration(args)
    edition = _edition(Editions(configuration.editions), args.edition)
    print(reports.explain(assessments.read(edition.folder), args.id, configuration.lang), end="")
    return 0


@contextmanager
def _kept(args: argparse.Namespace) -> Iterator[tuple[Edition, Inventory]]:
    """The edition asked for and its snapshot, grouped for judgement."""
    from history import assessments
    from history.editions import Editions
    from history.snapshot import Snapshot
    from model.datasets import Controller, ControllerKind

    edition = _edition(Editions(_configuration(args).editions), args.edition)
    header = assessments.read_header(edition.folder)
    with Snapshot(edition.folder / "snapshot") as snapshot:
        yield edition, snapshot.inventory(Controller(header.organisation, ControllerKind(header.controller)))


def _forecast(args: argparse.Namespace) -> int:
    import catalog
    import legislation
    import reports

    lang = _configuration(args).lang
    on = args.on or datetime.now(UTC).date()
    until = _days_after(on, args.days)
    facts, law = catalog.load(_overlay(args.catalog)), legislation.load()
    with _kept(args) as (_, inventory):
        coming = law.forecast(inventory, facts.resolve, facts.forthcoming(inventory, on, until), on, until)
    if args.format == "json":
        sys.stdout.buffer.write(reports.forecast_json(coming, on, until))
    else:
        print(reports.forecast(coming, on, until, lang), end="")
    return 0


def _simulate(args: argparse.Namespace) -> int:
    import catalog
    import legislation
    import reports
    from legislation.simulate import alone, moved

    lang = _configuration(args).lang
    on = args.on or datetime.now(UTC).date()
    facts, law = catalog.load(_overlay(args.catalog)), legislation.load()
    offer = facts.offer(args.to)
    with _kept(args) as (_, inventory):
        here, there = alone(inventory, args.dataset), moved(inventory, args.dataset, offer, on)
    before, after = (law.assess(facts.resolve(one, on), one.derogations, on) for one in (here, there))
    if args.format == "json":
        sys.stdout.buffer.write(reports.simulation_json(before, after, offer, there.flows, lang))
    else:
        print(reports.simulation(before, after, offer, there.flows, lang), end="")
    return 0


def _lang(args: argparse.Namespace) -> str:
    """The language asked for; French for a command that found no configuration, since it needs none."""
    from model.configuration import configuration_path

    if args.config or configuration_path(None, os.environ).is_file():
        return _configuration(args).lang
    return args.lang or os.environ.get("LEXSITUS_LANG") or "fr"


def _overlay(named: str | None) -> Path | None:
    """The folder of catalog files that goes over those shipped: the one named, else the user's own if there is one."""
    if named:
        return Path(named)
    own = _own_catalog()
    return own if own.is_dir() else None


def _own_catalog() -> Path:
    """Where ``catalog update`` writes when no folder is named (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "lexsitus" / "catalog"


def _catalog(args: argparse.Namespace) -> Catalog:
    import catalog

    return catalog.load(_overlay(args.catalog))


def _on(args: argparse.Namespace) -> date:
    """The day asked for, else today (UTC)."""
    on: date = args.on or datetime.now(UTC).date()
    return on


def _whois(args: argparse.Namespace) -> int:
    """One answer for each query, in the order asked, while the following ones are being looked up."""
    from concurrent.futures import ThreadPoolExecutor

    import reports
    from model.errors import UsageError
    from model.resolution import QueryKind
    from reports import whois_line

    origins: deque[str] = deque()
    queries = _queries(args, origins)
    first = list(islice(queries, _SURVEYED + 1))
    if not first:
        raise UsageError("nothing to look up: give a name, an address, an ARN or a URL, or --names-from FILE")
    with ThreadPoolExecutor(1) as worker:
        resolutions = _ahead(_resolutions(args, first, queries), worker)
        lang, look_up = _lang(args), _looker(args)
        unusable, answered = 0, False
        separator = "[\n" if args.format == "json" else ""
        for resolution in resolutions:
            origin = origins.popleft()
            found = look_up(resolution)
            if resolution.kind is QueryKind.UNUSABLE:
                unusable += 1
                print(f"lexsitus: {origin}{resolution.because}", file=sys.stderr)
            answered = answered or not _unanswered(resolution)
            if args.format == "table":
                print(separator + reports.whois(found, lang), end="", flush=True)
                separator = "\n"
            else:
                sys.stdout.buffer.write(separator.encode() + whois_line(found, lang).rstrip(b"\n"))
                sys.stdout.buffer.write(b"" if args.format == "json" else b"\n")
                sys.stdout.buffer.flush()
                separator = ",\n" if args.format == "json" else ""
        if args.format == "json":
            sys.stdout.buffer.write(b"\n]\n")
    if unusable:
        return 2
    return 0 if answered else _INCOMPLETE


def _queries(args: argparse.Namespace, origins: deque[str]) -> Iterator[str]:
    """The queries of the command line, then those of the files, blank lines and comments left out.

    ``origins`` receives, for each, how a message calls it.
    """
    from model.errors import DocumentError

    for text in args.queries:
        if text != "-":
            origins.append("")
            yield text
    for name in (*("-" for text in args.queries if text == "-"), *args.names_from):
        called = "standard input" if name == "-" else name
        with ExitStack() as opened:
            file = 0 if name == "-" else name
            try:
                # What is not text becomes a query that makes no sense, and is named as such.
                lines = opened.enter_context(open(file, encoding="utf-8-sig", errors="replace", closefd=name != "-"))
            except OSError as error:
                raise DocumentError(called, None, "", f"cannot be read: {error.strerror or error}") from error
            for number, line in enumerate(lines, 1):
                if line.strip() and not line.startswith("#"):
                    origins.append(f"{called}:{number}: ")
                    yield line.strip()


def _resolutions(args: argparse.Namespace, first: Sequence[str], others: Iterable[str]) -> Iterator[Resolution]:
    """What DNS says of each query."""
    from model.errors import UsageError
    from scanners.dns import Depth, resolve
    from scanners.dns.servers import server

    try:
        for text in args.nameserver:
            server(text)
    except ValueError as error:
        raise UsageError(f"--nameserver: {error}") from error
    depth = Depth(args.depth) if args.depth else Depth.SURVEY if len(first) > _SURVEYED else Depth.THOROUGH
    rate = _FEW_RATE if len(first) <= _FEW else None
    yield from resolve(chain(first, others), args.nameserver, depth=depth, rate=rate)


def _looker(args: argparse.Namespace) -> Callable[[Resolution], LookUp]:
    """Who is behind a resolution, and what law reaches that place; equal places are judged once."""
    import legislation
    from model.attribution import LookUp, inventory_of, place_facts
    from model.observed import Grade, Source

    facts, law, on = _catalog(args), legislation.load(), _on(args)
    lang = _lang(args)
    facts.prepare_attribution()
    for warning in facts.old_addresses(on):
        _say(args, warning.fr if lang == "fr" else warning.en)
    judged: dict[tuple[StoreFacts, ...], tuple[JudgedPlace, ...]] = {}

    def look_up(resolution: Resolution) -> LookUp:
        attribution = facts.attribute(resolution)
        places = place_facts(attribution, on)
        if places not in judged:
            inventory = inventory_of(places, Source("DNS", resolution.read_at, Grade.DNS))
            judged[places] = law.assess(facts.resolve(inventory, on), (), on).places if places else ()
        return LookUp(resolution, attribution, judged[places])

    return look_up


def _unanswered(resolution: Resolution) -> bool:
    """True when nothing that was asked of DNS on the content of a query was answered."""
    from model.resolution import About

    return any(resolution.unanswered(About.CONTENT)) and not any(resolution.about(About.CONTENT))


def _ahead(items: Iterator[T], worker: Executor) -> Iterator[T]:
    """The items, each worked out by ``worker`` while the caller is busy with the one before, or with preparing."""
    following = worker.submit(next, items, None)

    def rest(following: Future[T | None]) -> Iterator[T]:
        while (item := following.result()) is not None:
            following = worker.submit(next, items, None)
            yield item

    return rest(following)


def _catalog_list(args: argparse.Namespace) -> int:
    print(_catalog(args).listing(args.text, _on(args), _lang(args)), end="")
    return 0


def _catalog_show(args: argparse.Namespace) -> int:
    print(_catalog(args).page(args.id, _on(args), _lang(args)), end="")
    return 0


def _catalog_check(args: argparse.Namespace) -> int:
    import catalog
    import legislation
    from catalog import say

    legislation.load()  # its data are read whole: a fault there is told like one of the catalog
    problems = catalog.check(_overlay(args.catalog), _on(args))
    for problem in problems:
        print(problem)
    if not problems:
        print(say(_lang(args), "problems_none"))
    if any(not problem.stale for problem in problems):
        return 2
    return _STALE if problems else 0


def _catalog_update(args: argparse.Namespace) -> int:
    import catalog
    from catalog import say

    folder = Path(args.catalog) if args.catalog else _own_catalog()
    files = [Path(name) for name in args.files]
    lang = _lang(args)
    renewed = catalog.update(files, folder, args.provider, _on(args))
    for one in renewed:
        before = one.before.published_on.isoformat() if one.before else "–"
        key = "update_same" if one.before == one.after else "update_done"
        after = one.after.published_on.isoformat()
        print(say(lang, key, title=one.after.title, before=before, after=after, rows=one.after.rows))
    if any(one.before != one.after for one in renewed):
        _say(args, say(lang, "update_where", path=folder / "addresses" / "tables.zip"))
    return 0


def _catalog_missing(args: argparse.Namespace) -> int:
    from catalog import say

    lang = _lang(args)
    with _kept(args) as (_, inventory):
        found = _catalog(args).missing(inventory, _on(args))
    for one in found:
        print("# " + say(lang, f"missing_{one.kind}", word=one.word, provider=one.provider))
        print("# " + say(lang, "paste", stores=one.stores, path=one.path))
        print(f"{one.stub}\n")
    if not found:
        print(say(lang, "missing_none"))
    return 0


def _rules_list(args: argparse.Namespace) -> int:
    import legislation
    import reports

    law, on = legislation.load(), _on(args)
    stale = frozenset(rule.id for rule in law.rules if on - rule.checked_on > legislation.CHECK_LIMIT)
    print(reports.rules(law.rules, stale, on, _lang(args)), end="")
    return 0


def _rules_show(args: argparse.Namespace) -> int:
    import legislation
    import reports

    law, on = legislation.load(), _on(args)
    rule = law.rule(args.id)
    stale = on - rule.checked_on > legislation.CHECK_LIMIT
    parameters = law.parameters(rule.id, on)
    print(reports.rule(rule, law.texts(on), parameters, law.before(rule.id), stale, on, _lang(args)), end="")
    return 0


_REVIEW_AFTER = timedelta(days=365)
"""A sheet of a register that nobody touched for longer is said to be old."""


def _register_template(args: argparse.Namespace) -> int:
    from scanners import declared, register_template

    lang = _lang(args)
    content = register_template(lang).encode() if args.format == "yaml" else declared.template(args.format, lang)
    _put(args, content)
    return 0


def _register_check(args: argparse.Namespace) -> int:
    from scanners import declared

    checked = declared.check(Path(args.file))
    found, today = checked.observations, datetime.now(UTC).date()
    notices = {notice.id for dataset in found.datasets for notice in dataset.notices}
    print(
        f"{args.file}: a register ({checked.kind}): {len(found.datasets)} datasets, {len(found.stores)} places, "
        f"{len(found.flows)} flows, {len(found.derogations)} derogations, {len(notices)} notices"
    )
    for dataset, day in sorted(checked.updated.items()):
        if today - day > _REVIEW_AFTER:
            print(f"warning: {dataset}: last brought up to date on {day}, more than a year ago")
    for one in checked.unmapped:
        print(f"not mapped: {one.place}: {one.label}: {_one_line(one.value)}")
    return 0


def _register_import(args: argparse.Namespace) -> int:
    from model.errors import UsageError
    from scanners import declared

    if args.output and Path(args.output).exists() and Path(args.output).samefile(args.file):
        raise UsageError(f"--output: {args.output} is the register itself; choose another file")
    text, unmapped = declared.convert(Path(args.file))
    _put(args, text.encode())
    for one in unmapped:
        _say(args, f"not mapped: {one.place}: {one.label}: {_one_line(one.value)}")
    return 0


def _put(args: argparse.Namespace, content: bytes) -> None:
    """To the file of ``--output``, whole or not at all, else to standard output."""
    if args.output:
        _write(Path(args.output), [content])
        _say(args, f"wrote {args.output}")
    else:
        sys.stdout.buffer.write(content)


def _one_line(text: str) -> str:
    """``text`` short and on one line, with nothing in it that a terminal would obey."""
    whole = " / ".join(text.split("\n"))
    shown = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in whole)
    return shown if len(shown) <= 200 else f"{shown[:200]}..."


def _detect(args: argparse.Namespace) -> int:
    import reports
    from model.errors import UsageError
    from scanners import of_files, of_names

    if not args.paths and not args.names_from:
        raise UsageError("nothing to look at: give files or folders, or --names-from FILE (- for standard input)")
    names = _names_from(args.names_from) if args.names_from else ()
    for text in reports.detections(chain(of_files(args.paths), of_names(names)), args.format, _lang(args)):
        sys.stdout.write(text)
    return 0


def _names_from(path: str) -> Iterator[str]:
    """The lines of a file of UTF-8 text, or of standard input for ``-``, without those that are empty."""
    with sys.stdin if path == "-" else open(path, encoding="utf-8-sig", errors="replace") as lines:  # noqa: PTH123
        yield from filter(None, map(str.strip, lines))


def _changes(args: argparse.Namespace) -> int:
    import reports
    from history import assessments
    from history.changes import Side, changes
    from history.editions import Editions
    from model.errors import UsageError

    configuration = _configuration(args)
    editions = Editions(configuration.editions)
    new = _edition(editions, args.new)
    earlier = [id for id in editions.ids() if id < new.id]
    if not args.old and not earlier:
        raise UsageError(f"{editions.directory}: no edition before {new.id} to compare it with; name two: OLD NEW")
    old = editions.find(args.old or earlier[-1])
    before, after = (Side(one.folder, assessments.read(one.folder)) for one in (old, new))
    headers = before.assessment.header, after.assessment.header
    for chunk in reports.changes(changes(before, after), *headers, args.format, configuration.lang):
        sys.stdout.buffer.write(chunk)
    return 0


def _history(args: argparse.Namespace) -> int:
    import reports
    from history import assessments
    from history.editions import Editions
    from model.errors import SnapshotError

    configuration = _configuration(args)
    editions = Editions(configuration.editions)
    points, damaged = [], 0
    for id in editions.ids():
        try:
            points.append(assessments.read_point(editions.directory / id))
        except SnapshotError as error:
            damaged += 1
            print(f"lexsitus: {error}", file=sys.stderr)
    sys.stdout.buffer.write(reports.trend(points, args.format, configuration.lang))
    return 1 if damaged else 0


def _permissions(args: argparse.Namespace) -> int:
    from scanners import load

    print(load(args.scanner).policy())
    return 0


def _verify(args: argparse.Namespace) -> int:
    from history.editions import Editions
    from history.verification import verify

    editions = Editions(_configuration(args).editions)
    problems = verify(editions, args.edition or "")
    for problem in problems:
        print(problem.message)
    if not problems:
        count = 1 if args.edition else len(editions.ids())
        _say(args, f"{editions.directory}: {count} edition(s) as they were published, the chain is whole")
    return 1 if problems else 0


def _doctor(args: argparse.Namespace) -> int:
    """Checks everything a scan needs, a line each with what to do; returns the gravest exit code."""
    worst = 0
    for what, check in _checks(args):
        code, detail = _checked(check)
        print(f"{'ok' if code == 0 else 'warning' if code in (_INCOMPLETE, _STALE) else 'problem':<9}{what}: {detail}")
        worst = worst if worst in (1, 2) else code or worst
    return worst


def _checked(check: Callable[[], tuple[int, str]]) -> tuple[int, str]:
    from model.errors import LexsitusError

    try:
        return check()
    except LexsitusError as error:
        return error.exit_code, str(error)


def _checks(args: argparse.Namespace) -> Iterator[tuple[str, Callable[[], tuple[int, str]]]]:
    """What ``doctor`` checks, in order.  A check gives an exit code and words, or raises an error of ours."""
    import catalog
    import legislation

    today = datetime.now(UTC).date()
    yield "installation", _check_installation
    yield "catalog", lambda: _check_age(catalog.load(_overlay(None)).version(today))
    yield "addresses", lambda: _check_addresses(catalog.load(_overlay(None)), today)
    yield "legislation", lambda: _check_age(legislation.load().version(today))
    read: list[Configuration] = []
    yield "configuration", lambda: _check_configuration(args, read)
    targets: list[Target] = []
    for configuration in read:
        yield "editions", partial(_check_editions, configuration.editions)
        yield "targets", partial(_check_targets, configuration, targets)
    for target in targets:
        yield f"{target.scanner} {target.name}", partial(_check_target, target)


def _check_configuration(args: argparse.Namespace, read: list[Configuration]) -> tuple[int, str]:
    read.append(_configuration(args))
    return 0, f"{read[0].path}, {len(read[0].targets)} target(s), register: {read[0].register or 'none'}"


def _check_installation() -> tuple[int, str]:
    from importlib.util import find_spec

    demo = "present" if find_spec("moto") else "absent (pip install 'lexsitus[demo]')"
    return 0, f"lexsitus {VERSION}, Python {sys.version.split()[0]}, our packages are ours, demo extra {demo}"


def _check_age(data: DataVersion) -> tuple[int, str]:
    text = f"version {data.version}, oldest check {data.checked_on}"
    if not data.stale:
        return 0, text
    return _STALE, "; ".join([text, *(warning.en for warning in data.warnings), "install a newer lexsitus"])


def _check_addresses(facts: Catalog, today: date) -> tuple[int, str]:
    late = facts.old_addresses(today)
    text = f"tables of names and networks, oldest part {facts.addresses_of()}"
    return (_STALE if late else 0), "; ".join([text, *(warning.en for warning in late)])


def _check_editions(directory: Path) -> tuple[int, str]:
    from history.editions import Editions

    with Editions(directory).lock(datetime.now(UTC)):
        ids = Editions(directory).ids()
    free = shutil.disk_usage(directory).free
    if free < _LITTLE_SPACE:
        return 1, f"{directory}: only {free // 2**20} MiB free; a scan needs about {_LITTLE_SPACE // 2**20}"
    return 0, f"{directory}: writable, {len(ids)} edition(s), the last {ids[-1] if ids else 'none yet'}"


def _check_targets(configuration: Configuration, into: list[Target]) -> tuple[int, str]:
    from scanners import load, targets

    into.extend(targets(configuration))
    jobs = sum(1 for target in into for _ in load(target.scanner).plan(target))
    return 0, f"{len(into)} target(s), {jobs} first question(s) planned"


def _check_target(target: Target) -> tuple[int, str]:
    """Who we are there, and which rights a first round of questions shows to be missing."""
    from model.observed import Reason
    from scanners import executor, load, run

    scanner = load(target.scanner)
    identity = scanner.identify(target)
    until, missing, unread = time.monotonic() + _PROBE_SECONDS, {}, 0
    with executor(16) as workers:
        jobs = scanner.plan(scanner.probe(target))
        for done in run(jobs, workers, in_flight=32, budget_seconds=_PROBE_SECONDS):
            for gap in done.step.observations.gaps:
                if gap.reason is Reason.REFUSED:
                    missing[gap.permission or gap.operation] = gap.who_can_grant
                unread += gap.reason not in (Reason.REFUSED, Reason.DISABLED)
            if time.monotonic() > until:
                break
    if missing:
        return _INCOMPLETE, "; ".join(
            [identity, *(f"{right} is refused (ask: {who or 'unknown'})" for right, who in sorted(missing.items()))]
        )
    return 0, f"{identity}; no right refused in a first round of questions, {unread} unanswered for other reasons"


# What people see meanwhile


def _say(args: argparse.Namespace, text: str) -> None:
    if not args.quiet:
        print(f"lexsitus: {text}", file=sys.stderr)


class _Progress:
    """A bar on a terminal; in a log a line now and then."""

    def __init__(self, args: argparse.Namespace, jobs: int) -> None:
        self._args = args
        self._jobs, self._done, self._gaps = jobs, 0, 0
        self._said_at = time.monotonic()
        self._bar: Any = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty() and not self._args.quiet:
            from tqdm import tqdm

            self._bar = tqdm(total=self._jobs, unit=" questions", file=sys.stderr, dynamic_ncols=True, leave=False)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def step(self, done: Done) -> None:
        """Counts a job that is done and those that follow from it."""
        self._jobs += len(done.step.jobs)
        self._done += 1
        self._gaps += len(done.step.observations.gaps)
        if self._bar is not None:
            self._bar.total = self._jobs
            self._bar.set_postfix_str(f"{self._gaps} gaps", refresh=False)
            self._bar.update()
        elif time.monotonic() - self._said_at >= _SAY_EVERY_SECONDS:
            self._said_at = time.monotonic()
            _say(self._args, f"{self._done} of {self._jobs} questions answered, {self._gaps} gaps")


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """These environment variables, for the time of the demonstration."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


if __name__ == "__main__":
    sys.exit(main())
