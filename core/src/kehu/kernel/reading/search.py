"""Search: records of several types in which every word of a text occurs, under the rights of who asks."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import re
import unicodedata
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kehu.kernel.composition import EntityDefinition
from kehu.kernel.errors import BadInput
from kehu.kernel.model import Archivable
from kehu.kernel.model.values import is_storable
from kehu.kernel.reading.attributes import Attribute, Catalogue
from kehu.kernel.reading.bounds import TooMuch, check_length

if TYPE_CHECKING:
    from kehu.kernel.context import Context

DEFAULT_SIZE, LARGEST_SIZE = 20, 100
LONGEST_TEXT = 200
MOST_WORDS = 8
# Where a record stands rather than what it is called.
_TECHNICAL = {"path", "locale", "time_zone", "country", "currency"}

# Fields that have a number in one form, with the code of its country and nothing between the digits.
_NORMALISED = "normalised"
_DIALLED = re.compile(r"\+?[0-9][-0-9 ()./]{4,}[0-9]")
_LEFT_OUT = re.compile(r"\(0\)|[^0-9]")

Place = tuple[str, uuid.UUID]


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """Some of the records that were found, by type and the newest first, and whether there are more."""

    records: Sequence[Any]
    places: Sequence[Place]
    has_next: bool

    def cursor(self, index: int) -> str:
        """Where the search goes on after this record."""
        name, key = self.places[index]
        return base64.urlsafe_b64encode(json.dumps([name, key.hex]).encode()).decode()


async def search(
    ctx: Context, text: str, *, types: Sequence[str] | None, first: int | None, after: str | None
) -> Found:
    """The first records whose names, numbers and the like together have every word of `text`, in any case.

    Looks where a reader of those fields may look, and leaves archived records out. Each type costs one statement.
    Raises BadInput: an empty or too long text, an unknown type, a size outside of 0 to 100, a cursor that is none.
    """
    ctx.require_signed_in()
    size = DEFAULT_SIZE if first is None else first
    if not 0 <= size <= LARGEST_SIZE:
        raise TooMuch("first must be between 0 and {limit}.", LARGEST_SIZE, field="first")
    words = _words(text)
    searched = [entity for entity in _searched(ctx, types) if ctx.can(entity.permission("read"))]
    start = _start(after, [entity.name for entity in searched])
    records: list[Any] = []
    places: list[Place] = []
    for entity in searched[start[0] :]:
        before = start[1] if entity is searched[start[0]] else None
        found = await _of_type(ctx, entity, words, before=before, limit=size + 1 - len(records))
        records += found
        places += [(entity.name, record.id) for record in found]
        if len(records) > size:
            break
    return Found(records[:size], places[:size], len(records) > size)


def searchable(ctx: Context) -> list[EntityDefinition]:
    """The types that are searched when none are named: records that people keep, with something to be found by."""
    entities = ctx.app.composition.entities.values()
    kept = [e for e in entities if issubclass(e.model, Archivable) and "list" in e.operations]
    return [entity for entity in kept if _attributes(ctx, entity)]


def _words(text: str) -> list[str]:
    """The words that must all occur; full-width letters are the ordinary ones."""
    check_length(text, LONGEST_TEXT, "text")
    words = list(dict.fromkeys(unicodedata.normalize("NFKC", text).split())) if is_storable(text) else []
    if not words or len(words) > MOST_WORDS:
        raise TooMuch("Search for 1 to {limit} words.", MOST_WORDS, field="text")
    return words


def _number(words: Sequence[str]) -> str | None:
    """The digits of what looks like a telephone number, without what is dialled within a country only."""
    typed = " ".join(words)
    return _LEFT_OUT.sub("", typed).lstrip("0") or None if _DIALLED.fullmatch(typed) else None


def _searched(ctx: Context, types: Sequence[str] | None) -> list[EntityDefinition]:
    known = {entity.name: entity for entity in searchable(ctx)}
    unknown = [name for name in types or () if name not in known]
    if unknown:
        raise BadInput(f"{unknown[0]!r} is no type that is searched: {', '.join(known)}.", field="types")
    return [entity for name, entity in known.items() if types is None or name in types]


def _attributes(ctx: Context, entity: EntityDefinition) -> list[Attribute]:
    """Short texts: names, numbers, addresses; not pick-lists, and nothing that the principal may not read."""
    found = ctx.app.composition.derived(Catalogue)[entity.model].by_name.values()
    return [
        a
        for a in found
        if a.kind is str
        and a.filters
        and a.orders
        and a.attribute is not None
        and not a.choices_name
        and a.attribute not in _TECHNICAL
        and (a.read is None or ctx.can(a.read))
    ]


async def _of_type(
    ctx: Context, entity: EntityDefinition, words: Sequence[str], *, before: uuid.UUID | None, limit: int
) -> list[Any]:
    model, names = entity.model, [attribute.name for attribute in _attributes(ctx, entity)]
    somewhere = [{"or": [{name: {"contains": word}} for name in names]} for word in words]
    number = _number(words)
    dialled = [{name: {"contains": number}} for name in names if number and name.startswith(_NORMALISED)]
    conditions = ctx.app.filters.listed(ctx, model, {"or": [{"and": somewhere}, *dialled]})
    if before is not None:
        conditions.append(model.id < before)
    statement = sa.select(model).where(*conditions).order_by(model.id.desc()).limit(limit)
    return list((await ctx.session.scalars(statement)).all())


def _start(after: str | None, names: Sequence[str]) -> tuple[int, uuid.UUID | None]:
    """At which type the search goes on, and before which record of it."""
    if after is None:
        return 0, None
    try:
        name, key = json.loads(base64.urlsafe_b64decode(after))
        return names.index(name), uuid.UUID(hex=key)
    except (binascii.Error, ValueError, TypeError, AttributeError, RecursionError):
        raise BadInput("This is no cursor of this search.", code="BAD_CURSOR", field="after") from None
