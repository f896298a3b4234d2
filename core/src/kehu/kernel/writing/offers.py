"""Offers: nothing new is offered, priced or bought of a product that is not sold, or by a price list not in use."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm.util import identity_key

from kehu.kernel.composition import EntityDefinition
from kehu.kernel.db import Unscoped
from kehu.kernel.errors import Refusal
from kehu.kernel.writing.changes import Change

if TYPE_CHECKING:
    from kehu.kernel.context import Context

whoever_asks = Unscoped("what is not sold is sold to nobody")

_AGREED = "kehu_as_agreed"
_MOST_KEYS = 500


def as_agreed(record: Any) -> None:
    """Note that a new record repeats what was agreed before, so that what has gone out of sale since stays in it."""
    sa.inspect(record).info[_AGREED] = True


def is_as_agreed(record: Any) -> bool:
    """Whether somebody has said so of a new record with `as_agreed`."""
    return _AGREED in sa.inspect(record).info


async def refuse_unsold(ctx: Context, changes: Sequence[Change[Any]]) -> None:
    """Note an error for each new offer of a product that is not sold, or by a price list that is not in use.

    A job goes on with what was begun before.
    """
    if ctx.running_job is not None:
        return
    asked = [(change, each, key) for change in changes for each, key in _new_offers(change)]
    if not asked:
        return
    found = await _offered(ctx, {(each.target, key) for _, each, key in asked})
    for change, each, key in asked:
        record = found.get((each.target, key))
        if record is None or any(error.field == each.name for error in change.errors):
            continue
        try:
            record.check_in_use(field=each.name)
        except Refusal as refusal:
            change.errors += refusal.errors


class Offerable(Protocol):
    """A record that can be offered, as a product or a price list can."""

    def check_in_use(self, *, field: object) -> None:
        """Raise a Refusal that blames `field` where nothing new is to be made of it."""
        ...


@dataclasses.dataclass(frozen=True, slots=True)
class _Offer:
    attribute: str
    name: str
    target: type[Any]


def _offers(entity: EntityDefinition) -> list[_Offer]:
    return [
        _Offer(column.attribute, column.name, column.target)
        for column in entity.columns.values()
        if column.options.offered and column.target is not None
    ]


def _new_offers(change: Change[Any]) -> Iterator[tuple[_Offer, uuid.UUID]]:
    offers = change.entity.derived(_offers)
    if not offers or change.deleting or is_as_agreed(change.obj):
        return
    for each in offers:
        key = change.after.get(each.attribute)
        if key is not None:
            yield each, key


_Place = tuple[type[Any], uuid.UUID]


async def _offered(ctx: Context, places: set[_Place]) -> dict[_Place, Offerable]:
    """The records with these keys, whoever may see them; what is loaded is not asked for."""
    found: dict[_Place, Offerable] = {}
    for model in {target for target, _ in places}:
        keys = [key for target, key in places if target is model]
        records = [*_loaded(ctx, model, keys)]
        missing = [*{*keys} - {each.id for each in records}]
        for start in range(0, len(missing), _MOST_KEYS):
            some = sa.select(model).where(model.id.in_(missing[start : start + _MOST_KEYS]))
            records += await whoever_asks.scalars(ctx, some)
        found |= {(model, each.id): each for each in records}
    return found


def _loaded(ctx: Context, model: Any, keys: Iterable[uuid.UUID]) -> Iterator[Any]:
    known = ctx.session.sync_session.identity_map
    for key in keys:
        record = known.get(identity_key(model, key))
        if record is not None and not sa.inspect(record).unloaded:
            yield record
