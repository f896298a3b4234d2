"""A worker to be killed: as a module with the URL of a database, it prints a line once it delivers."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

import kehu
from kehu.core_plugin import plugin as core
from kehu.platform.core import CoreSettings
from kehu.platform.deliveries import Deliveries
from tests.kehu.platform.outbox.shop import Shop

SOON = timedelta(seconds=1)


def make_app(url: str) -> kehu.App:
    """The App that the workers and the test share; what a dead worker was sending is free again after a second."""
    app = kehu.App([core, Shop().plugin], url, settings=[CoreSettings(webhook_private_targets=True)])
    app.platform.deliveries = Deliveries(app, lease=SOON)
    return app


async def work(url: str) -> None:
    """Deliver until killed."""
    async with make_app(url).platform.deliveries.running():
        sys.stdout.write("running\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
