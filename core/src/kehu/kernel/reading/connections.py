"""Lists in hand-written fields: a parameter `visits: kehu.ListOf[Visit]`, a result `kehu.Connection[Visit]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import sqlalchemy as sa

from kehu.kernel.model import Entity
from kehu.kernel.reading.pages import ListArguments, Page, page

if TYPE_CHECKING:
    from kehu.kernel.context import Context

T = TypeVar("T", bound=Entity)


class Connection(Generic[T]):
    """The page that a `ListOf` parameter fetched; as a return annotation it makes a Relay connection."""

    def __init__(self, page: Page) -> None:
        self.page = page


class ListOf(Generic[T]):
    """A parameter that stands for `filter, orderBy, first, after, last, before` of a list of T."""

    def __init__(self, ctx: Context, model: type[T], arguments: ListArguments) -> None:
        self._ctx, self._model, self._arguments = ctx, model, arguments

    async def fetch(self, *conditions: sa.ColumnExpressionArgument[bool]) -> Connection[T]:
        """The page asked for, of those records for which the conditions hold."""
        return Connection(await page(self._ctx, self._model, self._arguments, conditions))
