"""SIGKILL a server and two workers at random moments under load, and see that nothing is lost or done twice.

`./uv run python -m benchmarks.faults --moments 200` does it on SQLite and on PostgreSQL, prints figures, and ends with
status 1 when a rule is broken. Everything happens on this machine: a real `kehu serve`, two `kehu worker`, a receiver
of webhooks, and clients that create customers through GraphQL over HTTP. Whoever gets no answer asks again, with the
same idempotency key, so that each customer must be there exactly once.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import os
import random
import shutil
import socket
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import click
import httpx2
import sqlalchemy as sa

import kehu
from benchmarks.nursery import Nursery
from kehu.ops.migrations import upgrade
from kehu.ops.settings import enabled_plugins, load_settings
from kehu.platform.core import CoreSettings
from kehu.platform.jobs.models import Job, JobState
from kehu.platform.outbox.models import DeliveryStatus, EventDelivery, OutboxEvent
from kehu.platform.webhooks.models import WebhookDelivery
from tests.kehu.factories import token_of_somebody
from tests.kehu.platform.webhooks.receiver import Receiver, receiving
from tests.kehu.platform.webhooks.subscriptions import subscribe
from tests.network import free_port
from tests.postgres import running_postgres

CLIENTS, PAUSE = 3, 0.1
READY_SECONDS, SETTLE_SECONDS = 60, 300
TOLD = "core.customer.created"
CREATE = """mutation ($name: String!) { createCustomer(input: {kind: ORGANIZATION, name: $name}) {
    customer { id } userErrors { message } } }"""


@click.command()
@click.option(
    "--moments", default=200, show_default=True, help="How often something is killed, on each database."
)
@click.option("--database", type=click.Choice(["sqlite", "postgresql", "both"]), default="both")
@click.option(
    "--seconds", default=1800, show_default=True, help="When to stop killing, whatever the moments."
)
@click.option("--seed", default=1, show_default=True)
def main(database: str, **limits: int) -> None:
    """Kill, settle, count."""
    problems = []
    with running_postgres() as postgres, tempfile.TemporaryDirectory() as folder:
        if database != "postgresql":
            problems += asyncio.run(tried("SQLite", f"sqlite:///{folder}/kehu.db", folder, **limits))
        if database != "sqlite":
            problems += asyncio.run(tried("PostgreSQL", postgres.create_database(), folder, **limits))
    sys.exit(1 if problems else 0)


async def tried(
    name: str, url: str, folder: str, *, moments: int, seconds: float, seed: int = 1
) -> list[str]:
    """What was broken on one database, by a plugin that is put into `folder`; prints the figures."""
    shutil.copy(Path(__file__).with_name("faults_plugin.py"), Path(folder) / "faults.py")
    plugins = enabled_plugins(load_settings(database_url=url, plugins="core", plugins_dir=folder))
    app = kehu.App(plugins, url, settings=[CoreSettings(webhook_private_targets=True)])
    await upgrade(app)
    load = Load(await token_of_somebody(app), free_port())
    started = time.monotonic()
    async with receiving() as receiver:
        await subscribe(app, receiver.url(), events=[TOLD])
        processes = Processes(url, folder, load.port)
        clients = [asyncio.create_task(load.create_customers(number)) for number in range(CLIENTS)]
        try:
            await processes.kill_at_random(moments, seconds, random.Random(seed))  # noqa: S311  # Repeatable on purpose.
            load.is_over = True
            async with asyncio.timeout(READY_SECONDS):
                await asyncio.gather(*clients)
            killed_for = time.monotonic() - started
            await settled(app)
        finally:
            processes.kill_all()
    problems, figures = await judged(app, load, receiver)
    await app.close()
    kills = processes.kills
    click.echo(f"\n{name}: {kills.total()} kills {dict(kills)} in {killed_for:.0f} s")
    for line in [*figures, *(f"BROKEN: {problem}" for problem in problems)]:
        click.echo(f"  {line}")
    return problems


@dataclasses.dataclass
class Load:
    """Clients, and what the server has promised them."""

    token: str
    port: int
    acknowledged: list[str] = dataclasses.field(default_factory=list)
    unanswered: int = 0
    is_over: bool = False

    async def create_customers(self, client: int) -> None:
        """Create one after the other until it is over, each until it is answered."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with httpx2.AsyncClient(headers=headers, timeout=10) as http:
            for number in itertools.count():
                if self.is_over:
                    return
                name = f"Customer {client}-{number}"
                await self._create(http, name)

    async def _create(self, http: httpx2.AsyncClient, name: str) -> None:
        is_created = False
        while not is_created:
            is_created = await self._is_created(http, name)
            await asyncio.sleep(PAUSE)

    async def _is_created(self, http: httpx2.AsyncClient, name: str) -> bool:
        body, key = {"query": CREATE, "variables": {"name": name}}, {"Idempotency-Key": name}
        try:
            answer = await http.post(f"http://127.0.0.1:{self.port}/graphql", json=body, headers=key)
            created = (answer.json().get("data") or {}).get("createCustomer") or {}
        except httpx2.HTTPError:
            self.unanswered += 1
            return False
        if not created.get("customer"):
            raise click.ClickException(f"A customer was refused: {answer.text}")
        self.acknowledged.append(name)
        return True


class Processes:
    """One server and two workers."""

    def __init__(self, url: str, folder: str, port: int) -> None:
        self._nursery = Nursery(
            os.environ
            | {
                "KEHU_DATABASE_URL": url,
                "KEHU_PLUGINS": "core",
                "KEHU_PLUGINS_DIR": folder,
                "KEHU_LOG_LEVEL": "ERROR",
                "KEHU_CORE_WEBHOOK_PRIVATE_TARGETS": "true",
            }
        )
        self._folder, self._port = Path(folder), port
        self.kills: Counter[str] = Counter()
        self._running = {role: self._start(role) for role in ("server", "worker-1", "worker-2")}

    async def kill_at_random(self, moments: int, seconds: float, chance: random.Random) -> None:
        """Kill one of those that work, again and again, at moments that nobody foresees; end after so many seconds."""
        ends_at = time.monotonic() + seconds
        while self.kills.total() < moments and time.monotonic() < ends_at:
            role = chance.choice(list(self._running))
            await self._until_ready(role)
            await asyncio.sleep(chance.uniform(0, 2))
            self._nursery.kill(self._running[role])
            self.kills[role.partition("-")[0]] += 1
            self._running[role] = self._start(role)

    def kill_all(self) -> None:
        """End everything that was started here."""
        self._nursery.close()

    def _start(self, role: str) -> int:
        command = ["serve", "--port", str(self._port)] if role == "server" else ["worker"]
        self._out(role).unlink(missing_ok=True)
        return self._nursery.start(command, self._out(role))

    def _out(self, role: str) -> Path:
        return self._folder / f"{role}.out"

    async def _until_ready(self, role: str) -> None:
        async with asyncio.timeout(READY_SECONDS):
            while not self._is_ready(role):  # noqa: ASYNC110  # Another process is asked.
                await asyncio.sleep(0.05)

    def _is_ready(self, role: str) -> bool:
        """Whether a server listens, or a worker has said that it works."""
        if role == "server":
            return self._answers()
        out = self._out(role)
        return out.is_file() and "Running" in out.read_text()

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=0.2):
            return True
        return False


async def settled(app: kehu.App) -> None:
    """Return when no job waits or runs, and nobody waits for an event."""
    waiting = [
        sa.select(Job.id).where(Job.state.in_((JobState.QUEUED, JobState.RUNNING))),
        sa.select(OutboxEvent.position).where(OutboxEvent.distributed_at.is_(None)),
        *(
            sa.select(queued.id).where(queued.status == DeliveryStatus.PENDING)
            for queued in (EventDelivery, WebhookDelivery)
        ),
    ]
    async with asyncio.timeout(SETTLE_SECONDS), app.engine.connect() as connection:
        for statement in waiting:
            while (await connection.execute(statement.limit(1))).first() is not None:
                await connection.rollback()
                await asyncio.sleep(0.2)


async def judged(app: kehu.App, load: Load, receiver: Receiver) -> tuple[list[str], list[str]]:
    """Which rules are broken, and the figures."""
    async with app.context() as ctx:
        customers = (await ctx.session.execute(sa.select(kehu.Customer.id, kehu.Customer.name))).all()
        meetings = sa.select(kehu.Interaction.customer_id, kehu.Interaction.subject)
        met = Counter((row.customer_id, row.subject) for row in await ctx.session.execute(meetings))
        job = sa.select(Job.state, Job.attempts).where(Job.name.startswith("faults."))
        jobs = (await ctx.session.execute(job)).all()
        created = sa.select(OutboxEvent.id, OutboxEvent.record_id).where(OutboxEvent.name == TOLD)
        events = {(str(row.id), row.record_id) for row in await ctx.session.execute(created)}
    names, keys = Counter(row.name for row in customers), [row.id for row in customers]
    told = {(request.headers["webhook-id"], request.message["recordId"]) for request in receiver.received}
    problems = {
        "acknowledged customers are missing": sum(names[name] == 0 for name in load.acknowledged),
        "customers were created twice": sum(count > 1 for count in names.values()),
        "customers were not greeted exactly once": sum(met[key, "greeted"] != 1 for key in keys),
        "customers were never visited": sum(met[key, "visited"] == 0 for key in keys),
        "jobs are missing or too many": abs(2 * len(keys) - len(jobs)),
        "jobs did not succeed": sum(job.state is not JobState.SUCCEEDED for job in jobs),
        "events were not handled exactly once": sum(met[key, "welcomed"] != 1 for key in keys),
        "customers have no event, or several": abs(len(keys) - len(events)),
        "events did not reach the webhook, or under another id": len(events ^ told),
    }
    attempts, twice = [job.attempts for job in jobs], sum(met[key, "visited"] > 1 for key in keys)
    figures = [
        f"{len(load.acknowledged)} writes acknowledged, {load.unanswered} asked for again, {len(keys)} stored",
        f"{len(jobs)} jobs: {sum(n > 1 for n in attempts)} begun again, at most {max(attempts)} times",
        f"{twice} of {len(keys)} jobs that are not atomic had written already when they were begun again",
        f"{len(receiver.received)} requests to the webhook for {len(events)} events",
    ]
    return [f"{count} {what}" for what, count in problems.items() if count], figures


if __name__ == "__main__":
    main()
