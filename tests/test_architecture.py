"""The arrows of the house: everything points to ``model``, and only some rooms may touch the world."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("model", "scanners", "catalog", "legislation", "history", "reports")
OURS = {*PACKAGES, "cli"}
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

NETWORK = {"socket", "ssl", "http", "urllib", "ftplib", "smtplib", "boto3", "botocore", "azure", "google", "dns",
           "requests", "urllib3", "aiohttp", "httpx", "grpc"}  # fmt: skip
CONCURRENT = {"concurrent", "threading", "multiprocessing", "asyncio", "dask", "distributed"}
CLOCK = {"time"}
HEAVY = {"boto3", "botocore", "azure", "google", "dns", "duckdb", "polars", "pyarrow", "pydantic", "rich", "jinja2",
         "moto", "tabulate", "tqdm", "yaml"}  # fmt: skip


def imports(path: Path) -> Iterator[str]:
    """The top-level name of every import of a file, also those inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports of ours are absolute, so that an arrow can be read"
            yield (node.module or "").split(".")[0]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_every_arrow_points_to_model(path: Path) -> None:
    package = relative(path).split("/")[0]
    assert set(imports(path)) & OURS <= {package, "model"}


@pytest.mark.parametrize("path", [p for p in SOURCES if "scanners" not in p.parts], ids=relative)
def test_only_scanners_touch_the_network(path: Path) -> None:
    allowed = {"socket"} if relative(path) == "history/lock.py" else set()  # the name of this host, for the message

    assert set(imports(path)) & NETWORK <= allowed


def test_only_the_runner_and_the_command_line_know_futures() -> None:
    knowing = {relative(path) for path in SOURCES if "concurrent" in imports(path)}

    assert knowing <= {"scanners/_run.py"}


@pytest.mark.parametrize(
    "path",
    [p for p in SOURCES if p.parts[len(ROOT.parts)] in ("model", "catalog", "legislation", "reports")],
    ids=relative,
)
def test_judging_and_printing_read_no_clock_and_start_no_thread(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    assert not set(imports(path)) & (CONCURRENT | CLOCK)
    assert "datetime.now" not in source
    assert "date.today" not in source
    assert "utcnow" not in source


def test_only_the_runner_keeps_what_a_wide_handler_caught() -> None:
    """The stand-in is a server: what fails inside moto becomes its answer 500, as at any other server."""
    keeping = set()
    for path in [*(path for path in SOURCES if "_standin" not in path.parts), ROOT / "cli.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "BaseException"
                if caught in ("Exception", "BaseException") and ast.unparse(node.body[-1]) != "raise":
                    keeping.add(relative(path))

    assert keeping == {"scanners/_run.py"}


def test_nothing_below_the_command_line_prints_or_exits() -> None:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                assert ast.unparse(node.func) not in ("print", "sys.exit", "exit", "os._exit"), relative(path)


def test_tests_hold_no_package_that_would_hide_ours() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_help_loads_nothing_slow() -> None:
    code = (
        "import sys, contextlib, io, cli\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()): cli.main(['--help'])\n"
        "print(sorted({m.split('.')[0] for m in sys.modules}))"
    )

    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert not set(ast.literal_eval(loaded.stdout)) & HEAVY
