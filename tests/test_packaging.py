"""What ships, and the guard against another distribution that overwrites one of our packages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TOP_LEVEL = {"cli.py", "model", "scanners", "catalog", "legislation", "history", "reports"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A private environment that holds the wheel alone; its dependencies come from the one that runs the tests."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    theirs = next(p for p in map(Path, sys.path) if p.name == "site-packages")
    # A .pth file that names a folder only appends it: our own packages come first, from the wheel.
    dependencies = Path(site) / "dependencies.pth"
    dependencies.write_text(f"{theirs}\n", encoding="utf-8")
    return folder


def run(installed: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "LEXSITUS"))}
    command = [str(installed / "bin" / "lexsitus"), *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_wheel_holds_exactly_the_listed_packages(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names if ".dist-info" not in name}

    assert top == TOP_LEVEL
    assert set(PROJECT["tool"]["hatch"]["build"]["only-include"]) == TOP_LEVEL


@pytest.mark.slow
def test_the_wheel_holds_every_data_file(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()

    assert {name for name in tracked if name.split("/")[0] in TOP_LEVEL} <= names


@pytest.mark.slow
def test_the_installed_wheel_runs_without_the_sources(installed: Path, tmp_path: Path) -> None:
    version = run(installed, "--version", cwd=tmp_path)
    permissions = run(installed, "permissions", "aws", cwd=tmp_path)

    assert version.stdout.strip() == f"lexsitus {PROJECT['project']['version']}"
    assert permissions.returncode == 0, permissions.stderr
    assert "s3:ListAllMyBuckets" in permissions.stdout


@pytest.mark.slow
def test_a_package_overwritten_by_another_distribution_is_noticed(installed: Path, tmp_path: Path) -> None:
    overwritten = next(installed.rglob("site-packages/reports/__init__.py"))
    ours = overwritten.read_bytes()
    overwritten.write_bytes(b"# another project\n")

    try:
        answer = run(installed, "--version", cwd=tmp_path)
    finally:
        overwritten.write_bytes(ours)

    assert answer.returncode == 1
    assert "reports/__init__.py" in answer.stderr
    assert "pipx" in answer.stderr


def test_the_lock_file_pins_every_dependency_with_a_digest_and_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE))
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["demo"]]

    assert {re.split(r"[\[>=<]", name)[0].lower() for name in wanted} <= pinned
    assert lock.count("--hash=sha256:") >= len(pinned)
    assert "://" not in lock
