"""Plugin, a passive list of declarations, and Resource, its shorthand. Nothing happens until an App is composed."""

from __future__ import annotations

import inspect
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, Unpack, get_args, overload

import click
import pydantic
import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from kehu.kernel.model import Deprecation, Entity
from kehu.kernel.names import lower_first, plural
from kehu.kernel.plugin import declarations as d
from kehu.kernel.plugin.custom_fields import Choice, CustomField, CustomFieldOptions, Value
from kehu.kernel.plugin.functions import F, Handler, InboundHandler, JobFunction, WriteHook, declaring
from kehu.kernel.plugin.resource import Resource
from kehu.kernel.plugin.roots import Roots

if TYPE_CHECKING:
    from kehu.kernel.app import App
    from kehu.kernel.ports import Platform

T = TypeVar("T", bound=Entity)
S = TypeVar("S")
V = TypeVar("V")
R = TypeVar("R")
P = ParamSpec("P")
Settings = TypeVar("Settings", bound=pydantic.BaseModel)

ALL_OPERATIONS: tuple[d.Operation, ...] = get_args(d.Operation)


class Plugin(Roots):
    """What one distribution, or one file of a consultant, adds to kehu.

    `name` prefixes tables, permissions, settings, jobs and events. `requires` names the plugins whose types it
    extends. The object is never changed by composing it, so any number of Apps may share it.
    """

    def __init__(self, name: str, *, requires: Sequence[str] = (), version: str | None = None) -> None:
        self.name, self.requires, self.version = name, tuple(requires), version
        self.where = d.caller()
        self.package: str | None = None
        self.local_file: str | None = None
        self.platform_factory: Callable[[App], Platform] | None = None
        self.subject_declaration: d.SubjectDeclaration | None = None
        super().__init__()

    def __repr__(self) -> str:
        return f"<Plugin {self.name!r} ({self.where})>"

    # --- entities ---
    def resource(
        self,
        model: type[T],
        *,
        name: str | None = None,
        plural_name: str | None = None,
        operations: Sequence[d.Operation] = ALL_OPERATIONS,
        row_scope: d.RowScope = "auto",
        default_order: Sequence[sa.SQLColumnExpression[Any]] = (),
        description: str | None = None,
    ) -> Resource[T]:
        """Make a mapped class a type with queries, mutations, an aggregate and a subscription.

        row_scope: "auto" looks at owner and team of an Owned class and leaves other classes open to whoever may
        read them; a foreign key (or several) makes a record as visible as the record it points at.
        """
        type_name = name or model.__name__
        self.resources.append(
            d.ResourceDeclaration(
                model,
                self._here(),
                type_name,
                lower_first(plural_name or plural(type_name)),
                frozenset(operations),
                row_scope,
                tuple(default_order),
                description or inspect.cleandoc(model.__doc__ or ""),
            )
        )
        return Resource(self, model)

    def subject(self, model: type[Any], *, key: str) -> None:
        """Have events told in order for each record of this type, at which columns called `key` of others point.

        Core says so of customers.
        """
        self.subject_declaration = d.SubjectDeclaration(model, key, self._here())

    def table(self, table: sa.Table) -> sa.Table:
        """A table of this plugin that is not a resource: a link table, a counter."""
        self.tables.append(table)
        return table

    # --- fields on any entity, own or foreign ---
    def field(
        self,
        model: type[T],
        *,
        name: str | None = None,
        read: str | None = None,
        description: str | None = None,
        deprecated: Deprecation | None = None,
    ) -> Callable[[Callable[Concatenate[T, P], R]], Callable[Concatenate[T, P], R]]:
        """A value computed per object; may be async. A `kehu.Context` parameter is filled in, others are arguments."""
        return self._field(model, "field", name, read, description, deprecated)

    def batch_field(
        self,
        model: type[T],
        *,
        name: str | None = None,
        read: str | None = None,
        description: str | None = None,
        deprecated: Deprecation | None = None,
    ) -> Callable[
        [Callable[Concatenate[Sequence[T], P], Awaitable[Sequence[R]]]],
        Callable[Concatenate[Sequence[T], P], Awaitable[Sequence[R]]],
    ]:
        """A value computed for all objects of an answer at once: one query instead of one per object."""
        return self._field(model, "batch", name, read, description, deprecated)

    def sql_field(
        self,
        model: type[T],
        *,
        name: str | None = None,
        read: str | None = None,
        description: str | None = None,
        deprecated: Deprecation | None = None,
        money: str | Callable[[type[T]], sa.SQLColumnExpression[Any]] | None = None,
    ) -> Callable[
        [Callable[[type[T]], sa.SQLColumnExpression[R]]], Callable[[type[T]], sa.SQLColumnExpression[R]]
    ]:
        """A SQL expression: can be selected, filtered and ordered by, and counts only rows that the reader may see.

        An amount says by `money` where its currency stands, as columns do (`"currency"`, `"order.currency"`), or gives
        an expression of it, so that no figure adds several: NULL of nothing, `kehu.SEVERAL_CURRENCIES` where the
        amount is null because it would be in several.
        """
        return self._field(model, "sql", name, read, description, deprecated, money)

    def relation(
        self,
        model: type[Entity],
        name: str,
        foreign_key: InstrumentedAttribute[uuid.UUID | None],
        *,
        read: str | None = None,
        description: str | None = None,
        deprecated: Deprecation | None = None,
    ) -> None:
        """A connection field `name` on `model`: the records whose foreign key points at it."""
        self.relations.append(
            d.RelationDeclaration(model, name, self._here(), foreign_key, read, description, deprecated)
        )

    @overload
    def custom_field(
        self,
        model: type[T],
        name: str,
        kind: type[Value],
        *,
        default: Value | None = None,
        choices: Sequence[Value] = ...,
        **options: Unpack[CustomFieldOptions],
    ) -> CustomField[T, Value]: ...

    @overload
    def custom_field(
        self,
        model: type[T],
        name: str,
        kind: type[Choice],
        *,
        default: Choice | None = None,
        choices: Sequence[Choice] = ...,
        **options: Unpack[CustomFieldOptions],
    ) -> CustomField[T, Choice]: ...

    def custom_field(self, model: type[T], name: str, kind: type[Any], **options: Any) -> CustomField[T, Any]:
        """A typed field kept in the entity's JSON column; `required` refuses a create without it."""
        custom: CustomField[T, Any] = CustomField(model, name, kind, self._here(), **options)
        self.custom_fields.append(custom)
        return custom

    def add_choice(self, attribute: InstrumentedAttribute[str | None], value: str) -> None:
        """Add a value to another plugin's `kehu.choice` column."""
        self.choices.append(d.ChoiceDeclaration(attribute, value, self._here()))

    def interface(self, protocol: type[S]) -> type[S]:
        """Class decorator: a Protocol becomes a GraphQL interface that entities of any plugin may implement."""
        self.interfaces.append(d.InterfaceDeclaration(protocol.__name__, protocol, self._here()))
        return protocol

    def implement(self, model: type[T], protocol: type[Any], **getters: Callable[[T], Any]) -> None:
        """`model` implements an interface; `getters` give the fields it does not have under that name."""
        self.implementations.append(d.ImplementationDeclaration(model, protocol, dict(getters), self._here()))

    # --- verbs ---
    def action(
        self,
        model: type[T],
        *,
        name: str | None = None,
        permission: str | None = None,
        description: str | None = None,
        deprecated: Deprecation | None = None,
        on_archived: bool = False,
    ) -> Callable[[Callable[Concatenate[T, P], Awaitable[R]]], Callable[Concatenate[T, P], Awaitable[R]]]:
        """A verb of one record: mutation `<verb><Entity>(id, version, ...)`, in one transaction.

        Needs the permission `<plugin>.<entity>:<verb>` unless another is named. Archived records are refused unless
        it is a verb `on_archived` ones too.
        """

        def declare(function: Callable[..., Any]) -> None:
            called, origin = name or function.__name__, self._at(function)
            doc = description or inspect.getdoc(function)
            self.actions.append(
                d.ActionDeclaration(model, called, origin, function, permission, doc, deprecated, on_archived)
            )

        return declaring(declare)

    # --- hooks ---
    def before_write(self, model: type[T]) -> Callable[[WriteHook[T]], WriteHook[T]]:
        """Validate, veto or enrich writes of `model`; see `kehu_before_write`."""
        return self._hook("kehu_before_write", model)

    def after_write(self, model: type[T]) -> Callable[[WriteHook[T]], WriteHook[T]]:
        """Write more in the same transaction; see `kehu_after_write`."""
        return self._hook("kehu_after_write", model)

    def after_commit(self, model: type[T]) -> Callable[[WriteHook[T]], WriteHook[T]]:
        """Act once the write is safe; see `kehu_after_commit`."""
        return self._hook("kehu_after_commit", model)

    def hookimpl(self, implementation: V) -> V:
        """Register an object whose methods are marked with `@kehu.hookimpl`."""
        self.hook_objects.append(d.HookObjectDeclaration(implementation, self._here()))
        return implementation

    def on(self, event: type[V]) -> Callable[[Handler[V]], Handler[V]]:
        """Handle an event of this or another plugin, after the commit, at least once."""
        return declaring(lambda f: self.handlers.append(d.HandlerDeclaration(event, f, self._at(f))))

    def inbound(self, name: str) -> Callable[[InboundHandler], InboundHandler]:
        """Handle what other systems send to `/inbound/<plugin>/<name>`, signed; each is kept first, handled once."""
        return declaring(
            lambda f: self.inbounds.append(d.InboundDeclaration(f"{self.name}.{name}", f, self._at(f)))
        )

    # --- the rest ---
    def permission(self, name: str, description: str) -> str:
        """A permission beyond those that resources and actions bring; returns its full name `<plugin>.<name>`."""
        full = f"{self.name}.{name}"
        self.permissions.append(d.PermissionDeclaration(full, description, self._here()))
        return full

    def grant(self, role: str, /, **permissions: str) -> None:
        """What a predefined role may do here: `plugin.grant("Salesperson", opportunity="read:TEAM update:OWN")`.

        A role of the plugin's own needs to see some of core too: `**{"core.product": "read"}`.
        """
        spelled: dict[str, str] = {}
        for entity, verbs in permissions.items():
            for verb in verbs.split():
                action, _, level = verb.partition(":")
                owned = entity if "." in entity else f"{self.name}.{entity}"
                spelled[f"{owned}:{action}"] = level or "ALL"
        self.grants.append(d.GrantDeclaration(role, spelled, self._here()))

    def platform(self, factory: Callable[[App], Platform]) -> None:
        """Supply what the kernel needs: audit, outbox, jobs. Core does, and of the plugins of an App only one can."""
        self.platform_factory = factory

    def settings(self, settings_class: type[Settings]) -> type[Settings]:
        """Class decorator for a pydantic model: `KEHU_<PLUGIN>_<FIELD>` and `[<plugin>]` in kehu.toml."""
        self.settings_classes.append(d.SettingsDeclaration(settings_class, self._here()))
        return settings_class

    def job(
        self,
        *,
        name: str | None = None,
        schedule: str | None = None,
        retries: int = 5,
        timeout_seconds: float = 300,
        atomic: bool = False,
    ) -> Callable[[JobFunction[P]], JobFunction[P]]:
        """Work for later: `await ctx.enqueue(remind, {"interaction_id": "..."})`; arguments are JSON.

        schedule: a cron line in UTC; each of its moments enqueues the job once, however many workers there are.
        retries: how often it is tried again after a failure, later and later. It is begun again too when its worker
        dies, so write it so that a second run does no harm; or let it be `atomic`: the whole job is one transaction,
        which happens exactly once, and in which nothing may leave the process.
        """

        def declare(function: Callable[..., Any]) -> None:
            full = f"{self.name}.{name or function.__name__}"
            self.jobs.append(
                d.JobDeclaration(
                    full,
                    self._at(function),
                    function,
                    schedule,
                    retries,
                    timeout_seconds,
                    atomic,
                )
            )

        return declaring(declare)

    def command(self, command: click.Command, *, group: str | None = None) -> click.Command:
        """A command of the `kehu` command line: `kehu <command>` or `kehu <group> <command>`."""
        self.commands.append(d.CommandDeclaration(command, group, self._here()))
        return command

    def example(self, title: str, document: str) -> None:
        """A query to start from, on the query page; the first of each plugin are those that `kehu demo` prints."""
        self.examples.append(d.ExampleDeclaration(title, inspect.cleandoc(document), self._here()))

    def event(self, event: type[V]) -> type[V]:
        """Class decorator: a frozen dataclass that says what happened, in the past tense."""
        self.events.append(d.EventDeclaration(event, self._here()))
        return event

    def extend(self, target: type[Any] | d.RootKind) -> Callable[[type[S]], type[S]]:
        """Merge the fields of a hand-written Strawberry class into a type or into a root."""

        def declare(extension: type[S]) -> type[S]:
            self.extensions.append(d.ExtensionDeclaration(target, extension, self._here()))
            return extension

        return declare

    def when(self, other: str) -> Callable[[Callable[[Plugin], None]], Callable[[Plugin], None]]:
        """Declarations that apply only where plugin `other` is enabled; import it inside the function."""

        def declare(function: Callable[[Plugin], None]) -> Callable[[Plugin], None]:
            self.conditional.append((other, function))
            return function

        return declare

    # --- how declarations are kept ---
    def _field(
        self,
        model: type[Any],
        kind: d.FieldKind,
        name: str | None,
        read: str | None,
        description: str | None,
        deprecated: Deprecation | None,
        money: str | Callable[[Any], Any] | None = None,
    ) -> Callable[[F], F]:
        def declare(function: Callable[..., Any]) -> None:
            called, origin = name or function.__name__, self._at(function)
            doc = description or inspect.getdoc(function)
            self.fields.append(
                d.FieldDeclaration(model, called, origin, kind, function, read, doc, deprecated, money)
            )

        return declaring(declare)

    def _hook(self, hook: str, model: type[Any]) -> Callable[[F], F]:
        return declaring(lambda f: self.hooks.append(d.HookDeclaration(hook, self._at(f), f, model)))
