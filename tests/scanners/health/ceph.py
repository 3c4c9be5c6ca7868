"""A Ceph of one node (monitor, storage in memory, S3 gateway) on loopback, for the tests that need a real S3."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

_PROGRAMS = ("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "ceph-authtool", "monmaptool")
_CONFIGURATION = """\
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{monitor},v1:127.0.0.1:{monitor_v1}]
keyring = {folder}/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd crush chooseleaf type = 0
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon data avail crit = 1
mon max pg per osd = 4000
run dir = {folder}
pid file = {folder}/$name.pid
admin socket = {folder}/$name.asok
log file = {folder}/$name.log
ms bind ipv4 = true
osd max object name len = 256
osd max object namespace len = 64
public addr = 127.0.0.1
cluster addr = 127.0.0.1
[mon.a]
mon data = {folder}/mon
[osd]
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd class update on start = false
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw zone = default
rgw dns name = localhost
"""


@contextmanager
def gateway(folder: Path) -> Iterator[tuple[str, str, str]]:
    """(address, access key, secret key) of a gateway that holds nothing yet."""
    missing = [program for program in _PROGRAMS if shutil.which(program) is None]
    assert not missing, f"{', '.join(missing)} missing: apt-get install ceph-mon ceph-osd radosgw ceph-common"
    port, monitor = _free_port(), _free_port()
    fsid = str(uuid4())
    for name in ("mon", "osd"):
        (folder / name).mkdir()
    configuration = folder / "ceph.conf"
    configuration.write_text(
        _CONFIGURATION.format(folder=folder, fsid=fsid, port=port, monitor=monitor, monitor_v1=_free_port())
    )
    try:
        _start(folder, configuration, fsid)
        address = f"http://127.0.0.1:{port}"
        _wait(address, folder)
        _run("radosgw-admin", "-c", configuration, "user", "create", "--uid=test", "--display-name=test",
             "--access-key=testkey", "--secret-key=testsecret")  # fmt: skip
        yield address, "testkey", "testsecret"
    finally:
        for pid in folder.glob("*.pid"):
            with suppress(ProcessLookupError, ValueError):
                os.kill(int(pid.read_text()), signal.SIGKILL)


def _start(folder: Path, configuration: Path, fsid: str) -> None:
    ring, keymap = folder / "keyring", folder / "monmap"
    hosts = configuration.read_text().split("mon host = ")[1].split("\n")[0]
    _run("ceph-authtool", "--create-keyring", ring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
    for name, osd in (("client.admin", "allow *"), ("client.rgw.a", "allow rwx"), ("osd.0", "allow *")):
        mon = {"client.admin": "allow *", "client.rgw.a": "allow rw"}.get(name, "allow profile osd")
        _run("ceph-authtool", ring, "--gen-key", "-n", name, "--cap", "mon", mon, "--cap", "osd", osd)
    _run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", hosts, keymap)
    _run("ceph-mon", "-c", configuration, "--mkfs", "-i", "a", "--monmap", keymap, "--keyring", ring)
    _run("ceph-mon", "-c", configuration, "-i", "a")
    disk = str(uuid4())
    _run("ceph", "-c", configuration, "osd", "new", disk)
    _run("ceph-osd", "-c", configuration, "-i", "0", "--mkfs", "--osd-uuid", disk)
    _run("ceph-osd", "-c", configuration, "-i", "0")
    _run("ceph", "-c", configuration, "osd", "crush", "add", "osd.0", "1.0", "host=h", "root=default")
    _run("radosgw", "-c", configuration, "-n", "client.rgw.a", "--debug-rgw=0", "--debug-ms=0")


def _run(*arguments: object) -> None:
    done = subprocess.run([str(one) for one in arguments], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{arguments[0]}: {done.stderr[-500:]}"


def _wait(address: str, folder: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with suppress(OSError), closing(urllib.request.urlopen(address, timeout=5)):
            return
        time.sleep(0.2)
    raise AssertionError(f"the gateway did not start; see {folder}/client.rgw.a.log")


def _free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
