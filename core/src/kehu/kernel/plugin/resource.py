"""Resource, the shorthand of Plugin for one's own entity."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Concatenate, Generic, ParamSpec, TypeVar

import sqlalchemy as sa

from kehu.kernel.model import Entity
from kehu.kernel.plugin.functions import WriteHook

if TYPE_CHECKING:
    from kehu.kernel.plugin.plugin import Plugin

T = TypeVar("T", bound=Entity)
R = TypeVar("R")
P = ParamSpec("P")


class Resource(Generic[T]):
    """What `plugin.resource(Model)` returns: `@opportunity.action` is `@plugin.action(Opportunity)`."""

    def __init__(self, plugin: Plugin, model: type[T]) -> None:
        self.plugin, self.model = plugin, model

    def field(self, function: Callable[Concatenate[T, P], R]) -> Callable[Concatenate[T, P], R]:
        """A computed field; see Plugin.field."""
        return self.plugin.field(self.model)(function)

    def batch_field(
        self, function: Callable[Concatenate[Sequence[T], P], Awaitable[Sequence[R]]]
    ) -> Callable[Concatenate[Sequence[T], P], Awaitable[Sequence[R]]]:
        """A field computed for many objects at once; see Plugin.batch_field."""
        return self.plugin.batch_field(self.model)(function)

    def sql_field(
        self, function: Callable[[type[T]], sa.SQLColumnExpression[R]]
    ) -> Callable[[type[T]], sa.SQLColumnExpression[R]]:
        """A field that is a SQL expression; an amount needs `plugin.sql_field(Model, money=...)`, which see."""
        return self.plugin.sql_field(self.model)(function)

    def action(
        self, function: Callable[Concatenate[T, P], Awaitable[R]]
    ) -> Callable[Concatenate[T, P], Awaitable[R]]:
        """A verb; see Plugin.action."""
        return self.plugin.action(self.model)(function)

    def before_write(self, function: WriteHook[T]) -> WriteHook[T]:
        """Validate, veto or enrich; see Plugin.before_write."""
        return self.plugin.before_write(self.model)(function)

    def after_write(self, function: WriteHook[T]) -> WriteHook[T]:
        """Write more in the same transaction; see Plugin.after_write."""
        return self.plugin.after_write(self.model)(function)

    def after_commit(self, function: WriteHook[T]) -> WriteHook[T]:
        """Act after the commit; see Plugin.after_commit."""
        return self.plugin.after_commit(self.model)(function)
