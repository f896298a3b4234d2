"""A plugin of the tests' own: a package in a temporary folder, whose models and revisions a test writes."""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

import kehu
from kehu.core_plugin import plugin as core

_NUMBERS = itertools.count(1)

MODELS = """
    import sqlalchemy as sa
    from sqlalchemy.orm import DeclarativeBase, Mapped
    import kehu

    class Base(kehu.Model, DeclarativeBase): ...

    class Bed(kehu.Entity, Base):
        __tablename__ = "garden_bed"
        name: Mapped[str] = kehu.column(sa.String(50))

    plugin = kehu.Plugin("garden", requires=["core"])
    plugin.resource(Bed)
"""

FIRST = """
    import sqlalchemy as sa
    from alembic import op

    revision = "0001"
    down_revision = None

    def upgrade():
        op.create_table("garden_bed", sa.Column("id", sa.Uuid(), primary_key=True), sa.Column("name", sa.String(50)))

    def downgrade():
        op.drop_table("garden_bed")
"""

SECOND = """
    import sqlalchemy as sa
    from alembic import op

    revision = "0002"
    down_revision = "0001"

    def upgrade():
        op.create_table("garden_flower", sa.Column("id", sa.Uuid(), primary_key=True))

    def downgrade():
        op.drop_table("garden_flower")
"""


class Garden:
    """A plugin package that a test writes, file by file."""

    def __init__(self, root: Path) -> None:
        self.package = f"garden_of_tests_{next(_NUMBERS)}"
        self.folder = root / self.package
        self.versions = self.folder / "migrations" / "versions"
        self.versions.mkdir(parents=True)
        for folder in (self.folder, self.folder / "migrations", self.versions):
            (folder / "__init__.py").touch()

    def declare(self, source: str = MODELS) -> kehu.Plugin:
        """Write the models, and import the plugin that they declare anew."""
        (self.folder / "models.py").write_text(dedent(source), encoding="utf-8")
        importlib.invalidate_caches()
        self.forget()
        plugin = importlib.import_module(f"{self.package}.models").plugin
        assert isinstance(plugin, kehu.Plugin)
        return plugin

    def app(self, database_url: str, source: str = MODELS) -> kehu.App:
        """An App of core and this plugin."""
        return kehu.App([core, self.declare(source)], database_url)

    def revise(self, source: str, name: str = "0001_first") -> Path:
        """Write a revision."""
        file = self.versions / f"{name}.py"
        file.write_text(dedent(source), encoding="utf-8")
        return file

    def forget(self) -> None:
        """Forget the imported modules; Python would not notice a file that changes twice within a second."""
        for name in [name for name in sys.modules if name.partition(".")[0] == self.package]:
            del sys.modules[name]
        for cache in self.folder.rglob("__pycache__/*"):
            cache.unlink()


@pytest.fixture
def garden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Garden]:
    monkeypatch.syspath_prepend(str(tmp_path))
    garden = Garden(tmp_path)
    yield garden
    garden.forget()
