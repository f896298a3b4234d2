"""The import contracts of pyproject.toml have teeth: a planted import breaks the one that forbids it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repository.test_distributions import IMPORT_NAMES

FORBIDDEN = [
    ("kehu_sfa/deals.py", "import kehu_marketing", "plugins"),
    ("kehu/kernel/app.py", "import kehu_care", "kernel"),
    ("kehu/kernel/app.py", "import kehu_graphql", "kernel"),
    ("kehu/kernel/app.py", "import strawberry", "kernel"),
    ("kehu/kernel/app.py", "from starlette.requests import Request", "kernel"),
    ("kehu/kernel/reading/lists.py", "import kehu.platform", "core"),
    ("kehu/kernel/reading/lists.py", "import kehu.crm", "core"),
    ("kehu/platform/identity/rules.py", "import kehu.business", "core"),
    ("kehu/business/approvals.py", "import kehu.crm", "core"),
    ("kehu/crm/customers.py", "import kehu.ops", "core"),
    ("kehu_graphql/app.py", "import kehu_sfa", "graphql"),
    ("kehu_sfa/deals.py", "import strawberry", "schema"),
    ("kehu_sfa/deals.py", "import kehu_graphql.types", "schema"),
]
ALLOWED = [
    ("kehu_sfa/deals.py", "import kehu", "plugins"),
    ("kehu_graphql/app.py", "import kehu", "graphql"),
    ("kehu_sfa/schema.py", "import strawberry", "schema"),
    ("kehu_sfa/schema.py", "import kehu_graphql.types", "schema"),
    ("kehu_sfa/schema/quotes.py", "import kehu_graphql.types", "schema"),
]


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A tree with every import name of kehu, and nothing in it."""
    for name in IMPORT_NAMES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "kehu_graphql" / "types.py").touch()
    for layer in ("core_plugin", "ops", "crm", "business", "platform", "kernel", "migrations"):
        (tmp_path / "kehu" / layer).mkdir()
        (tmp_path / "kehu" / layer / "__init__.py").touch()
    return tmp_path


@pytest.mark.parametrize(("file", "line", "contract"), FORBIDDEN)
def test_a_forbidden_import_breaks_its_contract(
    repository: Path, packages: Path, file: str, line: str, contract: str
) -> None:
    plant(packages / file, line)

    assert "Contracts: 0 kept, 1 broken." in check(repository, packages, contract)


@pytest.mark.parametrize(("file", "line", "contract"), ALLOWED)
def test_an_allowed_import_keeps_its_contract(
    repository: Path, packages: Path, file: str, line: str, contract: str
) -> None:
    plant(packages / file, line)

    assert "Contracts: 1 kept, 0 broken." in check(repository, packages, contract)


def plant(module: Path, line: str) -> None:
    module.parent.mkdir(parents=True, exist_ok=True)
    (module.parent / "__init__.py").touch()
    module.write_text(f"{line}\n", encoding="utf-8")


def check(repository: Path, packages: Path, contract: str) -> str:
    """What lint-imports says of `packages` with the contracts of this repository."""
    program = (
        "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    )
    arguments = [
        "--config",
        str(repository / "pyproject.toml"),
        "--contract",
        contract,
        "--no-cache",
        "--no-logo",
    ]
    environment = {**os.environ, "PYTHONPATH": str(packages)}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(
        command, cwd=packages, env=environment, capture_output=True, text=True, check=False
    ).stdout
