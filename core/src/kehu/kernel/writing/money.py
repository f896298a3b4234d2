"""Amounts are not finer than their currency: 0.01 EUR, 1 JPY, 0.001 KWD."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm.util import identity_key

from kehu.kernel.composition import EntityDefinition
from kehu.kernel.composition.definitions import CurrencyPath
from kehu.kernel.currencies import UnknownCurrency, minor_digits
from kehu.kernel.db import Unscoped
from kehu.kernel.errors import Refusal
from kehu.kernel.texts import money, text
from kehu.kernel.writing.changes import Change

if TYPE_CHECKING:
    from kehu.kernel.context import Context

whoever_asks = Unscoped("an amount is in the currency of what it belongs to")


class ImpossibleAmount(Refusal):
    """An amount that is finer than the smallest unit of its currency."""

    code = "IMPOSSIBLE_AMOUNT"


def check_amount(amount: Decimal, currency: str, *, field: object) -> None:
    """Raise ImpossibleAmount for an amount finer than its currency; an unknown currency is somebody else's concern."""
    try:
        digits = minor_digits(currency)
    except UnknownCurrency:
        return
    if amount.is_finite() and amount != round(amount, digits):
        message = "{amount} is finer than the smallest unit of {currency}."
        raise ImpossibleAmount(text(message, amount=money(amount, currency), currency=currency), field=field)


@dataclasses.dataclass(frozen=True, slots=True)
class _Amount:
    attribute: str
    name: str
    path: CurrencyPath

    @property
    def depends_on(self) -> tuple[str, str]:
        """What changes the amount: its value, and its currency or the record that has it."""
        return self.attribute, (self.path.keys or (self.path.attribute,))[0]


def amounts(entity: EntityDefinition) -> Sequence[_Amount]:
    """The amounts of an entity that are rounded; ask for them with `entity.derived(amounts)`."""
    return [
        _Amount(column.attribute, column.name, entity.currencies[column.attribute])
        for column in entity.columns.values()
        if column.options.money is not None and column.options.rounded
    ]


async def check_amounts(ctx: Context, changes: Sequence[Change[Any]]) -> None:
    """Note every amount that is new, or in a new currency, and is finer than that.

    Whole numbers are passed at once, so that the records which have the currency are looked at for few amounts only.
    """
    for change in changes:
        if change.deleting or change.is_void:
            continue
        values = sa.inspect(change.obj).dict
        for amount in change.entity.derived(amounts):
            value = values.get(amount.attribute)
            if value is None or not _is_broken(value) or change.after.keys().isdisjoint(amount.depends_on):
                continue
            if all(error.field != amount.name for error in change.errors):
                await _check(ctx, change, amount, value)


def _is_broken(value: Any) -> bool:
    return isinstance(value, Decimal) and value.is_finite() and value % 1 != 0


async def _check(ctx: Context, change: Change[Any], amount: _Amount, value: Decimal) -> None:
    currency = await _currency(ctx, change.obj, amount.path)
    if currency is None:
        return
    try:
        check_amount(value, currency, field=amount.name)
    except ImpossibleAmount as refusal:
        change.errors += refusal.errors


async def _currency(ctx: Context, record: Any, path: CurrencyPath) -> str | None:
    """The currency at the end of a path, through records that are loaded, about to be stored, or in the database."""
    for key, model in zip(path.keys, path.models, strict=True):
        record = await _record(ctx, model, getattr(record, key))
        if record is None:
            return None
    found: str | None = getattr(record, path.attribute)
    return found


async def _record(ctx: Context, model: type[Any], key: uuid.UUID | None) -> Any:
    if key is None:
        return None
    session = ctx.session.sync_session
    loaded = session.identity_map.get(identity_key(model, key))
    if loaded is not None:
        return loaded
    for new in session.new:
        if type(new) is model and new.id == key:
            return new
    return await whoever_asks.scalar(ctx, sa.select(model).where(model.id == key))
