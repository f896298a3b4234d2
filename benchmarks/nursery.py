"""Commands of kehu as forks of one process that has imported everything: a start costs a tenth of what it does afresh.

A fork shares no connection with others, and dies like any other process. All of them end with whoever started them.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = (
    "kehu.ops.cli.worker",
    "kehu.core_plugin",
    "kehu.ops.migrations",
    "kehu_graphql.server.asgi",
    "psycopg",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)


class Nursery:
    """Where processes come from: `environment` is that of all of them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(environment),
            cwd=ROOT,
            text=True,
        )

    def start(self, arguments: Sequence[str], out: Path) -> int:
        """Begin `kehu ...`, which writes into a file; returns its process id."""
        return self._ask([*arguments], str(out))

    def kill(self, pid: int) -> None:
        """SIGKILL one of these processes, and see it dead."""
        self._ask(pid)

    def close(self) -> None:
        """SIGKILL all that are left."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _ask(self, *question: object) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def serve() -> None:
    """Start and kill, as each line says, until there are no more lines."""
    for module in MODULES:
        importlib.import_module(module)
    children: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        if isinstance(asked[0], int):
            end(asked[0])
            children.discard(asked[0])
            answer = asked[0]
        else:
            answer = os.fork() or become(*asked)
            children.add(answer)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    for child in children:
        end(child)


def end(pid: int) -> None:
    """Kill a child; until it is waited for, nobody else gets its number."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def become(arguments: Sequence[str], out: str) -> int:
    """Be `kehu ...` from now on."""
    nothing, file = (
        os.open(os.devnull, os.O_RDONLY),
        os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
    )
    for number, stream in ((0, nothing), (1, file), (2, file)):
        os.dup2(stream, number)
    sys.argv = ["kehu", *arguments]
    importlib.import_module("kehu.ops.cli").main()
    os._exit(0)


if __name__ == "__main__":
    serve()
