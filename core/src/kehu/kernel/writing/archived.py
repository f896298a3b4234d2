"""Archived means archived: what has left the lists is neither changed nor given anything new until it is taken back."""

from __future__ import annotations

import dataclasses
import itertools
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kehu.kernel.access.owned import OWNER, TEAM, OwnedRecord, is_named
from kehu.kernel.composition import EntityDefinition
from kehu.kernel.db import Unscoped
from kehu.kernel.db.committed import committed
from kehu.kernel.errors import FieldError, Refusal
from kehu.kernel.ids import parse_global_id
from kehu.kernel.model import Archivable, GlobalId
from kehu.kernel.texts import Text, text, type_label
from kehu.kernel.writing.changes import Change
from kehu.kernel.writing.offers import is_as_agreed

if TYPE_CHECKING:
    from kehu.kernel.context import Context

whoever_asks = Unscoped("archived is archived")

Place = tuple[type[Any], uuid.UUID]

_MOST_KEYS = 500
_BESIDE = ("first", "second", "third", "fourth")


class RecordArchived(Refusal):
    """The record has been archived, so that nothing new happens to it."""

    code = "ARCHIVED"


def check_current(record: object, name: str, *, field: object = "id") -> None:
    """Raise RecordArchived for a record that is archived; `name` is that of its type."""
    if isinstance(record, Archivable) and record.archived_at is not None:
        raise RecordArchived(_message(name), field=field)


async def refuse_archived(ctx: Context, changes: Sequence[Change[Any]], seen: set[Place]) -> None:
    """Note an error for each new reference to an archived record; `seen` are those known to be current, and grow.

    History may name what is archived: only references that somebody may set are looked at, in records that somebody
    may write; and a job goes on with what was begun before.
    """
    if ctx.running_job is not None:
        return
    asked = [(change, name, place) for change in changes for name, place in _new_references(ctx, change)]
    named = dict.fromkeys(place for _, _, place in asked if not _is_own(ctx, place))
    if not named:
        return
    new = {(type(change.obj), change.obj.id) for change in changes}
    archived = await _archived(ctx, named, seen | new)
    seen.update(named.keys() - archived)
    for change, name, place in asked:
        if place in archived and all(error.field != name for error in change.errors):
            message = _message(ctx.app.composition.entities[place[0]].name)
            change.errors.append(FieldError(RecordArchived.code, message, name))


@dataclasses.dataclass(frozen=True, slots=True)
class _Reference:
    attribute: str
    name: str
    target: type[Any] | None
    is_offered: bool = False
    is_team: bool = False


def _references(entity: EntityDefinition) -> list[_Reference]:
    """The columns of an entity that somebody may set and that name an archivable record, of any type where None.

    Not the owner of a record, at whom `follow_owners` looks; and its team, which it may have from another one, where
    somebody has named it.
    """
    if not entity.operations & {"create", "update"}:
        return []
    found = []
    for column in entity.columns.values():
        settable = column.options.expose and (column.options.create or column.options.update)
        is_owned = issubclass(entity.model, OwnedRecord)
        if not settable or (is_owned and column.attribute == OWNER):
            continue
        if column.target is not None and issubclass(column.target, Archivable):
            found.append(
                _Reference(
                    column.attribute,
                    column.name,
                    column.target,
                    is_offered=column.options.offered,
                    is_team=is_owned and column.attribute == TEAM,
                )
            )
        elif column.kind is GlobalId:
            found.append(_Reference(column.attribute, column.name, None))
    return found


def _new_references(ctx: Context, change: Change[Any]) -> Iterator[tuple[str, Place]]:
    references = change.entity.derived(_references)
    if not references or change.deleting or getattr(change.obj, "archived_at", None) is not None:
        return
    for reference in references:
        value = change.after.get(reference.attribute)
        if value is None or (reference.is_offered and is_as_agreed(change.obj)):
            continue
        if reference.is_team and not is_named(change.obj, TEAM):
            continue
        if reference.target is not None:
            yield reference.name, (reference.target, value)
        else:
            place = _named(ctx, value)
            if place is not None:
                yield reference.name, place


def _named(ctx: Context, given: str) -> Place | None:
    """The archivable record that a global id names; None for one of no such type, which is refused elsewhere."""
    try:
        name, key = parse_global_id(given)
    except Refusal:
        return None
    entity = ctx.app.composition.by_name.get(name)
    return (entity.model, key) if entity is not None and issubclass(entity.model, Archivable) else None


def _is_own(ctx: Context, place: Place) -> bool:
    """Whether a record is given to who writes it, or to his team."""
    key = place[1]
    return key == ctx.principal.id or key in ctx.principal.teams


async def _archived(ctx: Context, places: Iterable[Place], known: set[Place]) -> set[Place]:
    """Which of the records are archived; what is loaded, or known to be current or new, is not asked for."""
    session = ctx.session.sync_session
    found: set[Place] = set()
    missing: dict[type[Any], list[uuid.UUID]] = {}
    for model, key in places:
        loaded = _loaded(session, model, key)
        if loaded is not None:
            if loaded.archived_at is not None:
                found.add((model, key))
        elif (model, key) not in known:
            missing.setdefault(model, []).append(key)
    for model, keys in missing.items():
        for start in range(0, len(keys), _MOST_KEYS):
            found |= {(model, key) for key in await _gone(ctx, model, keys[start : start + _MOST_KEYS])}
    return found


async def _gone(ctx: Context, model: type[Any], keys: Sequence[uuid.UUID]) -> Iterable[uuid.UUID]:
    """Which of these are archived; asked beside the transaction, as long as nothing was asked or stored in it."""
    if ctx.session.first_use is None or len(keys) > len(_BESIDE):
        gone = sa.select(model.id).where(model.id.in_(keys), model.archived_at.is_not(None))
        return await whoever_asks.scalars(ctx, gone)
    given = itertools.chain(keys, itertools.repeat(keys[-1]))
    among = ctx.app.composition.entities[model].derived(_gone_among)
    return [row[0] for row in await committed(ctx, among, **dict(zip(_BESIDE, given, strict=False)))]


def _gone_among(entity: EntityDefinition) -> sa.Select[uuid.UUID]:
    """Which of a few records are archived, by parameters with the names of `_BESIDE`."""
    model = entity.model
    keys = [sa.bindparam(name, None, type_=model.id.type) for name in _BESIDE]
    return sa.select(model.id).where(model.id.in_(keys), model.archived_at.is_not(None))


def _loaded(session: Session, model: type[Any], key: uuid.UUID) -> Any:
    known = session.identity_map.get(sa.inspect(model).identity_key_from_primary_key((key,)))
    return known if known is not None and "archived_at" in sa.inspect(known).dict else None


def _message(name: str) -> Text:
    return text("This {entity} is archived; take it back first.", entity=type_label(name))
