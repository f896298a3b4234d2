"""Doing a mutation once, however often it is asked for: the key stands in the transaction of what it did.

Whoever repeats a request under the same key, because the answer was lost, gets the answer of the first time for a day;
when that was lost in a crash after the commit, it is made anew from what was done. A request that was refused changed
nothing, and is simply tried again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from kehu.kernel.errors import BadInput, Conflict, KehuError, Refusal
from kehu.kernel.texts import text
from kehu.platform.idempotency.models import IdempotencyKey
from kehu.platform.idempotency.values import CannotBeKept, decoded, encoded

if TYPE_CHECKING:
    from kehu.kernel.context import Context

LIFETIME = timedelta(days=1)
LONGEST_KEY = 200
LONGEST_ANSWER = 1_000_000
KEYS = cast(sa.Table, IdempotencyKey.__table__)

_WHOLE = ""

Values = dict[str, Any]


class KeyReused(Refusal):
    """The key stands for another request."""

    code = "IDEMPOTENCY_KEY_REUSED"


class AnswerLost(Refusal):
    """It was done under this key, and nobody knows any more what was answered."""

    code = "IDEMPOTENCY_ANSWER_LOST"


class _Taken(KehuError):
    """Another request under the same key has just done it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Idempotency:
    """The key of a request, and once it is known a digest of what is asked for under it."""

    key: str
    fingerprint: str = ""


async def recall(
    ctx: Context, document: str, variables: Mapping[str, Any], operation: str | None
) -> Any | None:
    """The answer that was given to this request under the key of `ctx`; None when there is none, or only a part.

    Raises KeyReused when something else was asked for under this key, BadInput for a key that is none, and
    Unauthenticated for a person whom nobody knows: all of them would have the same keys.
    """
    assert ctx.idempotency is not None
    ctx.require_signed_in()
    key = ctx.idempotency.key
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise BadInput("An idempotency key has 1 to 200 visible ASCII characters.", field="idempotency_key")
    ctx.idempotency = Idempotency(key, _fingerprint(document, variables, operation))
    rows = (await ctx.session.execute(sa.select(KEYS).where(_mine(ctx), _is_fresh(ctx)))).all()
    for row in rows:
        _check(ctx, row)
    return next((row.answer["data"] for row in rows if row.part == _WHOLE), None)


def refuse_key(ctx: Context, mutation: str) -> None:
    """Raise BadInput for a mutation that is more than one transaction when it is asked for with a key."""
    if ctx.idempotency is not None:
        raise BadInput(f"{mutation} cannot be asked for with an idempotency key.", field="idempotency_key")


async def remember(ctx: Context, data: Any) -> None:
    """Keep the whole answer, if something was done under the key of `ctx`."""
    if len(json.dumps(data)) > LONGEST_ANSWER:
        return
    async with ctx.write():
        parts = sa.select(KEYS.c.part).where(_mine(ctx), _is_fresh(ctx))
        found = set((await ctx.session.scalars(parts)).all())
        if found and _WHOLE not in found:
            await _insert(ctx, _WHOLE, {"data": data})


async def once(ctx: Context, part: str, work: Callable[[], Awaitable[Values]]) -> Values:
    """Do `work` in a transaction and return its values; those of the first time where it was done under this key.

    `part` names the mutation within the request. A second request under the same key waits for the first.
    Raises KeyReused, AnswerLost, and Conflict when the first request came to nothing while this one waited.
    """
    if ctx.idempotency is None:
        async with ctx.write():
            return await work()
    try:
        async with ctx.write():
            found = await _find(ctx, part)
            if found is None:
                return await _do(ctx, part, work)
    except _Taken:
        found = await _find(ctx, part)
    if found is None:
        raise Conflict(text("A request under the same idempotency key is under way; try again."))
    return await _again(ctx, found)


async def _do(ctx: Context, part: str, work: Callable[[], Awaitable[Values]]) -> Values:
    try:
        await _insert(ctx, part, None)
    except IntegrityError:
        raise _Taken from None
    values = await work()
    await ctx.flush()
    kept = sa.update(KEYS).where(_mine(ctx), KEYS.c.part == part).values(answer=_kept(ctx, values))
    await ctx.session.execute(kept)
    return values


def _kept(ctx: Context, values: Values) -> dict[str, Any] | None:
    try:
        return {name: encoded(ctx, value) for name, value in values.items()}
    except CannotBeKept:
        return None


async def _find(ctx: Context, part: str) -> sa.Row[Any] | None:
    statement = sa.select(KEYS).where(_mine(ctx), KEYS.c.part == part, _is_fresh(ctx))
    row: sa.Row[Any] | None = (await ctx.session.execute(statement)).one_or_none()
    if row is not None:
        _check(ctx, row)
    return row


async def _again(ctx: Context, row: sa.Row[Any]) -> Values:
    if row.answer is None:
        raise AnswerLost("This was done under the same idempotency key; read what it changed.")
    try:
        return {name: await decoded(ctx, value) for name, value in row.answer.items()}
    except CannotBeKept as error:
        raise AnswerLost(f"This was done under the same idempotency key. {error}") from error


async def _insert(ctx: Context, part: str, answer: dict[str, Any] | None) -> None:
    assert ctx.idempotency is not None
    outdated = sa.delete(KEYS).where(_mine(ctx), KEYS.c.part == part, sa.not_(_is_fresh(ctx)))
    await ctx.session.execute(outdated)
    row = {
        "principal": _principal(ctx),
        "key": ctx.idempotency.key,
        "part": part,
        "fingerprint": ctx.idempotency.fingerprint,
        "answer": answer,
        "created_at": ctx.now(),
    }
    await ctx.session.execute(sa.insert(KEYS).values(row))


def _fingerprint(document: str, variables: Mapping[str, Any], operation: str | None) -> str:
    """A digest of what is asked for."""
    asked = json.dumps([document, variables, operation], sort_keys=True, default=str)
    return hashlib.sha256(asked.encode()).hexdigest()


def _mine(ctx: Context) -> sa.ColumnElement[bool]:
    assert ctx.idempotency is not None
    return sa.and_(KEYS.c.principal == _principal(ctx), KEYS.c.key == ctx.idempotency.key)


def _principal(ctx: Context) -> str:
    return ctx.principal.id.hex if ctx.principal.id is not None else ctx.principal.name


def _is_fresh(ctx: Context) -> sa.ColumnElement[bool]:
    return KEYS.c.created_at > ctx.now() - LIFETIME


def _check(ctx: Context, row: sa.Row[Any]) -> None:
    assert ctx.idempotency is not None
    if row.fingerprint != ctx.idempotency.fingerprint:
        raise KeyReused("This idempotency key was used for another request; make a new one for each request.")
