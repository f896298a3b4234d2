"""An App that is closed is gone: hosts open and close those of their tenants."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import kehu
from kehu.core_plugin import plugin as core


async def _used_app(url: str) -> weakref.ref[Any]:
    app = kehu.App([core], url)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    async with app.context() as ctx, ctx.write():
        ctx.add(kehu.Customer(name="Acme"))
    await app.close()
    return weakref.ref(app.composition.metadata)


async def test_nothing_keeps_the_tables_of_an_app_that_was_closed(sqlite_url: str) -> None:
    metadata = await _used_app(sqlite_url)
    gc.collect()
    assert metadata() is None
