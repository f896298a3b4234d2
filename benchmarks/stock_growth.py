"""A ledger that grows by millions of moves within minutes: one INSERT ... SELECT, with the indexes made afterwards."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

import kehu
from kehu_partner_inventory import StockMove
from tests.kehu_partner_inventory.depot import Depot

_TABLE = cast(sa.Table, StockMove.__table__)
_COLUMNS = (
    "id, product_id, from_location_id, to_location_id, quantity, moved_at, reason, version, created_at, updated_at,"
    " custom"
)
_POSTGRESQL = f"""
    INSERT INTO {_TABLE.name} ({_COLUMNS})
    SELECT lpad(to_hex(n), 32, '0')::uuid, (:products)[1 + n % :count], :source, :target, 1, moved_at, 'OTHER', 1,
        moved_at, moved_at, '{{}}'
    FROM (SELECT n, timestamptz '2020-01-01 00:00Z' + n * interval '1 second' AS moved_at
        FROM generate_series(:first + 1, :last) AS n) AS numbers
"""  # noqa: S608  # our own names
_SQLITE = f"""
    WITH RECURSIVE numbers(n) AS (SELECT :first + 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)
    INSERT INTO {_TABLE.name} ({_COLUMNS})
    SELECT printf('%032x', n), json_extract(:products, '$[' || (n % :count) || ']'), :source, :target, 10000,
        moved_at, 'OTHER', 1, moved_at, moved_at, '{{}}'
    FROM (SELECT n, strftime('%Y-%m-%d %H:%M:%S.000000', 1577836800 + n, 'unixepoch') AS moved_at FROM numbers)
"""  # noqa: S608  # our own names


class Growth:
    """Moves of some goods from suppliers to customers, in turns, a second apart."""

    def __init__(self, app: kehu.App, depot: Depot, products: Sequence[UUID]) -> None:
        self._app, self._depot, self._products = app, depot, products

    async def grow(self, first: int, last: int) -> None:
        """Add the moves after number `first` up to `last`."""
        insert = self._on_postgresql if self._app.is_postgresql else self._on_sqlite
        async with self._app.engine.connect() as connection:
            for index in _TABLE.indexes:
                await connection.run_sync(index.drop)
            await connection.commit()
            await insert(connection, {"first": first, "last": last, "count": len(self._products)})
            for index in _TABLE.indexes:
                await connection.run_sync(index.create)
            await connection.execute(sa.text("ANALYZE"))
            await connection.commit()
        await self._settled()

    async def _on_postgresql(self, connection: AsyncConnection, numbers: dict[str, int]) -> None:
        """Without looking up each product and location, which are known to be there."""
        uuids = sa.ARRAY(sa.Uuid())
        statement = sa.text(_POSTGRESQL).bindparams(sa.bindparam("products", type_=uuids))
        await connection.execute(sa.text("SET session_replication_role = replica"))
        places = {"source": self._place("SUPPLIERS"), "target": self._place("CUSTOMERS")}
        await connection.execute(statement, {**numbers, **places, "products": list(self._products)})
        await connection.execute(sa.text("SET session_replication_role = origin"))
        await connection.commit()

    async def _on_sqlite(self, connection: AsyncConnection, numbers: dict[str, int]) -> None:
        """As PostgreSQL; SQLite keeps UUIDs as hexadecimal text."""
        await connection.execute(sa.text("PRAGMA foreign_keys = OFF"))
        products = "[" + ",".join(f'"{key.hex}"' for key in self._products) + "]"
        places = {"source": self._place("SUPPLIERS").hex, "target": self._place("CUSTOMERS").hex}
        await connection.execute(sa.text(_SQLITE), {**numbers, **places, "products": products})
        await connection.commit()
        await connection.execute(sa.text("PRAGMA foreign_keys = ON"))
        await connection.commit()

    async def _settled(self) -> None:
        """Wait until all is on the disk, so that nobody who is measured waits for gigabytes of others."""
        at_rest = "CHECKPOINT" if self._app.is_postgresql else "PRAGMA wal_checkpoint(TRUNCATE)"
        async with self._app.engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(sa.text(at_rest))
        await asyncio.to_thread(os.sync)

    def _place(self, code: str) -> UUID:
        return self._depot.locations[code].id
