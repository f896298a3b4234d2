"""In which order plugins take part: whoever is required comes first, ties by name, core first, local files last."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Mapping, Sequence

from kehu.kernel.plugin import Plugin


def ordered(plugins: Sequence[Plugin], problems: list[str]) -> list[Plugin]:
    """The plugins so that each stands after those it requires; the order given does not matter.

    Appends a sentence to `problems` for a plugin given twice, a missing requirement and a circle.
    """
    by_name: dict[str, Plugin] = {}
    for plugin in plugins:
        if plugin.name in by_name and by_name[plugin.name] is not plugin:
            problems.append(
                f"plugin {plugin.name!r} is given twice: {by_name[plugin.name].where} and {plugin.where}"
            )
        by_name[plugin.name] = plugin
    missing = [problem for plugin in by_name.values() for problem in _missing(plugin, by_name)]
    problems.extend(missing)
    return _topological(by_name, problems)


def with_conditions(plugin: Plugin, enabled: set[str]) -> Plugin:
    """A copy of the plugin with the declarations of those `when()` blocks that apply; the original stays as it is."""
    applying = [declare for other, declare in plugin.conditional if other in enabled]
    if not applying:
        return plugin
    whole = copy.copy(plugin)
    for name, value in vars(plugin).items():
        if isinstance(value, list):
            setattr(whole, name, list(value))
    whole.requires = (*plugin.requires, *(other for other, _ in plugin.conditional if other in enabled))
    for declare in applying:
        declare(whole)
    return whole


def required_by(plugins: Sequence[Plugin], name: str) -> set[str]:
    """Everything that the plugin requires, directly or through others."""
    by_name = {plugin.name: plugin for plugin in plugins}
    found: set[str] = set()
    waiting = [name]
    while waiting:
        plugin = by_name.get(waiting.pop())
        new = set(plugin.requires) - found if plugin else set()
        found |= new
        waiting.extend(new)
    return found


def _missing(plugin: Plugin, by_name: Mapping[str, Plugin]) -> list[str]:
    sentences = []
    for required in plugin.requires:
        if required in by_name:
            continue
        close = difflib.get_close_matches(required, by_name, 1)
        hint = f"did you mean {close[0]!r}?" if close else f"enabled are: {', '.join(sorted(by_name))}"
        sentences.append(
            f"plugin {plugin.name!r} ({plugin.where}) requires plugin {required!r}, which is not enabled; {hint}"
        )
    return sentences


def _topological(by_name: Mapping[str, Plugin], problems: list[str]) -> list[Plugin]:
    placed: list[Plugin] = []
    waiting = sorted(by_name.values(), key=lambda p: (p.name != "core", p.local_file is not None, p.name))
    while waiting:
        done = {plugin.name for plugin in placed}
        ready = next((p for p in waiting if _needs(p, by_name) <= done), None)
        if ready is None:
            problems.append(
                f"these plugins require one another in a circle: {' -> '.join(_circle(waiting, by_name))}; "
                "take one of the requirements out"
            )
            return [*placed, *waiting]
        placed.append(ready)
        waiting.remove(ready)
    return placed


def _needs(plugin: Plugin, by_name: Mapping[str, Plugin]) -> set[str]:
    hard = {name for name in plugin.requires if name in by_name}
    soft = {
        other
        for other, _ in plugin.conditional
        if other in by_name and plugin.name not in by_name[other].requires
    }
    mutual = {
        other
        for other in soft
        if any(name == plugin.name for name, _ in by_name[other].conditional) and other > plugin.name
    }
    return hard | (soft - mutual)


def _circle(waiting: Sequence[Plugin], by_name: Mapping[str, Plugin]) -> list[str]:
    """A circle among plugins that wait for one another, its first name again at the end."""
    names = {plugin.name for plugin in waiting}
    walked = [waiting[0].name]
    while walked.count(walked[-1]) == 1:
        walked.append(min(_needs(by_name[walked[-1]], by_name) & names))
    return walked[walked.index(walked[-1]) :]
