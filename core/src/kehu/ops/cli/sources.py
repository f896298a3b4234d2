"""Where commands come from: kehu itself, distributions (entry points `kehu.commands`), and enabled plugins.

Nothing is imported to list the commands when they were listed before with the same code and settings (see `memory`).
"""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from kehu.kernel.errors import SetupError
from kehu.ops.cli import memory
from kehu.ops.cli.context import CommandContext

if TYPE_CHECKING:
    from kehu.kernel.plugin.declarations import CommandDeclaration

PLUGINS = "kehu.plugins"
COMMANDS = "kehu.commands"
HELP_WIDTH = 80

_BUILT_IN = {
    "backup": ("kehu.ops.cli.backups:backup_command", "Write the whole database into a file."),
    "db": ("kehu.ops.cli.database:database", "Bring the database up to date, and see whether it is."),
    "plugin": ("kehu.ops.cli.plugins:plugins", "See which plugins there are; remove what one left behind."),
    "restore": ("kehu.ops.cli.backups:restore_command", "Replace the whole database by a backup."),
    "user": ("kehu.ops.cli.users:users", "Manage the people who sign in."),
    "worker": ("kehu.ops.cli.worker:worker", "Run jobs until SIGTERM or Ctrl-C."),
}


def built_in() -> dict[str, str]:
    """Name and short help of kehu's own commands."""
    return {name: short_help for name, (_, short_help) in _BUILT_IN.items()}


def listing(command: CommandContext) -> Mapping[str, str]:
    """Name and short help of all commands. Raises SetupError for a plugin that cannot be imported."""
    key = memory.key_of(command.options, _entry_points(PLUGINS), _entry_points(COMMANDS))
    found = memory.recall(key)
    if found is None:
        entries = _of_distributions(command)
        loaded = {name: _loaded(entry) for name, entry in entries.items()} | _of_plugins(command, entries)
        found = built_in() | {name: each.get_short_help_str(HELP_WIDTH) for name, each in loaded.items()}
        memory.remember(key, found)
    return found


def find(command: CommandContext, name: str) -> click.Command | None:
    """The command of this name. Raises SetupError for a plugin that cannot be imported."""
    if name in _BUILT_IN:
        target, _ = _BUILT_IN[name]
        module, _, attribute = target.partition(":")
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found
    entries = _of_distributions(command)
    return _loaded(entries[name]) if name in entries else _of_plugins(command, entries).get(name)


def _of_distributions(command: CommandContext) -> dict[str, importlib.metadata.EntryPoint]:
    """The commands of entry points, without those of distributions whose plugins are all disabled."""
    offered: dict[str, set[str]] = {}
    for entry in _entry_points(PLUGINS):
        offered.setdefault(_distribution(entry), set()).add(entry.name)
    return {
        entry.name: entry
        for entry in _entry_points(COMMANDS)
        if entry.name not in _BUILT_IN and _is_enabled(command, offered.get(_distribution(entry)))
    }


def _is_enabled(command: CommandContext, plugins: set[str] | None) -> bool:
    if plugins is None or command.settings.plugins is None:
        return True
    return not plugins.isdisjoint({"core", *command.settings.plugins})


def _of_plugins(command: CommandContext, taken: Collection[str]) -> dict[str, click.Command]:
    """The commands that the enabled plugins declare; those with a group are in the group of that name."""
    from kehu.kernel.composition import compose  # noqa: PLC0415  # a remembered listing needs no plugin
    from kehu.ops.settings import enabled_plugins  # noqa: PLC0415

    found: dict[str, click.Command] = {}
    for plugin in compose(enabled_plugins(command.settings)).plugins:
        for declaration in plugin.commands:
            _add(found, declaration, taken)
    return found


def _add(found: dict[str, click.Command], declaration: CommandDeclaration, taken: Collection[str]) -> None:
    name = declaration.group or str(declaration.command.name)
    clash = name in found and (declaration.group is None or not isinstance(found[name], _PluginGroup))
    if clash or name in taken or name in _BUILT_IN:
        raise SetupError(
            f"{declaration.origin} declares the command {name!r}, which is there already; give it another name."
        )
    if declaration.group is None:
        found[name] = declaration.command
        return
    group = found.setdefault(name, _PluginGroup(name))
    assert isinstance(group, _PluginGroup)
    group.add_command(declaration.command)


class _PluginGroup(click.Group):
    """A group that plugins share, such as `kehu import`; its help says what is in it."""

    def get_short_help_str(self, limit: int = 45) -> str:
        return f"{str(self.name).capitalize()}: {', '.join(sorted(self.commands))}."


def _loaded(entry: importlib.metadata.EntryPoint) -> click.Command:
    try:
        command = entry.load()
    except ImportError as error:
        raise SetupError(
            f"The command {entry.name!r} of {_distribution(entry)} cannot be imported: {error}. Repair or uninstall it."
        ) from error
    assert isinstance(command, click.Command), f"{entry.value} is no click command"
    return command


def _entry_points(group: str) -> Sequence[importlib.metadata.EntryPoint]:
    return sorted(importlib.metadata.entry_points(group=group), key=lambda entry: entry.name)


def _distribution(entry: importlib.metadata.EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else entry.value
