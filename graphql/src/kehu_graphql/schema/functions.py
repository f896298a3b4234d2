"""Functions that plugins declare, as resolvers: arguments from annotations, records for ids, the context filled in."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any, get_args, get_origin

import strawberry

import kehu
from kehu.kernel.ids import key_of
from kehu.kernel.plugin import Origin, annotations_of
from kehu.kernel.reading.pages import ListArguments
from kehu.kernel.writing.archived import check_current
from kehu_graphql.schema.fields import Argument, sentence
from kehu_graphql.schema.inputs import list_arguments
from kehu_graphql.schema.limits import Limits
from kehu_graphql.schema.registry import Registry
from kehu_graphql.schema.visible_records import seen

_LIST_NAMES = ("filter", "order_by", "first", "after", "last", "before")


class DeclaredFunction:
    """One function of a plugin, looked at once: what it takes, what it returns, how it is called.

    `skip` parameters at the start are the caller's own (the record, the batch of records). What is writing takes no
    archived records.
    """

    def __init__(
        self,
        registry: Registry,
        function: Callable[..., Any],
        origin: Origin,
        *,
        skip: int,
        is_writing: bool = False,
    ) -> None:
        self._is_writing = is_writing
        self._registry, self.function, self.origin = registry, function, origin
        self.arguments: dict[str, Argument] = {}
        self._context: str | None = None
        self._info: str | None = None
        self._records: dict[str, type[Any]] = {}
        self._lists: dict[str, type[Any]] = {}
        self._limits = Limits()
        hints = self._hints()
        self.returns = hints.get("return")
        self.has_records = registry.has_records(self.returns)
        for parameter in list(inspect.signature(function).parameters.values())[skip:]:
            self._look_at(parameter, hints.get(parameter.name))
        self.is_async = inspect.iscoroutinefunction(function)

    @property
    def is_plain(self) -> bool:
        """Takes nothing but what the caller passes, and answers at once."""
        return not (self.arguments or self._context or self._info or self._lists or self.is_async)

    async def values(self, ctx: kehu.Context, info: Any, given: Mapping[str, Any]) -> dict[str, Any]:
        """The keyword arguments for a call.

        Raises NotFound for the id of a record that cannot be seen, BadInput for what is beyond its limits.
        """
        self._limits.check(given)
        own = {name: value for name, value in given.items() if not (self._lists and name in _LIST_NAMES)}
        values = {name: self._word(value) for name, value in own.items()}
        for name, model in self._records.items():
            if values.get(name) is not None:
                values[name] = await self._record(ctx, model, name, values[name])
                self._check(model, name, values[name])
        for name, model in self._lists.items():
            arguments = ListArguments(**{n: given[n] for n in _LIST_NAMES if n in given})
            values[name] = kehu.ListOf(ctx, model, arguments)
        return values | self.injected(ctx, info)

    def injected(self, ctx: kehu.Context, info: Any) -> dict[str, Any]:
        """The parameters that are not arguments."""
        values: dict[str, Any] = {}
        if self._context:
            values[self._context] = ctx
        if self._info:
            values[self._info] = info
        return values

    async def call(self, ctx: kehu.Context, info: Any, given: Mapping[str, Any], *first: Any) -> Any:
        """Call it and await the answer; an exception remembers whose it is."""
        with blaming(self.origin.plugin):
            result = self.function(*first, **await self.values(ctx, info, given))
            return unwrapped(await result if inspect.isawaitable(result) else result)

    async def answer(self, ctx: kehu.Context, info: Any, given: Mapping[str, Any], *first: Any) -> Any:
        """Like `call`, without the records that the reader may not see."""
        result = await self.call(ctx, info, given, *first)
        return await seen(ctx, result) if self.has_records else result

    def problem(self, text: str) -> None:
        """Note why the declaration cannot be used."""
        self._registry.problems.append(f"{self.origin}: {text}")

    def _word(self, value: Any) -> Any:
        """A value of a pick-list as the text that it is in Python; others as they are."""
        return value.value if type(value) in self._registry.choices.values() else value

    async def _record(self, ctx: kehu.Context, model: type[Any], name: str, given: Any) -> Any:
        type_name = self._registry.composition.entities[model].name
        if isinstance(given, list):
            keys = [key_of(item, type_name, field=name) for item in given]
            # Read together, they are at hand when each is looked at.
            await asyncio.gather(*(ctx.load(model, key) for key in dict.fromkeys(keys)))
            return [await ctx.get(model, key, field=name) for key in keys]
        return await ctx.get(model, key_of(given, type_name, field=name), field=name)

    def _check(self, model: type[Any], name: str, found: Any) -> None:
        if self._is_writing:
            type_name = self._registry.composition.entities[model].name
            for record in found if isinstance(found, list) else [found]:
                check_current(record, type_name, field=name)

    def _hints(self) -> dict[str, Any]:
        try:
            hints = annotations_of(self.function)
        except NameError as error:
            name = self.function.__name__
            self.problem(f"an annotation of {name}() cannot be resolved: {error}; import it at run time")
            return {}
        if "return" not in hints:
            self.problem(f"{self.function.__name__}() has no return annotation, which the schema is made of")
        return hints

    def _look_at(self, parameter: inspect.Parameter, annotation: Any) -> None:
        name = parameter.name
        if annotation is None:
            self.problem(f"parameter {name!r} of {self.function.__name__}() has no annotation")
        elif annotation is kehu.Context:
            self._context = name
        elif annotation is strawberry.Info or get_origin(annotation) is strawberry.Info:
            self._info = name
        elif get_origin(annotation) is kehu.ListOf:
            self._lists[name] = get_args(annotation)[0]
            self.arguments |= list_arguments(self._registry, get_args(annotation)[0])
        else:
            default = strawberry.UNSET if parameter.default is parameter.empty else parameter.default
            text = sentence(name)
            self._limits.take(name, annotation)
            self.arguments[name] = Argument(self._registry.argument(annotation), default, text)
            model = next(
                (
                    m
                    for m in (annotation, *_parts(annotation))
                    if isinstance(m, type) and m in self._registry.objects
                ),
                None,
            )
            if model is not None:
                self._records[name] = model


def unwrapped(value: Any) -> Any:
    """What a resolver returns for a value of a plugin: the page itself instead of its `kehu.Connection`."""
    return value.page if isinstance(value, kehu.Connection) else value


@contextlib.contextmanager
def blaming(plugin: str) -> Iterator[None]:
    """An exception that passes remembers the plugin it came from, for the error's extensions."""
    try:
        yield
    except kehu.Refusal as refusal:
        raise refusal.blamed_on(plugin) from None
    except Exception as error:
        error.kehu_plugin = plugin  # type: ignore[attr-defined]  # read by kehu_graphql.masking
        raise


async def stream(
    function: DeclaredFunction, ctx: kehu.Context, info: Any, given: Mapping[str, Any]
) -> AsyncIterator[Any]:
    """The values of a subscription of a plugin."""
    async for value in function.function(**await function.values(ctx, info, given)):
        shown = await seen(ctx, unwrapped(value)) if function.has_records else unwrapped(value)
        if shown is not None or value is None:
            yield shown


def _parts(annotation: Any) -> list[Any]:
    return [inner for part in get_args(annotation) for inner in (part, *get_args(part))]
