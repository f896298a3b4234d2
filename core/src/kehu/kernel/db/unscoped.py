"""Unscoped: what a rule reads past the row scope, because it holds whoever asks."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple, cast

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import TypedReturnsRows

from kehu.kernel.access import row_scope

if TYPE_CHECKING:
    from kehu.kernel.context import Context

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Values = Mapping[str, Any]

_UNSCOPED = {"kehu_unscoped": True}
UNTOLD = "…"
"""What stands in a message for the name of a record that its reader may not see."""


@dataclasses.dataclass(frozen=True, slots=True)
class Unscoped:
    """Reads whatever there is, whoever asks; `reason` says why the answer may not depend on that.

    A module says so once, `whoever_asks = kehu.Unscoped("a number is given once")`, and uses it for its rules:
    uniqueness, ledgers, counters, locks. It holds for the statements it is given and for nothing that they lead to.
    Records among what a function of the API returns are looked for again under the scope of its reader; numbers and
    texts are not, so take names from `told`, which has them of records that the reader may see.
    """

    reason: str

    def __post_init__(self) -> None:
        """Raise ValueError without a reason."""
        if not self.reason.strip():
            raise ValueError("Say why this may be read whoever asks.")

    async def execute(
        self, ctx: Context, statement: TypedReturnsRows[*Ts], values: Values | None = None
    ) -> sa.Result[*Ts]:
        """The rows of a statement, as `ctx.session.execute` gives them."""
        return await ctx.session.execute(statement, values, execution_options=_UNSCOPED)

    async def scalars(
        self, ctx: Context, statement: TypedReturnsRows[T], values: Values | None = None
    ) -> sa.ScalarResult[T]:
        """The records or values of a statement, as `ctx.session.scalars` gives them."""
        return await ctx.session.scalars(statement, values, execution_options=_UNSCOPED)

    async def scalar(self, ctx: Context, statement: TypedReturnsRows[T]) -> T | None:
        """The first value of a statement; None without any."""
        return await ctx.session.scalar(statement, execution_options=_UNSCOPED)

    def rows(self, model: type[Any]) -> sa.FromClause:
        """The rows of a type for a subquery, the rest of whose statement is scoped: `sa.select(rows.c.id)`."""
        return cast(sa.Table, model.__table__).alias()

    def told(self, ctx: Context, column: InstrumentedAttribute[str]) -> sa.SQLColumnExpression[str]:
        """A name or a number as far as the reader may see its record, else `UNTOLD`: for a message that has it."""
        parent = sa.inspect(column).parent
        scope = row_scope(ctx, parent.mapper.class_, parent.entity)
        return column if scope is None else sa.case((scope, column), else_=sa.literal(UNTOLD, column.type))

    async def exists(self, ctx: Context, statement: sa.Select[*Ts]) -> bool:
        """Whether the statement finds anything."""
        found = await ctx.session.execute(statement.limit(1), execution_options=_UNSCOPED)
        return found.first() is not None
