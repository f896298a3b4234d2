"""What tests rely on: fresh databases on both engines, and no network."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import anyio.lowlevel
import pytest
import sqlalchemy as sa

from tests.network import NetworkBlocked
from tests.postgres import Postgres


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_gets_an_empty_database(database_url: str, turn: str) -> None:
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        assert sa.inspect(connection).get_table_names() == []
        connection.execute(sa.text("CREATE TABLE left_behind (turn TEXT)"))
        connection.execute(sa.text("INSERT INTO left_behind VALUES (:turn)"), {"turn": turn})
    engine.dispose()


@pytest.mark.postgresql
def test_a_database_is_made_like_its_template(postgres: Postgres, postgresql_url: str) -> None:
    engine = sa.create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE customer AS SELECT 'Liu Hong' AS name"))
    engine.dispose()

    copy = postgres.create_database(template=str(sa.make_url(postgresql_url).database))

    engine = sa.create_engine(copy)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT name FROM customer")) == "Liu Hong"
    engine.dispose()
    postgres.drop_database(copy)


@pytest.mark.postgresql
def test_a_dropped_database_takes_open_connections_with_it(postgres: Postgres) -> None:
    url = postgres.create_database()
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        postgres.drop_database(url)
        with pytest.raises(sa.exc.OperationalError):
            connection.execute(sa.text("SELECT 1"))
    engine.dispose()


@pytest.mark.postgresql
@pytest.mark.skipif("KEHU_TEST_POSTGRES" in os.environ, reason="That server is not ours to end.")
def test_the_server_ends_with_a_killed_test_run(repository: Path) -> None:
    program = (
        "import signal\n"
        "from tests.postgres import started_server\n"
        "with started_server() as folder:\n"
        "    print(folder, flush=True)\n"
        "    signal.pause()\n"
    )
    run = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=repository)
    assert run.stdout is not None
    folder = Path(run.stdout.readline().strip())
    assert (folder / "data" / "postmaster.pid").exists()

    run.send_signal(signal.SIGKILL)
    run.communicate()

    deadline = time.monotonic() + 20
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()


async def test_coroutines_run_on_asyncio(anyio_backend_name: str) -> None:
    await anyio.lowlevel.checkpoint()

    assert anyio_backend_name == "asyncio"


def test_a_connection_to_this_machine_is_let_through() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_a_connection_to_another_machine_is_refused(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as client, pytest.raises(NetworkBlocked, match=address):
        client.connect((address, 9))


def test_a_name_of_another_machine_is_not_resolved() -> None:
    with pytest.raises(NetworkBlocked, match=r"kehu\.example"):
        urllib.request.urlopen("http://kehu.example/", timeout=1)


async def test_a_coroutine_cannot_reach_another_machine() -> None:
    with pytest.raises(NetworkBlocked):
        await asyncio.open_connection("192.0.2.1", 9)
