"""What an address of PostgreSQL says holds for both drivers, or kehu does not start."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.core_plugin import plugin as core
from kehu.kernel.errors import SetupError

pytestmark = pytest.mark.postgresql
SETTINGS = "SELECT current_setting('search_path'), current_setting('application_name')"
NO_TLS = b"N"


async def asked(url: str, statement: str) -> list[Sequence[Any]]:
    """What each driver is answered: psycopg, which writes, and asyncpg, which reads."""
    async with opened(url) as app:
        assert app.rows is not None
        async with app.engine.connect() as connection:
            written = (await connection.execute(sa.text(statement))).one()
        (read,) = await app.rows.fetch(statement, [])
        return [tuple(written), tuple(read)]


async def refusals(url: str) -> list[str]:
    """What each driver says that does not connect."""
    found = []
    async with opened(url) as app:
        assert app.rows is not None
        for connected in (app.engine.connect().start(), app.rows.fetch("SELECT 1", [])):
            with pytest.raises(Exception) as caught:  # noqa: PT011  # each driver has its own
                await connected
            found.append(str(caught.value).lower())
    return found


@contextlib.asynccontextmanager
async def opened(url: str) -> AsyncIterator[kehu.App]:
    app = kehu.App([core], url)
    try:
        yield app
    finally:
        await app.close()


def with_query(url: str, **more: str) -> str:
    return sa.make_url(url).update_query_dict(more).render_as_string(hide_password=False)


@contextlib.asynccontextmanager
async def a_server_without_tls() -> AsyncIterator[str]:
    """The address of a server on loopback that answers each wish for TLS with no."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(8)
        writer.write(NO_TLS)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"postgresql://kehu@127.0.0.1:{server.sockets[0].getsockname()[1]}/kehu"


async def test_settings_of_the_server_hold_for_both_drivers(postgresql_url: str) -> None:
    url = with_query(postgresql_url, options="-csearch_path=tenant_a", application_name="probe")
    assert await asked(url, SETTINGS) == [("tenant_a", "probe")] * 2


async def test_the_environment_of_libpq_holds_for_both_drivers(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGOPTIONS", "-csearch_path=tenant_b")
    monkeypatch.setenv("PGAPPNAME", "environment")
    assert await asked(postgresql_url, SETTINGS) == [("tenant_b", "environment")] * 2


@pytest.mark.parametrize("hosts", ["{nowhere},{there}", ("{nowhere}", "{there}")], ids=["commas", "repeated"])
async def test_of_several_hosts_the_first_that_answers_is_taken(
    postgresql_url: str, tmp_path: Path, hosts: str | tuple[str, ...]
) -> None:
    url = sa.make_url(postgresql_url)
    there = url.host or str(url.query["host"])
    names = [hosts] if isinstance(hosts, str) else hosts
    placed = [name.format(nowhere=tmp_path, there=there) for name in names]
    several = url.set(host=None, query={"host": placed[0] if len(placed) == 1 else tuple(placed)})
    assert await asked(several.render_as_string(hide_password=False), "SELECT 7") == [(7,)] * 2


async def test_a_server_of_another_kind_than_wanted_is_refused_by_both_drivers(postgresql_url: str) -> None:
    found = await refusals(with_query(postgresql_url, target_session_attrs="standby"))
    assert ["standby" in sentence for sentence in found] == [True, True]


async def test_a_server_without_tls_is_refused_by_both_drivers() -> None:
    async with a_server_without_tls() as url:
        found = await refusals(with_query(url, sslmode="require"))
    assert ["ssl" in sentence for sentence in found] == [True, True]


async def test_the_authority_that_certificates_need_is_known_to_both_drivers(tmp_path: Path) -> None:
    missing = str(tmp_path / "root.crt")
    async with a_server_without_tls() as url:
        wanted = with_query(url, sslmode="verify-full", sslrootcert=missing)
        of_psycopg, of_asyncpg = await refusals(wanted)
    # libpq looks for the file when the server has agreed.
    assert "does not support ssl" in of_psycopg
    assert "no such file" in of_asyncpg


async def test_who_waits_for_a_connection_waits_no_longer_than_the_address_says() -> None:
    async with opened("postgresql://kehu@127.0.0.1/kehu?connect_timeout=3") as app:
        _, libpq = app.engine.dialect.create_connect_args(app.engine.url)
        rows: Any = app.rows
        assert (libpq["connect_timeout"], rows._arguments["timeout"]) == ("3", 3.0)


@pytest.mark.parametrize("parameter", ["channel_binding", "requirepeer", "keepalives", "sslcompresion"])
def test_what_one_driver_would_not_honour_is_refused_at_the_start(parameter: str) -> None:
    with pytest.raises(SetupError, match=f"says {parameter}, which kehu cannot honour"):
        kehu.App([core], f"postgresql://kehu@db/kehu?{parameter}=1")


@pytest.mark.parametrize(
    "address", ["u:p@h:abc/x", "[::1/x", "h/x?connect_timeout=soon", "h/x?port=x", "h/x?host=a,b&port=1,x"]
)
def test_an_address_that_is_none_is_told_in_one_sentence(address: str) -> None:
    with pytest.raises(SetupError, match="database"):
        kehu.App([core], f"postgresql://{address}")


@pytest.mark.parametrize(
    ("url", "direct"), [("postgresql://h/x", "sqlite:///x.db"), ("sqlite:///x.db", "postgresql://h/x")]
)
def test_the_way_around_a_pooler_leads_to_postgresql(url: str, direct: str) -> None:
    with pytest.raises(SetupError, match="to the same PostgreSQL"):
        kehu.App([core], url, direct_url=direct)
