"""The examples of clients work against a live server, and their tools find nothing wrong with the schema."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.kehu_graphql.clients.conftest import KEHU
from tests.needs import needs

NODE = shutil.which("node")
SECONDS = 120
CLIENTS = Path(__file__).parents[3] / "examples" / "clients"
SOURCES = ("src", "*.js", "*.json")
needs_node = needs("node", packages=CLIENTS)


class Workshop:
    """A copy of the TypeScript clients, so that what tools write there is nobody else's."""

    def __init__(self, folder: Path, clients: Path) -> None:
        self.folder = folder
        shutil.copytree(
            clients, folder, ignore=shutil.ignore_patterns("node_modules", "dist", "__generated__", "python")
        )
        (folder / "node_modules").symlink_to(clients / "node_modules", target_is_directory=True)
        self.print_schema("schema.graphql")

    def print_schema(self, name: str, *plugins: str) -> None:
        """Write the schema of these plugins, of all if none is named."""
        chosen = ["--plugins", ",".join(plugins)] if plugins else []
        printed = subprocess.run(
            [*KEHU, *chosen, "schema", "print"], capture_output=True, text=True, check=True
        )
        (self.folder / name).write_text(printed.stdout, encoding="utf-8")

    def run(self, *command: str, env: Mapping[str, str] | None = None) -> str:
        """What the program prints; a test fails with all of it when the program does."""
        done = subprocess.run(
            command, cwd=self.folder, env=env, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def tool(self, name: str, *arguments: str) -> str:
        """Run one of the programs that npm has installed."""
        return self.run(str(self.folder / "node_modules" / ".bin" / name), *arguments)

    def inspected(self, *arguments: str) -> list[Sequence[str]]:
        """What the inspector finds."""
        found: list[Sequence[str]] = json.loads(self.run("node", "inspect.js", *arguments))
        return found


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory, clients: Path) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("clients") / "clients", clients)


@pytest.fixture(scope="module")
def built(workshop: Workshop) -> Workshop:
    """The clients as programs: what codegen with strict scalars and Relay's compiler make, checked by tsc --strict."""
    workshop.run("node", "codegen.js")
    workshop.tool("relay-compiler")
    workshop.tool("tsc")
    workshop.run("node", "build.js")
    return workshop


@needs_node
@pytest.mark.parametrize("name", ["apollo", "urql", "relay"])
def test_a_client_in_typescript_works(name: str, built: Workshop, server: Mapping[str, str]) -> None:
    assert built.run("node", f"dist/{name}.js", env=server).lower() == f"{name}: all as expected.\n"


def test_the_client_in_python_works(clients: Path, server: Mapping[str, str]) -> None:
    command = [sys.executable, str(clients / "python" / "customers.py")]
    done = subprocess.run(command, env=server, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert (done.returncode, done.stdout) == (0, "gql: all as expected.\n"), done.stderr


@needs_node
def test_the_schema_has_the_shape_that_relay_asks_for(workshop: Workshop) -> None:
    workshop.tool("eslint", "--max-warnings", "0", "schema.graphql", "src")


@needs_node
def test_the_rules_of_relay_find_a_connection_that_is_none(workshop: Workshop) -> None:
    broken = "type Query { customers: CustomerConnection } type CustomerConnection { edges: String }\n"
    (workshop.folder / "broken.graphql").write_text(broken, encoding="utf-8")
    with pytest.raises(AssertionError, match="relay-connection-types"):
        workshop.tool("eslint", "broken.graphql")


@needs_node
def test_the_inspector_finds_the_documents_valid(workshop: Workshop) -> None:
    assert workshop.inspected("validate", "schema.graphql", "src/operations.graphql") == []


@needs_node
def test_for_the_inspector_a_plugin_breaks_nothing_of_the_others(workshop: Workshop) -> None:
    workshop.print_schema("core.graphql", "core")
    changes = workshop.inspected("diff", "core.graphql", "schema.graphql")
    assert {level for level, _ in changes} == {"NON_BREAKING", "DANGEROUS"}
    # Another value of an enum may surprise a front-end that names them all; kehu documents that it may come.
    dangerous = [message for level, message in changes if level == "DANGEROUS"]
    assert [text for text in dangerous if not text.startswith("Enum value ")] == []
    assert [level for level, _ in workshop.inspected("diff", "schema.graphql", "core.graphql")].count(
        "BREAKING"
    ) > 0
