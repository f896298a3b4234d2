"""How a mapped column appears outside: in the API, in filters, in inputs, and to whom."""

from __future__ import annotations

import dataclasses
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, MappedColumn, mapped_column


@dataclasses.dataclass(frozen=True, slots=True)
class ColumnOptions:
    """What kehu knows of a column beyond SQLAlchemy; kept in `Column.info["kehu"]`."""

    expose: bool = True
    filter: bool = True
    order: bool = True
    create: bool = True
    update: bool = True
    read: str | None = None
    write: str | None = None
    choices: tuple[str, ...] = ()
    audit: bool = True


def column(
    *args: Any,
    expose: bool = True,
    filter: bool = True,
    order: bool = True,
    create: bool = True,
    update: bool = True,
    read: str | None = None,
    write: str | None = None,
    audit: bool = True,
    **kwargs: Any,
) -> MappedColumn[Any]:
    """A column of a mapped class; the rest of the arguments go to SQLAlchemy's `mapped_column`.

    expose: part of the API at all. filter, order: may be filtered and ordered by. create, update: settable by
    these mutations. read, write: a permission needed to see (else null) or to set it. audit: False keeps the
    value out of the audit trail (secrets). `doc=` becomes the description in the schema.
    """
    options = ColumnOptions(expose, filter, order, create, update, read, write, (), audit)
    return mapped_column(*args, info={"kehu": options}, **kwargs)


def ref(
    target: type[Any], *, ondelete: str | None = None, index: bool = True, **kwargs: Any
) -> MappedColumn[Any]:
    """A foreign key to an entity of this or another plugin; gives the fields `<name>Id` and `<name>`.

    The target's Column object is used, because a string cannot cross from one MetaData to another.
    """
    key: InstrumentedAttribute[Any] = target.id
    return column(sa.ForeignKey(key, ondelete=ondelete), index=index, **kwargs)


def choice(*values: str, **kwargs: Any) -> MappedColumn[Any]:
    """A pick-list, which other plugins may add to with `plugin.add_choice`; a GraphQL enum of upper-case values."""
    options = {name: kwargs.pop(name) for name in _OPTION_NAMES if name in kwargs}
    return mapped_column(sa.String(40), info={"kehu": ColumnOptions(choices=values, **options)}, **kwargs)


def options_of(col: sa.Column[Any]) -> ColumnOptions:
    """The options of a column; the defaults for one that was made without `kehu.column`."""
    found = col.info.get("kehu", _DEFAULTS)
    assert isinstance(found, ColumnOptions)
    return found


_OPTION_NAMES = tuple(f.name for f in dataclasses.fields(ColumnOptions) if f.name != "choices")
_DEFAULTS = ColumnOptions()
