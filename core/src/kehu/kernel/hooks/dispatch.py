"""Calling hooks: one implementation after the other, in plugin order, each with the name of its plugin."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import pluggy

from kehu.kernel.errors import CompositionError
from kehu.kernel.hooks.specs import HookSpecs
from kehu.kernel.plugin import Plugin
from kehu.kernel.plugin import declarations as d


@dataclasses.dataclass(frozen=True, slots=True)
class Implementation:
    """One implementation of one hook."""

    plugin: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]
    model: type[Any] | None

    @property
    def name(self) -> str:
        """Plugin and function, for messages."""
        return f"{self.plugin}:{getattr(self.function, '__name__', type(self.function).__name__)}"

    def call(self, values: dict[str, Any]) -> Any:
        """The result, which may have to be awaited."""
        return self.function(*[values[name] for name in self.arguments])


class Hooks:
    """The implementations of one App's plugins, on top of pluggy's registry and its ordering."""

    def __init__(self, plugins: Sequence[Plugin]) -> None:
        self._manager = pluggy.PluginManager("kehu")
        self._manager.add_hookspecs(HookSpecs)
        problems = [problem for plugin in reversed(plugins) for problem in self._register(plugin)]
        if problems:
            raise CompositionError(problems)
        self._narrowed: dict[tuple[str, type[Any]], tuple[Implementation, ...]] = {}
        names = [name for name in vars(HookSpecs) if name.startswith("kehu_")]
        self._all = {name: self._frozen(name) for name in names}

    def of(self, hook: str, model: type[Any] | None = None) -> tuple[Implementation, ...]:
        """The implementations of `hook` in the order they run; those for `model` and those for every entity."""
        if model is None:
            return self._all[hook]
        key = (hook, model)
        found = self._narrowed.get(key)
        if found is None:
            found = tuple(i for i in self._all[hook] if i.model is None or issubclass(model, i.model))
            self._narrowed[key] = found
        return found

    async def run(self, hook: str, **values: Any) -> None:
        """Await every implementation in order; the first exception ends the round."""
        for implementation in self._all[hook]:
            result = implementation.call(values)
            if inspect.isawaitable(result):
                await result

    def _register(self, plugin: Plugin) -> list[str]:
        problems: list[str] = []
        for declaration in reversed(plugin.hook_objects):
            problems.extend(_problems_of(declaration))
            if not problems:
                self._manager.register(
                    _Marked(declaration), name=f"{plugin.name}:{declaration.origin.where}:{id(declaration)}"
                )
        for hook in reversed(plugin.hooks):
            self._manager.register(_Decorated(hook), name=f"{plugin.name}:{hook.origin.where}:{id(hook)}")
        return problems

    def _frozen(self, hook: str) -> tuple[Implementation, ...]:
        registered = getattr(self._manager.hook, hook).get_hookimpls()
        return tuple(
            Implementation(
                impl.plugin.origin.plugin,
                impl.plugin.function_of(hook),
                impl.plugin.arguments_of(hook),
                impl.plugin.model,
            )
            for impl in reversed(registered)
        )


class _Decorated:
    """A decorated function as pluggy wants to see it."""

    def __init__(self, declaration: d.HookDeclaration) -> None:
        self.origin, self.model, self._function = declaration.origin, declaration.model, declaration.function
        self._hook = declaration.hook
        marker = pluggy.HookimplMarker("kehu")
        setattr(self, declaration.hook, marker(_placeholder(declaration.hook)))

    def __dir__(self) -> list[str]:
        """The hook alone: pluggy looks at everything that it finds here."""
        return [self._hook]

    def function_of(self, hook: str) -> Callable[..., Any]:
        return self._function

    def arguments_of(self, hook: str) -> tuple[str, ...]:
        return ("ctx", "change")


class _Marked:
    """An object with marked methods as pluggy wants to see it."""

    def __init__(self, declaration: d.HookObjectDeclaration) -> None:
        self.origin, self.model, self._object = declaration.origin, None, declaration.implementation
        for name, method in _marked_methods(self._object):
            placeholder = _placeholder(name)
            placeholder.kehu_impl = method.kehu_impl  # type: ignore[attr-defined]  # pluggy's mark
            setattr(self, name, placeholder)

    def function_of(self, hook: str) -> Callable[..., Any]:
        return getattr(self._object, hook)  # type: ignore[no-any-return]

    def arguments_of(self, hook: str) -> tuple[str, ...]:
        return tuple(inspect.signature(self.function_of(hook)).parameters)


def _placeholder(hook: str) -> Callable[[], None]:
    """Pluggy only keeps the order; it never calls, so that `async def` can be awaited in turn."""

    def placeholder() -> None:
        raise AssertionError(f"{hook} is dispatched by kehu, not by pluggy")

    return placeholder


def _marked_methods(implementation: object) -> list[tuple[str, Any]]:
    members = (
        (name, getattr(implementation, name)) for name in dir(implementation) if not name.startswith("__")
    )
    return [(name, member) for name, member in members if getattr(member, "kehu_impl", None) is not None]


def _problems_of(declaration: d.HookObjectDeclaration) -> list[str]:
    marked = _marked_methods(declaration.implementation)
    if not marked:
        return [
            f"{declaration.origin}: the object given to plugin.hookimpl() has no method marked with @kehu.hookimpl"
        ]
    problems = []
    for name, method in marked:
        specification = getattr(HookSpecs, name, None)
        if specification is None:
            problems.append(
                f"{declaration.origin}: there is no hook {name!r}; the hooks are listed in kehu/hookspecs.py"
            )
            continue
        if method.kehu_impl.get("wrapper") or method.kehu_impl.get("hookwrapper"):
            problems.append(
                f"{declaration.origin}: {name} is a wrapper; kehu awaits hooks one by one and has no wrappers"
            )
        allowed = set(inspect.signature(specification).parameters) - {"self"}
        for parameter in inspect.signature(method).parameters.values():
            if parameter.name not in allowed:
                problems.append(
                    f"{declaration.origin}: {name} has no argument {parameter.name!r}; it may take "
                    f"{', '.join(sorted(allowed))}"
                )
            elif parameter.default is not parameter.empty:
                problems.append(
                    f"{declaration.origin}: argument {parameter.name!r} of {name} has a default, which "
                    "would hide the value; remove it"
                )
    return problems
