"""How a mapped column appears outside: in the API, in filters, in inputs, and to whom."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, MappedColumn, mapped_column
from sqlalchemy.schema import SchemaItem

from kehu.kernel.model.deprecation import Deprecation

if TYPE_CHECKING:
    from kehu.kernel.model.entity import Entity

ColumnPart = sa.types.TypeEngine[Any] | type[sa.types.TypeEngine[Any]] | SchemaItem


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
    multiline: bool | None = None
    verbatim: bool = False
    deprecated: Deprecation | None = None
    not_before: str | None = None
    money: str | None = None
    rounded: bool = True
    offered: bool = False


class ColumnArguments(TypedDict, total=False):
    """What `column`, `ref` and `choice` take by name.

    expose: part of the API at all. filter, order: may be filtered and ordered by. create, update: settable by
    these mutations. read, write: a permission needed to see (else null) or to set it. audit: False keeps the
    value out of the audit trail (secrets). multiline: a text of several lines, which is what a `sa.Text` is and a
    `sa.String` is not unless this says otherwise. verbatim: a text that is kept character by character, such as a
    digest or what a machine answered; all others are normalised. deprecated: front-ends shall not use it any more.
    not_before: the attribute of the day or moment that this one must not precede, such as the start of what it ends.
    money: the value is an amount, and this names its currency: an attribute of the class, or one of a record it refers
    to, `fund.currency`. Writes refuse an amount finer than its currency, unless `rounded=False` says that it may be
    (the price of one piece), and aggregates do not add up what is in several currencies. offered: the product is
    offered, priced or bought by the record, or the price list is used for that, so that a product that is not sold and
    a list that is not in use are refused there from now on. The rest is SQLAlchemy's:
    `doc` becomes the description in the schema, `name` is what the column is called in the database.
    """

    expose: bool
    filter: bool
    order: bool
    create: bool
    update: bool
    read: str | None
    write: str | None
    audit: bool
    multiline: bool | None
    verbatim: bool
    deprecated: Deprecation | None
    not_before: str | None
    money: str | None
    rounded: bool
    offered: bool
    default: Any
    onupdate: Any
    server_default: str | sa.TextClause | sa.ColumnElement[Any] | None
    doc: str | None
    comment: str | None
    name: str | None
    nullable: bool
    primary_key: bool
    index: bool
    unique: bool
    deferred: bool
    sort_order: int


def column(*parts: ColumnPart, **arguments: Unpack[ColumnArguments]) -> MappedColumn[Any]:
    """A column of a mapped class: `name: Mapped[str] = kehu.column(sa.String(200), doc="What it is called.")`.

    The parts are a type, where the annotation alone does not say it, a foreign key, a check. See ColumnArguments.
    """
    return _mapped(*parts, **arguments)


def ref(
    target: type[Entity], *, ondelete: str | None = None, **arguments: Unpack[ColumnArguments]
) -> MappedColumn[Any]:
    """A foreign key to an entity of this or another plugin, indexed; gives the fields `<name>Id` and `<name>`.

    The target's Column object is used, because a string cannot cross from one MetaData to another.
    """
    key: InstrumentedAttribute[Any] = target.id
    return _mapped(sa.ForeignKey(key, ondelete=ondelete), **{"index": True, **arguments})


def choice(*values: str, **arguments: Unpack[ColumnArguments]) -> MappedColumn[Any]:
    """A pick-list, which other plugins may add to with `plugin.add_choice`; a GraphQL enum of upper-case values."""
    return _mapped(sa.String(40), choices=values, **arguments)


def options_of(col: sa.Column[Any]) -> ColumnOptions:
    """The options of a column; the defaults for one that was made without `kehu.column`."""
    found = col.info.get("kehu", _DEFAULTS)
    assert isinstance(found, ColumnOptions)
    return found


def _mapped(*parts: Any, **arguments: Any) -> MappedColumn[Any]:
    options = {name: arguments.pop(name) for name in _OPTION_NAMES if name in arguments}
    return mapped_column(*parts, info={"kehu": ColumnOptions(**options)}, **arguments)


_OPTION_NAMES = tuple(field.name for field in dataclasses.fields(ColumnOptions))
_DEFAULTS = ColumnOptions()
