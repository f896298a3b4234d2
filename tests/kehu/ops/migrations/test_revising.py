from __future__ import annotations

import ast
from pathlib import Path

import pytest

import kehu
from kehu.kernel.plugin.discovery import installed_names
from kehu.ops.migrations import check, downgrade, revision, upgrade
from kehu.ops.migrations.histories import history_of
from tests.kehu.ops.migrations.conftest import Garden
from tests.kehu.ops.migrations.tables import table_names

MODELS = """
    import enum
    import uuid
    from datetime import date, datetime
    from decimal import Decimal
    from typing import Any
    import sqlalchemy as sa
    from sqlalchemy.orm import DeclarativeBase, Mapped
    import kehu
    from kehu.kernel.model import ExactDecimal

    class Base(kehu.Model, DeclarativeBase): ...

    WIDE = sa.text("width > 1")

    class Soil(enum.Enum):
        CLAY = "CLAY"
        SAND = "SAND"

    class Bed(kehu.Owned, Base):
        __tablename__ = "garden_bed"
        __table_args__ = (
            sa.CheckConstraint("width > 0", name="width_positive"),
            sa.Index(None, "name", unique=True, sqlite_where=WIDE, postgresql_where=WIDE),
        )
        name: Mapped[str] = kehu.column(sa.String(50))
        customer_id: Mapped[uuid.UUID] = kehu.ref(kehu.Customer, ondelete="CASCADE")
        width: Mapped[Decimal] = kehu.column(ExactDecimal(12, 3))
        soil: Mapped[Soil] = kehu.column()
        use: Mapped[str] = kehu.choice("HERBS", "ROSES")
        dug_at: Mapped[datetime | None] = kehu.column()
        sown_on: Mapped[date | None] = kehu.column()
        facts: Mapped[dict[str, Any]] = kehu.column()
        regarding: Mapped[kehu.GlobalId | None] = kehu.column()
        notes: Mapped[str | None] = kehu.column(sa.Text)
        is_open: Mapped[bool] = kehu.column(default=True)

    plugin = kehu.Plugin("garden", requires=["core"])
    plugin.resource(Bed, default_order=[Bed.name])
    plugin.relation(kehu.Customer, "beds", Bed.customer_id)
"""
LATER = MODELS.replace(
    "        name: Mapped[str] = kehu.column(sa.String(50))",
    "        name: Mapped[str] = kehu.column(sa.String(80))\n"
    "        colour: Mapped[str | None] = kehu.column(sa.String(9), index=True)",
)


async def test_a_revision_writes_types_in_words_of_sqlalchemy(garden: Garden, database_url: str) -> None:
    app = garden.app(database_url, MODELS)
    await upgrade(app)

    file = await revision(app, "garden", "The first beds")

    assert file == garden.versions / "0001_the_first_beds.py"
    text = without_layout(file.read_text(encoding="utf-8"))
    for column in [
        '"width", sa.Numeric(precision=12, scale=3).with_variant(sa.BigInteger(), "sqlite"), nullable=False',
        '"soil", sa.String(length=40), nullable=False',
        '"use", sa.String(length=40), nullable=False',
        '"dug_at", sa.DateTime(timezone=True), nullable=True',
        '"sown_on", sa.Date(), nullable=True',
        '"facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False',
        '"regarding", sa.String(length=120), nullable=True',
        '"notes", sa.Text(), nullable=True',
        '"is_open", sa.Boolean(), nullable=False',
        '"id", sa.Uuid(), nullable=False',
    ]:
        assert without_layout(f"sa.Column({column})") in text
    key = '["customer_id"], ["core_customer.id"], name=op.f("fk_garden_bed_customer_id"), ondelete="CASCADE"'
    assert without_layout(key) in text
    assert "in_order" not in text
    assert imports_of(file) == {"alembic", "sqlalchemy", "sqlalchemy.dialects"}
    await app.close()


async def test_a_revision_makes_what_the_code_maps_and_takes_it_back(
    garden: Garden, database_url: str
) -> None:
    app = garden.app(database_url, MODELS)
    await upgrade(app)
    before = await table_names(app)
    await revision(app, "garden", "The first beds")

    await upgrade(app)
    assert await check(app) == []

    await downgrade(app, "garden")
    assert await table_names(app) == before - {"kehu_version_garden"}
    await app.close()


async def test_a_later_revision_holds_only_what_changed(garden: Garden, database_url: str) -> None:
    app = garden.app(database_url, MODELS)
    await upgrade(app)
    await revision(app, "garden", "The first beds")
    await upgrade(app)
    await app.close()
    app = garden.app(database_url, LATER)

    file = await revision(app, "garden", 'Colour of the "bed"')

    assert file == garden.versions / "0002_colour_of_the_bed.py"
    text = file.read_text(encoding="utf-8")
    assert text.startswith('"""Colour of the \'bed\'."""')
    assert 'down_revision = "0001"' in text
    assert text.count("add_column") == text.count("drop_column") == 1
    await upgrade(app)
    assert await check(app) == []
    await downgrade(app, "garden", "0001")
    await app.close()


async def test_without_a_difference_no_revision_is_written(garden: Garden, sqlite_url: str) -> None:
    app = garden.app(sqlite_url, MODELS)
    await upgrade(app)
    await revision(app, "garden", "The first beds")
    await upgrade(app)

    assert await revision(app, "garden", "Nothing") is None
    assert [file.name for file in sorted(garden.versions.glob("0*.py"))] == ["0001_the_first_beds.py"]
    await app.close()


async def test_a_revision_needs_the_earlier_ones_in_the_database(garden: Garden, sqlite_url: str) -> None:
    app = garden.app(sqlite_url, MODELS)
    await upgrade(app)
    await revision(app, "garden", "The first beds")

    with pytest.raises(
        kehu.SetupError, match="a database that has all earlier ones: run `kehu db upgrade` first"
    ):
        await revision(app, "garden", "Too early")
    await app.close()


@pytest.mark.parametrize("name", installed_names())
def test_revisions_never_import_what_may_change(name: str) -> None:
    plugin = next(plugin for plugin in kehu.installed([name]) if plugin.name == name)
    history = history_of(plugin)
    assert history is not None

    for file in history.folder.glob("*.py"):
        assert {module.partition(".")[0] for module in imports_of(file)} <= {"alembic", "sqlalchemy"}


def without_layout(source: str) -> str:
    """Source text without blanks and the commas that a formatter adds."""
    return "".join(source.split()).replace(",)", ")")


def imports_of(file: Path) -> set[str]:
    """The modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module))
    return found
