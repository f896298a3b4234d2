"""A live server with the data of the demo, for clients that are programs of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.network import free_port

PLUGINS = "core,sfa"
STARTING_SECONDS = 60
KEHU = [str(Path(sys.executable).with_name("kehu"))]


@pytest.fixture(scope="package")
def clients(repository: Path) -> Path:
    """The folder of the examples."""
    return repository / "examples" / "clients"


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """`kehu serve` on a database of its own; gives the variables by which clients find it and sign in."""
    folder = tmp_path_factory.mktemp("server")
    kehu = [*KEHU, "--database", f"sqlite:///{folder / 'kehu.db'}", "--plugins", PLUGINS]
    made = subprocess.run(
        [*kehu, "demo", "--set-up-only"], cwd=folder, capture_output=True, text=True, check=True
    )
    email, password = re.findall(r"(?:Sign in|Password) +(\S+)", made.stdout)
    port = free_port()
    log = (folder / "log").open("w")
    serving = subprocess.Popen([*kehu, "serve", "--port", str(port)], cwd=folder, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_healthy(address, serving)
        yield os.environ | {"KEHU_URL": address, "KEHU_EMAIL": email, "KEHU_PASSWORD": password}
    finally:
        serving.terminate()
        serving.wait(20)
        log.close()


def wait_until_healthy(address: str, serving: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < until and serving.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError("The server did not start.")
