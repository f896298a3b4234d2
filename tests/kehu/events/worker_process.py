"""A worker to be killed: `python -m tests.kehu.events.worker_process DATABASE_URL` prints a line once it delivers."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

import kehu
from kehu.core import CoreSettings
from kehu.core_plugin import plugin as core
from kehu.deliveries import Deliveries
from tests.kehu.events.shop import Shop

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
