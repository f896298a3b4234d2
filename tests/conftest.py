"""What every test may ask for: a fresh database on both engines, the shared data, no network."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.depth import chosen
from tests.lending import Lending
from tests.network import block_network
from tests.postgres import Postgres, running_postgres
from tests.spending import Spending
from tests.templates import Templates

ROOT = Path(__file__).parent.parent

# A machine that is busy with other things is no reason to fail; CI finds the same examples each time.
hypothesis.settings.register_profile("kehu", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", hypothesis.settings.get_profile("kehu"), derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "kehu")

# An unexpected error while a document is planned fails the test instead of being left to graphql-core.
os.environ.setdefault("KEHU_STRICT_PLANS", "1")

# Every test composes an App and throws it away; looking through all of them so often took half of a run's time.
gc.set_threshold(100_000, 20, 20)


def pytest_configure(config: pytest.Config) -> None:
    """The process that prints adds up what all processes took."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Spending())


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the database that would say the same; see tests/depth.py."""
    for item in items:
        slow = item.get_closest_marker("slow")
        if slow is not None and "reason" not in slow.kwargs:
            raise pytest.UsageError(f"{item.nodeid} is marked slow without a reason.")
    kept = list(chosen(items, ROOT))
    if len(kept) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Coroutine tests run on asyncio, as kehu does: SQLAlchemy knows no other loop."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    block_network(monkeypatch)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of this repository."""
    return ROOT


@pytest.fixture(scope="session")
def kehu_data() -> Path:
    """The folder of the data sets: KEHU_DATA, or the shared folder beside the repository."""
    folder = Path(os.environ.get("KEHU_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"No data sets at {folder}: set KEHU_DATA.")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server: one for each process of a parallel run, or the one KEHU_TEST_POSTGRES names."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def lending(postgres: Postgres) -> Lending:
    """Databases that one test after the other is lent."""
    return Lending(postgres)


@pytest.fixture(scope="session")
def templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Databases with tables, to be copied."""
    return Templates(tmp_path_factory.mktemp("templates"), lambda: request.getfixturevalue("lending"))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'kehu.db'}"


@pytest.fixture
def postgresql_url(request: pytest.FixtureRequest, postgres: Postgres) -> Iterator[str]:
    """The URL of a PostgreSQL database: an empty one, or one that `templates` fills."""
    if "templates" in request.fixturenames:
        lending: Lending = request.getfixturevalue("lending")
        url = lending.take(request.path.parent)
        yield url
        lending.give_back(url)
        return
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database; a test that asks for it runs on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def shared_database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of a database that the tests of a module share, because none changes what another looks at."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('shared') / 'kehu.db'}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)
