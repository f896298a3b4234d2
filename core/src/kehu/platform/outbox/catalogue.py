"""The events that the plugins of one App declare, as JSON and back, and who handles them."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

import pydantic

from kehu.kernel.composition import Composition, permission_entity
from kehu.kernel.composition.order import required_by
from kehu.kernel.errors import CompositionError, KehuError
from kehu.kernel.names import camel
from kehu.kernel.plugin import Origin, Plugin
from kehu.kernel.plugin import declarations as d


class UnknownEvent(KehuError):
    """An event was emitted that no enabled plugin declares, or is stored whose class is gone."""


@dataclasses.dataclass(frozen=True, slots=True)
class EventType:
    """One declared event: `sfa.opportunity_won` in the outbox, a frozen dataclass in Python.

    `version` is the class's attribute of that name, 1 without one.
    """

    name: str
    cls: type[Any]
    version: int
    origin: Origin
    adapter: pydantic.TypeAdapter[Any]

    def encode(self, event: Any) -> dict[str, Any]:
        """The event as JSON keeps it."""
        return self.adapter.dump_python(event, mode="json")  # type: ignore[no-any-return]  # a dataclass gives a dict

    @property
    def fields(self) -> list[str]:
        """The names of its fields, as webhooks spell them."""
        return [camel(field.name) for field in dataclasses.fields(self.cls)]

    def decode(self, payload: Mapping[str, Any], version: int) -> Any:
        """The event that was stored; one of an older version is first passed to the class's `upgraded`."""
        if version != self.version and hasattr(self.cls, "upgraded"):
            payload = self.cls.upgraded(dict(payload), version)
        return self.adapter.validate_python(dict(payload))


@dataclasses.dataclass(frozen=True, slots=True)
class Handler:
    """A function that is told of each event of a type. Deliveries are kept under its name: renaming it begins anew."""

    name: str
    event: EventType
    function: Callable[..., Awaitable[None]]


class EventCatalogue:
    """Event types by class and by name, and handlers. Raises CompositionError with everything that is wrong.

    `record_models` has the events that every write of a record gives; `names` are all of them.
    """

    def __init__(self, composition: Composition) -> None:
        plugins = composition.plugins
        problems: list[str] = []
        self.record_models = dict(_record_events(composition))
        self.by_class: dict[type[Any], EventType] = {}
        for plugin in plugins:
            for event in plugin.events:
                self._add(event, problems)
        self.by_name = {event.name: event for event in self.by_class.values()}
        self.handlers: dict[str, Handler] = {}
        for plugin in plugins:
            self._handle(plugin, required_by(plugins, plugin.name), problems)
        if problems:
            raise CompositionError(problems)
        self.names = sorted([*self.record_models, *self.by_name])
        self._by_event: dict[str, list[Handler]] = {}
        for handler in self.handlers.values():
            self._by_event.setdefault(handler.event.name, []).append(handler)

    def type_of(self, event: object) -> EventType:
        """The type of an event. Raises UnknownEvent for an object of a class that is not declared."""
        found = self.by_class.get(type(event))
        if found is None:
            raise UnknownEvent(
                f"{type(event).__qualname__} is no event of an enabled plugin; decorate it with @plugin.event."
            )
        return found

    def handlers_of(self, name: str) -> Sequence[Handler]:
        """Who handles the events of this name, in the order of plugins."""
        return self._by_event.get(name, ())

    def _add(self, declaration: d.EventDeclaration, problems: list[str]) -> None:
        cls = declaration.event
        problem = _wrong_with(cls)
        if problem is not None:
            problems.append(f"{declaration.origin}: event {cls.__qualname__} {problem}")
            return
        try:
            adapter: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(cls)
        except (pydantic.errors.PydanticUserError, pydantic.errors.PydanticUndefinedAnnotation) as error:
            reason = str(error).splitlines()[0]
            problems.append(
                f"{declaration.origin}: event {cls.__qualname__} cannot be kept as JSON: {reason}"
            )
            return
        name = f"{declaration.origin.plugin}.{permission_entity(cls.__name__)}"
        version = getattr(cls, "version", 1)
        self.by_class[cls] = EventType(name, cls, version, declaration.origin, adapter)

    def _handle(self, plugin: Plugin, required: set[str], problems: list[str]) -> None:
        for declaration in plugin.handlers:
            event = self.by_class.get(declaration.event)
            function = getattr(declaration.function, "__name__", "handler")
            name = f"{plugin.name}.{function}"
            if event is None or event.origin.plugin not in {plugin.name, *required}:
                problems.append(
                    f"{declaration.origin}: {function}() handles {declaration.event.__qualname__}, which is no event "
                    "of a plugin that this one requires: declare it with @plugin.event, and list its plugin"
                )
            elif name in self.handlers:
                problems.append(
                    f"{declaration.origin}: there is a handler {name} already; rename one of the functions"
                )
            else:
                self.handlers[name] = Handler(name, event, declaration.function)


def _wrong_with(cls: type[Any]) -> str | None:
    if not dataclasses.is_dataclass(cls) or not cls.__dataclass_params__.frozen:  # type: ignore[attr-defined]  # made by @dataclass
        return "must be a frozen dataclass: put @dataclass(frozen=True) below @plugin.event"
    if not isinstance(getattr(cls, "version", 1), int):
        return (
            "has a field named version, which is the number of its shape: write `version: ClassVar[int] = 2`"
        )
    return None


def _record_events(composition: Composition) -> Iterator[tuple[str, type[Any]]]:
    for model, entity in composition.entities.items():
        for operation in ("created", "updated", "deleted"):
            yield f"{entity.owner.plugin}.{permission_entity(entity.name)}.{operation}", model
