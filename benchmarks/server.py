"""The server itself: its memory over many documents, its start by number of plugins, its cost by number of records.

`./uv run python -m benchmarks.server memory|start|growth`, each bounded by what it is told; see `--help` of each.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import random
import re
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

import kehu
from benchmarks import graphql as api
from benchmarks.contestants.data import Size, customers_of, set_up, token_of
from benchmarks.contestants.questions import Facts, bodies
from kehu_graphql import Api
from tests.network import free_port

PROGRAM = str(Path(sys.executable).with_name("kehu"))
SETS = (
    "core",
    "core,sfa",
    "core,partner_inventory,sfa",
    "core,partner_inventory,service,sfa",
    "care,core,customer_data,marketing,partner_inventory,service,sfa",
)
FIRST_QUERY = b'{"query": "{ customers(first: 5) { nodes { id name } } }"}'
QUESTIONS = ("Q1", "Q2", "Q3", "Q5")
COUNT = b'{"query": "{ customers(first: 1) { totalCount } }"}'
FIELDS = [
    "name",
    "kind",
    "industry",
    "website",
    "country",
    "createdAt",
    "updatedAt",
    "version",
    "ownerId",
    "notes",
    "tags",
    "legalName",
]


@click.group()
def main() -> None:
    """Measure the server."""


# --- memory ---
@main.command()
@click.option("--requests", default=100_000, show_default=True)
@click.option("--documents", default=5_000, show_default=True, help="How many different ones, in turns.")
@click.option("--every", default=5_000, show_default=True, help="Print after so many requests.")
@click.option("--customers", default=1_000, show_default=True)
def memory(requests: int, documents: int, every: int, customers: int) -> None:
    """RSS of the server over many requests with many different documents; the last line is last by first half."""
    texts = [_document(number) for number in range(documents)]
    seen: list[float] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        _kehu(folder, Size(customers, customers, customers)) as server,
    ):
        click.echo(f"{'requests':>9}{'RSS MB':>9}{'CPU ms':>9}")
        for start in range(0, requests, every):
            asked = [texts[number % documents] for number in range(start, min(start + every, requests))]
            turn = asyncio.run(api._turn(server, asked))
            seen.append(turn.memory / 1e6)
            click.echo(f"{start + len(asked):9}{seen[-1]:9.1f}{1000 * turn.cpu:9.2f}")
    half = max(1, len(seen) // 2)
    click.echo(f"memory ratio {statistics.mean(seen[-half:]) / statistics.mean(seen[:half]):.3f}")


def _document(number: int) -> bytes:
    """A document unlike all others: other fields, other arguments, another shape for every fifth."""
    chance = random.Random(number)  # noqa: S311  # no secret
    fields = " ".join(f"f{number}{name}: {name}" for name in chance.sample(FIELDS, 6))
    inner = "interactions(first: 2) { nodes { id subject } }" if number % 3 == 0 else ""
    text = f"query D{number} {{ customers(first: {1 + number % 5}) {{ nodes {{ id {fields} {inner} }} }} }}"
    if number % 5 == 0:
        text = (
            f"query D{number} {{ a{number}: customersAggregate(groupBy: [{{field: COUNTRY}}]) {{ count }} }}"
        )
    return json.dumps({"query": text}).encode()


@contextlib.contextmanager
def _kehu(folder: str, size: Size) -> Iterator[api.Contestant]:
    url = f"sqlite:///{folder}/kehu.db"
    asyncio.run(set_up(url, size))
    token = asyncio.run(token_of(url))
    with api._serving("kehu", url, token) as server:
        assert server is not None
        yield server


# --- start ---
@main.command()
@click.option("--times", default=3, show_default=True, help="The median of so many starts.")
def start(times: int) -> None:
    """`kehu --help`, making the schema, and `kehu serve` until its first answer, by plugins; seconds and MB."""
    with tempfile.TemporaryDirectory() as folder, _as_installed(Path(folder)):
        _seconds([PROGRAM, "--help"])
        helped = statistics.median(_seconds([PROGRAM, "--help"]) for _ in range(times))
        click.echo(f"kehu --help {helped:.2f} s\n")
        click.echo(f"{'plugins':>8}{'schema s':>10}{'answer s':>10}{'CPU s':>10}{'RSS MB':>9}")
        for names in SETS:
            found = [_started(Path(folder), names) for _ in range(times)]
            answer, cpu, rss = (statistics.median(each) for each in zip(*found, strict=True))
            schema = _schema_seconds(names)
            click.echo(f"{names.count(',') + 1:8}{schema:10.2f}{answer:10.2f}{cpu:10.2f}{rss:9.0f}")


@contextlib.contextmanager
def _as_installed(folder: Path) -> Iterator[None]:
    """With modules that were compiled before, as they are where kehu is installed, whatever this shell says."""
    before = dict(os.environ)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _schema_seconds(names: str) -> float:
    began = time.perf_counter()
    Api(kehu.App(kehu.installed(names.split(",")), "sqlite:///nothing.db"))
    return time.perf_counter() - began


def _seconds(command: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # our own words
    return time.perf_counter() - began


def _started(folder: Path, names: str) -> tuple[float, float, float]:
    """Seconds from the start of the process to its first answer, those of them on a CPU, and its memory in MB."""
    own = folder / names.replace(",", "-")
    own.mkdir(exist_ok=True)
    base = [PROGRAM, "--database", f"sqlite:///{own / 'kehu.db'}", "--plugins", names]
    if not (own / "password").exists():
        command = [*base, "demo", "--set-up-only"]
        made = subprocess.run(command, check=True, capture_output=True, text=True, cwd=own)  # noqa: S603
        found = re.search(r"Password +(\S+)", made.stdout)
        assert found is not None
        (own / "password").write_text(found[1])
    port = free_port()
    began = time.perf_counter()
    command = [*base, "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            api._wait_for(port, process)
            asyncio.run(_first_answer(port, (own / "password").read_text()))
            seconds, server = time.perf_counter() - began, psutil.Process(process.pid)
            return seconds, sum(server.cpu_times()[:2]), server.memory_info().rss / 1e6
        finally:
            process.terminate()


async def _first_answer(port: int, password: str) -> None:
    """Sign in and ask; the password is hashed slowly on purpose, which takes its time too."""
    server = api.Contestant("kehu", psutil.Process(), port, "")
    document = (
        'mutation ($p: String!) { signIn(email: "demo@example.com", password: $p) { result { token } } }'
    )
    asked = json.dumps({"query": document, "variables": {"p": password}}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer: Any = json.loads(await api._ask(reader, writer, server, asked))
    server = dataclasses.replace(
        server, headers=f"authorization: Bearer {answer['data']['signIn']['result']['token']}\r\n"
    )
    found = json.loads(await api._ask(reader, writer, server, FIRST_QUERY))
    assert len(found["data"]["customers"]["nodes"]) == 5, found
    writer.close()


# --- growth ---
@main.command()
@click.option("--customers", default="10000,100000,1000000", show_default=True)
@click.option("--requests", default=200, show_default=True)
@click.option("--database", type=click.Choice(["postgresql", "sqlite"]), default="sqlite", show_default=True)
def growth(customers: str, requests: int, database: str) -> None:
    """CPU of the server, and waiting, per request by number of customers: reading, a page deep in a list, a count.

    There are as many interactions and opportunities as customers. A million take a few minutes and 2 GB.
    """
    click.echo(f"{database}, {api._machine()}\n{'customers':>10}{'':>8}{'CPU ms':>9}{'p50 ms':>9}")
    costs: dict[str, list[float]] = {}
    for number in map(int, customers.split(",")):
        with (
            tempfile.TemporaryDirectory() as folder,
            api._database(database, Path(folder), Size(number, number, number)) as url,
        ):
            for name, turn in _asked_of(url, requests).items():
                costs.setdefault(name, []).append(turn.cpu)
                wait = 1000 * statistics.median(turn.waits)
                click.echo(f"{number:10}{name:>8}{1000 * turn.cpu:9.2f}{wait:9.2f}")
    for name, found in costs.items():
        click.echo(f"{name} growth {found[-1] / found[0]:.2f}")


def _asked_of(url: str, requests: int) -> dict[str, api.Turn]:
    token = asyncio.run(token_of(url))
    facts = Facts(asyncio.run(customers_of(url, 2000)))
    with api._serving("kehu", url, token) as server:
        assert server is not None
        asked = {question: bodies("kehu", question, facts, requests) for question in QUESTIONS}
        asked["deep"] = asyncio.run(_deep(server, requests))
        asked["count"] = [COUNT] * (requests // 4)
        turns = {}
        for name, of_question in asked.items():
            asyncio.run(api._turn(server, of_question[:20]))
            turns[name] = asyncio.run(api._turn(server, of_question))
        return turns


async def _deep(server: api.Contestant, requests: int) -> list[bytes]:
    """A page after a cursor in the middle of the list, reached by a filter and not by paging."""
    document = """query ($filter: CustomerFilter, $after: String) { customers(first: 20, after: $after,
        filter: $filter, orderBy: [{field: NAME}]) { nodes { id name } pageInfo { endCursor } } }"""
    middle = {"filter": {"name": {"gte": "Customer 5"}}}
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    asked = json.dumps({"query": document, "variables": middle}).encode()
    answer: Any = json.loads(await api._ask(reader, writer, server, asked))
    writer.close()
    after = answer["data"]["customers"]["pageInfo"]["endCursor"]
    return [json.dumps({"query": document, "variables": {"after": after}}).encode()] * requests


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    main()
