"""Prepared: a statement whose SQL is made once for each form of the row scope, and filled in for whoever asks.

The row scope is the predicate of every other path: the same function is asked, occurrence by occurrence, and only
what it answers is remembered in parts, the form of the condition and the values in it.
"""

from __future__ import annotations

import collections
import dataclasses
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import with_loader_criteria

from kehu.access.scope import added_scope, row_scope
from kehu.database.rows import Row, Rows
from kehu.database.session import occurrences
from kehu.errors import KehuError

if TYPE_CHECKING:
    from kehu.context import Context

REMEMBERED_FORMS = 50
REMEMBERED_READERS = 1000

Values = Mapping[str, Any]
# The number of a form of a condition, and the values in it; 0 is no condition at all.
Scope = tuple[int, Sequence[Any]]
Parameter = Callable[[Values, Sequence[Scope]], Any]
_OPEN: Scope = (0, ())


class NotPrepared(KehuError):
    """A statement that cannot be made once and filled in later; it is executed by a session instead."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Form:
    """The SQL for one form of the row scope, and how its parameters come about."""

    sql: str
    parameters: Sequence[Parameter]


class Prepared:
    """One SELECT. Values that differ from time to time are parameters with names (see Slot)."""

    def __init__(self, ctx: Context, rows: Rows, statement: sa.Select[Any]) -> None:
        self._rows, self._statement = rows, statement
        self._occurrences = occurrences(statement, ctx.app.composition.entities)
        self._forms: dict[tuple[int, ...], _Form] = {}
        self._numbers: dict[Any, int] = {}
        self._next_number = itertools.count(1)
        self._readers: collections.OrderedDict[int, tuple[Any, list[Scope | None]]] = (
            collections.OrderedDict()
        )

    async def fetch(self, ctx: Context, values: Values) -> Sequence[Row]:
        """The rows that the principal of `ctx` may see."""
        scopes = self._scopes(ctx)
        key = tuple([scope[0] for scope in scopes])
        form = self._forms.get(key)
        if form is None:
            form = self._compiled(ctx)
            if len(self._forms) >= REMEMBERED_FORMS:
                self._forms.clear()
            self._forms[key] = form
        return await self._rows.fetch(form.sql, [make(values, scopes) for make in form.parameters])

    # --- row scope ---
    def _scopes(self, ctx: Context) -> list[Scope]:
        """What the principal may see of each occurrence.

        What follows from the principal alone is remembered; what hooks add is asked for each time.
        """
        known = self._readers.get(id(ctx.principal))
        if known is None or known[0] is not ctx.principal:
            known = self._readers[id(ctx.principal)] = (ctx.principal, [None] * len(self._occurrences))
            if len(self._readers) > REMEMBERED_READERS:
                self._readers.popitem(last=False)
        scopes = []
        for i, (model, entity) in enumerate(self._occurrences):
            extra = added_scope(ctx, model, entity)
            scope = known[1][i] if extra is None else None
            if scope is None:
                scope = self._scope(row_scope(ctx, model, entity))
                if extra is None and ctx.app.composition.entities[model].declaration.row_scope == "auto":
                    known[1][i] = scope
            scopes.append(scope)
        return scopes

    def _scope(self, criterion: sa.ColumnElement[bool] | None) -> Scope:
        if criterion is None:
            return _OPEN
        key, parameters = _taken_apart(criterion)
        lengths = tuple([len(p.effective_value or ()) if p.expanding else -1 for p in parameters])
        if len(self._numbers) >= REMEMBERED_FORMS:
            self._numbers.clear()
            self._forms.clear()
            self._readers.clear()
        number = self._numbers.get((key, lengths))
        if number is None:
            # Never a number that was used before: it stands for a condition on what may be seen.
            number = self._numbers[key, lengths] = next(self._next_number)
        return number, [parameter.effective_value for parameter in parameters]

    # --- SQL ---
    def _compiled(self, ctx: Context) -> _Form:
        statement = self._statement
        owners: dict[Any, tuple[int, int]] = {}
        for i, (model, entity) in enumerate(self._occurrences):
            criterion = row_scope(ctx, model, entity)
            if criterion is not None:
                statement = statement.options(with_loader_criteria(entity, criterion))
                owners |= {p: (i, j) for j, p in enumerate(_taken_apart(criterion)[1])}
        compiled: Any = statement.compile(
            dialect=self._rows.dialect, compile_kwargs={"render_postcompile": True}
        )
        return _Form(str(compiled), [_parameter(compiled, name, owners) for name in _positions(compiled)])


def _taken_apart(criterion: sa.ColumnElement[bool]) -> tuple[Any, Sequence[sa.BindParameter[Any]]]:
    """The form of a condition, as SQLAlchemy compares it, and the values in it."""
    found = criterion._generate_cache_key()
    if found is None:
        raise NotPrepared(f"{criterion} has no form of its own")
    return found.key, found.bindparams


def _positions(compiled: Any) -> Sequence[str]:
    expanded = compiled._post_compile_expanded_state
    names: Sequence[str] = (
        (expanded.positiontup if expanded is not None else None) or compiled.positiontup or ()
    )
    return names


def _parameter(compiled: Any, name: str, owners: Mapping[Any, tuple[int, int]]) -> Parameter:
    """How the value of one parameter of the SQL is found: filled in, of the row scope, or always the same."""
    expanded = compiled._post_compile_expanded_state
    base, index = name, None
    processors = compiled._bind_processors
    if expanded is not None:
        processors = {**processors, **expanded.processors}
        for whole, parts in expanded.parameter_expansion.items():
            if name in parts:
                base, index = whole, parts.index(name)
    process = processors.get(name)
    bound = compiled.binds[base]
    owner = next((owners[clone] for clone in bound._cloned_set if clone in owners), None)
    if owner is not None:
        return _of_scope(*owner, index, process)
    if not bound.unique:
        return _given(base, process)
    value = bound.effective_value if index is None else bound.effective_value[index]
    fixed = process(value) if process else value
    return lambda values, scopes: fixed


def _of_scope(i: int, j: int, index: int | None, process: Any) -> Parameter:
    if index is None:
        if process is None:
            return lambda values, scopes: scopes[i][1][j]
        return lambda values, scopes: process(scopes[i][1][j])
    if process is None:
        return lambda values, scopes: scopes[i][1][j][index]
    return lambda values, scopes: process(scopes[i][1][j][index])


def _given(name: str, process: Any) -> Parameter:
    if process is None:
        return lambda values, scopes: values[name]
    return lambda values, scopes: process(values[name])
