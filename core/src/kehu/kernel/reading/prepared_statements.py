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

from kehu.kernel.access.principal import Principal
from kehu.kernel.access.scope import added_scope, row_scope
from kehu.kernel.db.driver_pool import Row, Rows
from kehu.kernel.db.session import occurrences
from kehu.kernel.errors import KehuError

if TYPE_CHECKING:
    from kehu.kernel.context import Context

REMEMBERED_FORMS = 50
# Requests that come together share a principal, later ones have another: more would be kept for nothing.
REMEMBERED_READERS = 8

Values = Mapping[str, Any]
# The number of a form of a condition, and the values in it; 0 is no condition at all.
Scope = tuple[int, Sequence[Any]]
Process = Callable[[Any], Any] | None
_OPEN: Scope = (0, ())


class NotPrepared(KehuError):
    """A statement that cannot be made once and filled in later; it is executed by a session instead."""


@dataclasses.dataclass(slots=True)
class _Form:
    """The SQL for one form of the row scope, and where its parameters come from, by their place.

    `always` has those that never change, `scoped` those of the row scope, `given` those that are filled in.
    """

    sql: str
    always: list[Any] = dataclasses.field(default_factory=list)
    scoped: list[tuple[int, Callable[[Sequence[Scope]], Any]]] = dataclasses.field(default_factory=list)
    given: list[tuple[int, str, Process]] = dataclasses.field(default_factory=list)

    def bound(self, scopes: Sequence[Scope]) -> list[Any]:
        """The parameters with the values of the row scope, and gaps for what is given."""
        values = list(self.always)
        for place, find in self.scoped:
            values[place] = find(scopes)
        return values


@dataclasses.dataclass(slots=True)
class _Reader:
    """One principal, and what is known of what it may see."""

    principal: Principal
    scopes: list[Scope | None]
    form: _Form | None = None
    bound: list[Any] = dataclasses.field(default_factory=list)


class Prepared:
    """One SELECT. Values that differ from time to time are parameters with names (see Slot)."""

    def __init__(self, ctx: Context, rows: Rows, statement: sa.Select[Any]) -> None:
        self._rows, self._statement = rows, statement
        self._occurrences = occurrences(statement, ctx.app.composition.entities)
        self._forms: dict[tuple[int, ...], _Form] = {}
        self._numbers: dict[Any, int] = {}
        self._next_number = itertools.count(1)
        self._readers: collections.OrderedDict[int, _Reader] = collections.OrderedDict()

    async def fetch(self, ctx: Context, values: Values) -> Sequence[Row]:
        """The rows that the principal of `ctx` may see."""
        reader = self._reader(ctx.principal)
        extras = [added_scope(ctx, model, entity) for model, entity in self._occurrences]
        is_known = reader.form is not None and not any(extra is not None for extra in extras)
        form, bound = (reader.form, reader.bound) if is_known else self._bound(ctx, reader, extras)
        assert form is not None
        parameters = bound.copy()
        for place, name, process in form.given:
            value = values[name]
            parameters[place] = value if process is None else process(value)
        return await self._rows.fetch(form.sql, parameters)

    # --- row scope ---
    def _reader(self, principal: Principal) -> _Reader:
        known = self._readers.get(id(principal))
        if known is None or known.principal is not principal:
            known = self._readers[id(principal)] = _Reader(principal, [None] * len(self._occurrences))
            if len(self._readers) > REMEMBERED_READERS:
                self._readers.popitem(last=False)
        return known

    def _bound(self, ctx: Context, reader: _Reader, extras: Sequence[Any]) -> tuple[_Form, list[Any]]:
        """The SQL and the parameters for what the principal may see of each occurrence.

        What follows from the principal alone is remembered; what hooks add is asked for each time.
        """
        scopes: list[Scope] = []
        for i, (model, entity) in enumerate(self._occurrences):
            scope = reader.scopes[i] if extras[i] is None else None
            if scope is None:
                scope = self._scope(row_scope(ctx, model, entity))
                if extras[i] is None and ctx.app.composition.entities[model].declaration.row_scope == "auto":
                    reader.scopes[i] = scope
            scopes.append(scope)
        key = tuple([scope[0] for scope in scopes])
        form = self._forms.get(key)
        if form is None:
            form = self._compiled(ctx)
            if len(self._forms) >= REMEMBERED_FORMS:
                self._forms.clear()
            self._forms[key] = form
        bound = [self._rows.kept(value) for value in form.bound(scopes)]
        if None not in reader.scopes:
            reader.form, reader.bound = form, bound
        return form, bound

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
                if statement._propagate_attrs.get("compile_state_plugin") != "orm":
                    raise NotPrepared("the row scope would be left out of a statement that reads no class")
                statement = statement.options(with_loader_criteria(entity, criterion))
                owners |= {p: (i, j) for j, p in enumerate(_taken_apart(criterion)[1])}
        compiled: Any = statement.compile(
            dialect=self._rows.dialect, compile_kwargs={"render_postcompile": True}
        )
        form = _Form(str(compiled))
        for place, name in enumerate(_positions(compiled)):
            _place(form, place, compiled, name, owners)
        return form


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


def _place(form: _Form, place: int, compiled: Any, name: str, owners: Mapping[Any, tuple[int, int]]) -> None:
    """Note where the value of one parameter of the SQL comes from."""
    expanded = compiled._post_compile_expanded_state
    base, index, processors = name, None, compiled._bind_processors
    if expanded is not None:
        processors = {**processors, **expanded.processors}
        for whole, parts in expanded.parameter_expansion.items():
            if name in parts:
                base, index = whole, parts.index(name)
    process: Process = processors.get(name)
    bound = compiled.binds[base]
    owner = next((owners[clone] for clone in bound._cloned_set if clone in owners), None)
    form.always.append(None)
    if owner is not None:
        form.scoped.append((place, _of_scope(*owner, index, process)))
    elif not bound.unique:
        form.given.append((place, base, process))
    else:
        value = bound.effective_value if index is None else bound.effective_value[index]
        form.always[place] = value if process is None else process(value)


def _of_scope(i: int, j: int, index: int | None, process: Process) -> Callable[[Sequence[Scope]], Any]:
    def find(scopes: Sequence[Scope]) -> Any:
        value = scopes[i][1][j]
        if index is not None:
            value = value[index]
        return value if process is None else process(value)

    return find
