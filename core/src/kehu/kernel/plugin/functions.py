"""The shapes of functions that authors write, and the decorator that keeps them as they are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from kehu.kernel.model import Entity

if TYPE_CHECKING:
    from kehu.kernel.context import Context
    from kehu.kernel.writing.changes import Change
    from kehu.platform.inbound.models import InboundMessage

T = TypeVar("T", bound=Entity)
E = TypeVar("E")
F = TypeVar("F", bound=Callable[..., Any])
P = ParamSpec("P")

WriteHook = Callable[["Context", "Change[T]"], Awaitable[None] | None]
Handler = Callable[["Context", E], Awaitable[None]]
InboundHandler = Callable[["Context", "InboundMessage"], Awaitable[None]]
JobFunction = Callable[Concatenate["Context", P], Awaitable[None]]


def declaring(declare: Callable[[Callable[..., Any]], None]) -> Callable[[F], F]:
    """A decorator that has a function declared and gives it back, so that it can be called like any other."""

    def decorator(function: F) -> F:
        declare(function)
        return function

    return decorator
