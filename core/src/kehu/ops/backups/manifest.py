"""What a backup says of itself, so that a restore can be held against it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from kehu.kernel.errors import SetupError

FORMAT = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Manifest:
    """`backend` is sqlite or postgresql; `revisions` are by plugin, `counts` are the rows by table."""

    made_at: str
    backend: str
    revisions: Mapping[str, str]
    counts: Mapping[str, int]
    format: int = FORMAT

    def as_json(self) -> str:
        """The manifest as it is kept."""
        return json.dumps(dataclasses.asdict(self), indent=1, sort_keys=True)

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(self.counts.values())


def manifest_of(text: str | bytes) -> Manifest:
    """The manifest that was kept. Raises SetupError for one of a later version."""
    content: dict[str, Any] = json.loads(text)
    if content["format"] != FORMAT:
        raise SetupError("The backup was made by a later version of kehu; restore it with that one.")
    return Manifest(**content)


def described(connection: sa.Connection, made_at: str) -> Manifest:
    """What the database has right now, as this connection's transaction sees it."""
    names = sorted(sa.inspect(connection).get_table_names())
    counts = {name: _count(connection, name) for name in names}
    versions = {name: _version(connection, name) for name in names if name.startswith("kehu_version_")}
    revisions = {
        name.removeprefix("kehu_version_"): version
        for name, version in versions.items()
        if version is not None
    }
    return Manifest(made_at, connection.dialect.name, revisions, counts)


def _count(connection: sa.Connection, table: str) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(sa.table(table))).scalar_one()


def _version(connection: sa.Connection, table: str) -> str | None:
    return connection.execute(sa.select(sa.column("version_num")).select_from(sa.table(table))).scalar()
