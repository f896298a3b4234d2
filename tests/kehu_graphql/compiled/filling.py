"""Rows of every table of a composition, with everything that may stand in them; hooks and rules are not asked."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

import kehu
from kehu.kernel.ids import global_id
from kehu.kernel.model.values import to_json

ROWS = 9
WORDS = [
    "Lena", "Ångström", "张三", "", "a%b_c/d", 'quote " and \\ backslash', "line\nand\ttab", "\x01control", "😀 smile",
    "10", "true", "\u2028separator", "Lena Müller",
]  # fmt: skip
MOMENTS = [
    datetime(2026, 3, 2, 9, tzinfo=UTC),
    datetime(2026, 3, 2, 9, 0, 0, 120, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
]
NUMBERS = [Decimal(text) for text in ("0", "1", "-12.5", "1054.5000", "99.99", "1200")]
Keys = dict[str, list[uuid.UUID]]


async def fill(app: kehu.App, chance: random.Random) -> Keys:
    """Put rows into every table, as far as its checks let them; the keys by table."""
    keys: Keys = {}
    tables = {table.name: table for table in app.composition.metadata.sorted_tables}
    async with app.engine.begin() as connection:
        for name in app.composition.tables_in_order:
            if name not in app.composition.models_by_table:
                continue
            keys[name] = await _fill(connection, app, tables[name], keys, chance)
    return keys


async def _fill(
    connection: AsyncConnection, app: kehu.App, table: sa.Table, keys: Keys, chance: random.Random
) -> list[uuid.UUID]:
    entity = app.composition.entities[app.composition.models_by_table[table.name]]
    choices = {c.attribute: c.choices for c in entity.columns.values() if c.choices}
    stored: list[uuid.UUID] = []
    for _ in range(ROWS):
        values = {
            column.name: _value(column, choices.get(column.key), {**keys, table.name: stored}, chance)
            for column in table.columns
        }
        values["custom"] = _custom(entity, chance)
        try:
            async with connection.begin_nested():
                await connection.execute(sa.insert(table).values(values))
        except (sa.exc.IntegrityError, sa.exc.StatementError):
            continue
        stored.append(values["id"])
    return stored


def _value(column: sa.Column[Any], choices: list[str] | None, keys: Keys, chance: random.Random) -> Any:
    if column.name in ("version", "id"):
        return 1 if column.name == "version" else uuid.UUID(int=chance.getrandbits(128))
    if column.name == "archived_at" and chance.random() < 0.85:
        return None
    if column.nullable and chance.random() < 0.3:
        return None
    for foreign in column.foreign_keys:
        known = keys.get(foreign.column.table.name)
        return chance.choice(known) if known else None
    if choices:
        return chance.choice(choices)
    return _of_type(column.type, chance, unique=bool(column.unique))


def _of_type(kind: Any, chance: random.Random, *, unique: bool) -> Any:
    if isinstance(kind, sa.Enum):
        members: list[Any] = list(kind.enum_class or kind.enums)
        return chance.choice(members)
    python = kind.python_type
    makers: dict[type[Any], Any] = {
        bool: lambda: chance.random() < 0.5,
        int: lambda: chance.randint(0, 90),
        Decimal: lambda: chance.choice(NUMBERS),
        datetime: lambda: chance.choice(MOMENTS) + timedelta(days=chance.randint(0, 3)),
        date: lambda: date(2026, chance.randint(1, 4), chance.randint(1, 28)),
        uuid.UUID: lambda: uuid.UUID(int=chance.getrandbits(128)),
        list: lambda: [chance.choice(["vip", "it's", "北"]) for _ in range(chance.randint(0, 2))],
        dict: lambda: {"a": chance.choice([1, 1.5, None, "x", [True]]), "ä": {"b": 2}},
        kehu.GlobalId: lambda: global_id("Customer", uuid.UUID(int=chance.getrandbits(128))),
    }
    if python in makers:
        return makers[python]()
    length = getattr(kind, "length", None) or 20
    return (f"{chance.getrandbits(32)}" if unique else chance.choice(WORDS))[:length]


def _custom(entity: Any, chance: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {"gone.plugin": "kept"}
    for custom in entity.custom_fields:
        if chance.random() < 0.7:
            found[custom.key] = to_json(_of_type(_TYPES[custom.kind], chance, unique=False))
    return found


_TYPES: dict[type[Any], Any] = {
    bool: sa.Boolean(),
    int: sa.Integer(),
    Decimal: sa.Numeric(),
    datetime: sa.DateTime(),
    date: sa.Date(),
    str: sa.String(40),
}
