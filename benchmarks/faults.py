"""SIGKILL a server and two workers at random moments under load, and see that nothing is lost or done twice.

`./uv run python -m benchmarks.faults --moments 200` does it on SQLite and on PostgreSQL, prints figures, and ends with
status 1 when a rule is broken. Everything happens on this machine: a real `kehu serve`, two `kehu worker`, clients that
create customers through GraphQL over HTTP as fast as they can.
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
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import click
import httpx2
import sqlalchemy as sa

import kehu
from kehu.events.models import OutboxEvent
from kehu.jobs.models import Job, JobState
from kehu.migrating import upgrade
from kehu.people.models import Grant, Reach, Role, RoleAssignment
from kehu.people.signing_in import sign_in
from kehu.settings import load_settings, make_app
from tests.kehu.factories import PASSWORD, make_user
from tests.postgres import running_postgres

KEHU = str(Path(sys.executable).with_name("kehu"))
CLIENTS = 3
READY_SECONDS, SETTLE_SECONDS = 60, 300
CREATE = """mutation ($name: String!) { createCustomer(input: {kind: ORGANIZATION, name: $name}) {
    customer { id } userErrors { message } } }"""


@click.command()
@click.option(
    "--moments", default=200, show_default=True, help="How often something is killed, on each database."
)
@click.option("--database", type=click.Choice(["sqlite", "postgresql", "both"]), default="both")
@click.option("--seed", default=1, show_default=True)
def main(moments: int, database: str, seed: int) -> None:
    """Kill, settle, count."""
    problems = []
    with running_postgres() as postgres, tempfile.TemporaryDirectory() as folder:
        shutil.copy(Path(__file__).with_name("faults_plugin.py"), Path(folder) / "faults.py")
        if database != "postgresql":
            problems += asyncio.run(tried("SQLite", f"sqlite:///{folder}/kehu.db", folder, moments, seed))
        if database != "sqlite":
            problems += asyncio.run(tried("PostgreSQL", postgres.create_database(), folder, moments, seed))
    sys.exit(1 if problems else 0)


async def tried(name: str, url: str, folder: str, moments: int, seed: int) -> list[str]:
    """What was broken on one database; prints the figures."""
    app = make_app(load_settings(database_url=url, plugins="core", plugins_dir=folder))
    await upgrade(app)
    token = await token_of_somebody(app)
    load = Load(token, free_port())
    processes = Processes(url, folder, load.port)
    started = time.monotonic()
    clients = [asyncio.create_task(load.create_customers(number)) for number in range(CLIENTS)]
    try:
        await processes.kill_at_random(moments, random.Random(seed))  # noqa: S311  # Repeatable on purpose.
        load.is_over = True
        await asyncio.gather(*clients)
        killed_for = time.monotonic() - started
        await settled(app)
    finally:
        processes.kill_all()
    problems, figures = await judged(app, load)
    await app.close()
    click.echo(f"\n{name}: {moments} kills {dict(processes.kills)} in {killed_for:.0f} s")
    for line in [*figures, *(f"BROKEN: {problem}" for problem in problems)]:
        click.echo(f"  {line}")
    return problems


async def token_of_somebody(app: kehu.App) -> str:
    """The token of a session of a user who may do everything."""
    person = await make_user(app, "Ann", email="ann@example.com")
    async with app.context() as ctx, ctx.write():
        role = ctx.add(Role(name="Everything"))
        await ctx.flush()
        ctx.add(Grant(role_id=role.id, permission="*", level=Reach.ALL))
        ctx.add(RoleAssignment(role_id=role.id, user_id=person.id))
    async with app.context(kehu.ANONYMOUS) as ctx:
        return (await sign_in(ctx, "ann@example.com", PASSWORD)).token


@dataclasses.dataclass
class Load:
    """Clients, and what the server has promised them."""

    token: str
    port: int
    acknowledged: list[str] = dataclasses.field(default_factory=list)
    unanswered: int = 0
    is_over: bool = False

    async def create_customers(self, client: int) -> None:
        """Create one after the other until it is over; an answer that does not come is not waited for."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with httpx2.AsyncClient(headers=headers, timeout=10) as http:
            for number in itertools.count():
                if self.is_over:
                    return
                await self._create(http, f"Customer {client}-{number}")

    async def _create(self, http: httpx2.AsyncClient, name: str) -> None:
        body = {"query": CREATE, "variables": {"name": name}}
        try:
            answer = (await http.post(f"http://127.0.0.1:{self.port}/graphql", json=body)).json()
        except (httpx2.HTTPError, ValueError):
            self.unanswered += 1
            await asyncio.sleep(0.1)
            return
        if ((answer.get("data") or {}).get("createCustomer") or {}).get("customer"):
            self.acknowledged.append(name)
        else:
            click.echo(f"  refused: {answer}", err=True)


class Processes:
    """One server and two workers."""

    def __init__(self, url: str, folder: str, port: int) -> None:
        self._environment = os.environ | {
            "KEHU_DATABASE_URL": url,
            "KEHU_PLUGINS": "core",
            "KEHU_PLUGINS_DIR": folder,
            "KEHU_LOG_LEVEL": "ERROR",
        }
        self._log = (Path(folder) / "log").open("ab")
        self._port = port
        self.kills: Counter[str] = Counter()
        self._running = {role: self._start(role) for role in ("server", "worker 1", "worker 2")}

    async def kill_at_random(self, moments: int, chance: random.Random) -> None:
        """Kill one of those that are ready, again and again, at moments that nobody foresees."""
        for _ in range(moments):
            await asyncio.sleep(chance.uniform(0, 0.5))
            role = chance.choice(sorted(self._running))
            await self._until_ready(role)
            await asyncio.sleep(chance.uniform(0, 2))
            self._running[role].kill()
            self._running[role].wait()
            self.kills[role.split()[0]] += 1
            self._running[role] = self._start(role)

    def kill_all(self) -> None:
        """End everything that was started here."""
        for process in self._running.values():
            process.kill()
            process.wait()

    def _start(self, role: str) -> subprocess.Popen[bytes]:
        command = [KEHU, "serve", "--port", str(self._port)] if role == "server" else [KEHU, "worker"]
        out = self._log if role == "server" else subprocess.PIPE
        return subprocess.Popen(command, stdout=out, stderr=self._log, env=self._environment)  # noqa: S603

    async def _until_ready(self, role: str) -> None:
        async with asyncio.timeout(READY_SECONDS):
            if role == "server":
                while not self._answers():  # noqa: ASYNC110  # Another process is asked.
                    await asyncio.sleep(0.05)
            else:
                pipe = self._running[role].stdout
                assert pipe is not None
                await asyncio.to_thread(pipe.readline)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=0.2):
            return True
        return False


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


async def settled(app: kehu.App) -> None:
    """Return when no job waits or runs."""
    statement = sa.select(Job.id).where(Job.state.in_((JobState.QUEUED, JobState.RUNNING))).limit(1)
    async with asyncio.timeout(SETTLE_SECONDS), app.context() as ctx:
        while await ctx.session.scalar(statement) is not None:
            await ctx.session.rollback()
            await asyncio.sleep(0.2)


async def judged(app: kehu.App, load: Load) -> tuple[list[str], list[str]]:
    """Which rules are broken, and the figures."""
    async with app.context() as ctx:
        customers = (await ctx.session.execute(sa.select(kehu.Customer.id, kehu.Customer.name))).all()
        meetings = sa.select(kehu.Interaction.customer_id, kehu.Interaction.subject)
        met = Counter((row.customer_id, row.subject) for row in await ctx.session.execute(meetings))
        job = sa.select(Job.state, Job.attempts).where(Job.name.startswith("faults."))
        jobs = (await ctx.session.execute(job)).all()
        told = set(await ctx.session.scalars(sa.select(OutboxEvent.record_id)))
    names, keys = Counter(row.name for row in customers), [row.id for row in customers]
    problems = {
        "acknowledged customers are missing": sum(names[name] != 1 for name in load.acknowledged),
        "customers were not greeted exactly once": sum(met[key, "greeted"] != 1 for key in keys),
        "customers were never visited": sum(met[key, "visited"] == 0 for key in keys),
        "jobs are missing or too many": abs(2 * len(keys) - len(jobs)),
        "jobs did not succeed": sum(job.state is not JobState.SUCCEEDED for job in jobs),
        "customers have no event": sum(kehu.global_id("Customer", key) not in told for key in keys),
    }
    attempts, twice = [job.attempts for job in jobs], sum(met[key, "visited"] > 1 for key in keys)
    figures = [
        f"{len(load.acknowledged)} writes acknowledged, {load.unanswered} cut off, {len(keys)} customers stored",
        f"{len(jobs)} jobs: {sum(n > 1 for n in attempts)} begun again, at most {max(attempts)} times",
        f"{twice} of {len(keys)} jobs that are not atomic had written already when they were begun again",
    ]
    return [f"{count} {what}" for what, count in problems.items() if count], figures


if __name__ == "__main__":
    main()
