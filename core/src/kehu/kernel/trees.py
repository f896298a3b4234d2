"""Trees: records that stand below others of their kind."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.util import identity_key

from kehu.kernel.db import Unscoped
from kehu.kernel.model import Entity

if TYPE_CHECKING:
    from kehu.kernel.context import Context

whoever_asks = Unscoped("a circle is one, whoever sees what is in it")


async def chain_above(
    ctx: Context, parent: InstrumentedAttribute[uuid.UUID | None], start: uuid.UUID | None
) -> list[uuid.UUID]:
    """`start` and the keys above it up to the top, as they will be after this transaction.

    `parent` is the foreign key that leads upwards. A record that wants to stand below one of its own finds its
    own key in the chain; so a circle is noticed, also one that several pending records make together. The rows
    that were read stay locked against moves by others until this transaction ends.
    """
    chain: list[uuid.UUID] = []
    while start is not None and start not in chain:
        chain.append(start)
        start = await _parent_of(ctx, parent, start)
    return chain


async def _parent_of(ctx: Context, parent: InstrumentedAttribute[Any], key: uuid.UUID) -> uuid.UUID | None:
    model: type[Entity] = parent.property.parent.class_
    session = ctx.session.sync_session
    loaded = session.identity_map.get(identity_key(model, key))
    if loaded is not None and session.is_modified(loaded):
        return getattr(loaded, parent.key)  # type: ignore[no-any-return]
    statement = sa.select(parent).where(model.id == key).with_for_update(read=True)
    stored = (await whoever_asks.execute(ctx, statement)).one_or_none()
    if stored is not None:
        return stored[0]  # type: ignore[no-any-return]
    pending = (record for record in session.new if isinstance(record, model) and record.id == key)
    return getattr(next(pending, None), parent.key, None)
