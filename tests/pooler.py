"""A PgBouncer for tests: in transaction mode, with few connections to the server, on a Unix socket."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa

from tests.needs import PATH
from tests.postgres import START_SECONDS, connect, server_user

SERVER_CONNECTIONS = 8
PORT = 6432
CONFIGURATION = """[databases]
{name} = host={host} port={port} user={user} {password}

[pgbouncer]
listen_addr =
listen_port = {listen}
unix_socket_dir = {folder}
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 200
logfile = {folder}/log
"""


@contextmanager
def pooled(url: str) -> Iterator[str]:
    """The address of the database at `url` through a PgBouncer that lives as long as the context."""
    program = shutil.which("pgbouncer", path=PATH)
    assert program is not None
    direct = sa.make_url(url)
    with tempfile.TemporaryDirectory(prefix="kehu-pgbouncer-") as place:
        folder, owner = Path(place), server_user()
        if owner is not None:
            shutil.chown(folder, owner)
        (folder / "ini").write_text(_configuration(direct, folder))
        process = subprocess.Popen([program, folder / "ini"], user=owner, stderr=subprocess.DEVNULL)
        try:
            through = direct.set(host=None, port=None, query={"host": place, "port": str(PORT)})
            _wait_until_ready(through)
            yield through.render_as_string(hide_password=False)
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def server_connections(url: str) -> int:
    """How many connections the pooler has with the server, for the database at its address."""
    through = sa.make_url(url)
    with connect(through.set(database="pgbouncer", username="pgbouncer")) as console:
        rows = console.execute("SHOW SERVERS", prepare=False).fetchall()
    return sum(through.database in row for row in rows)


def _configuration(direct: sa.URL, folder: Path) -> str:
    return CONFIGURATION.format(
        name=direct.database,
        host=direct.host or direct.query["host"],
        port=direct.port or direct.query.get("port", 5432),
        user=direct.username or "postgres",
        password=f"password={direct.password}" if direct.password else "",
        listen=PORT,
        folder=folder,
        connections=SERVER_CONNECTIONS,
    )


def _wait_until_ready(through: sa.URL) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            connect(through).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
