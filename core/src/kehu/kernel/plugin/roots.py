"""Fields of Query, Mutation and Subscription that a plugin declares by functions."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable
from typing import Any, ParamSpec, TypeVar

from kehu.kernel.errors import Refusal
from kehu.kernel.model import Deprecation
from kehu.kernel.plugin import declarations as d
from kehu.kernel.plugin.declared import Declared
from kehu.kernel.plugin.functions import F, declaring

P = ParamSpec("P")
R = TypeVar("R")


class Roots(Declared):
    """The part of a plugin that adds to the roots of the schema."""

    def query(
        self,
        *,
        name: str | None = None,
        permission: str | None = None,
        public: bool = False,
        deprecated: Deprecation | None = None,
    ) -> Callable[[F], F]:
        """A root query field. `public`: open to people who are not signed in."""
        return self._root("query", name, permission, deprecated, public=public, in_transaction=False)

    def mutation(
        self,
        *,
        name: str | None = None,
        permission: str | None = None,
        public: bool = False,
        in_transaction: bool = True,
        once: type[Refusal] | None = None,
        deprecated: Deprecation | None = None,
    ) -> Callable[[F], F]:
        """A root mutation field, in one transaction; refusals become userErrors of its payload.

        `in_transaction=False`: the function opens its own, because it does something slow before.
        `once`: a document that asks for it several times is refused so, before anything of it is done.
        """
        return self._root(
            "mutation", name, permission, deprecated, public=public, in_transaction=in_transaction, once=once
        )

    def subscription(
        self,
        *,
        name: str | None = None,
        permission: str | None = None,
        deprecated: Deprecation | None = None,
    ) -> Callable[[Callable[P, AsyncIterator[R]]], Callable[P, AsyncIterator[R]]]:
        """A root subscription field: an async generator."""
        return self._root("subscription", name, permission, deprecated, public=False, in_transaction=False)

    def _root(
        self,
        kind: d.RootKind,
        name: str | None,
        permission: str | None,
        deprecated: Deprecation | None,
        *,
        public: bool,
        in_transaction: bool,
        once: type[Refusal] | None = None,
    ) -> Callable[[F], F]:
        def declare(function: Callable[..., Any]) -> None:
            called, origin, doc = name or function.__name__, self._at(function), inspect.getdoc(function)
            self.roots.append(
                d.RootDeclaration(
                    kind, called, origin, function, permission, public, in_transaction, doc, deprecated, once
                )
            )

        return declaring(declare)
