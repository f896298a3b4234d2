"""Finding plugins: installed distributions by entry point, and a consultant's single files."""

from __future__ import annotations

import difflib
import hashlib
import importlib.metadata
import importlib.util
import pathlib
import sys
from collections.abc import Sequence
from types import ModuleType

from kehu.kernel.errors import SetupError
from kehu.kernel.plugin.plugin import Plugin

GROUP = "kehu.plugins"


def installed_names() -> list[str]:
    """The ids of all installed plugins, core first, then by name; nothing is imported."""
    names = {entry.name for entry in importlib.metadata.entry_points(group=GROUP)}
    return sorted(names, key=lambda name: (name != "core", name))


def installed(enable: Sequence[str] | None = None) -> list[Plugin]:
    """The plugins with these ids, core always among them; all installed ones when `enable` is None.

    Only what is asked for is imported. Raises SetupError for an id that is not installed or fails to import.
    """
    wanted = installed_names() if enable is None else list(dict.fromkeys(["core", *enable]))
    entries = {entry.name: entry for entry in importlib.metadata.entry_points(group=GROUP)}
    unknown = [name for name in wanted if name not in entries]
    if unknown:
        raise SetupError("\n".join(_unknown(name, list(entries)) for name in unknown))
    return [_load(entries[name]) for name in wanted]


def load_file(path: str | pathlib.Path) -> Plugin:
    """The plugin that a single Python file declares. Raises SetupError unless there is exactly one."""
    file = pathlib.Path(path)
    if not file.is_file():
        raise SetupError(f"There is no plugin file {file}.")
    module = _imported(file)
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, Plugin) and value.where.rpartition(":")[0].rpartition("/")[2] == file.name
    ]
    if len(found) != 1:
        raise SetupError(
            f"The plugin file {file} must declare exactly one kehu.Plugin; it declares {len(found)}."
        )
    found[0].local_file = str(file)
    return found[0]


def load_directory(path: str | pathlib.Path) -> list[Plugin]:
    """The plugins of all `*.py` files of a folder, by name of file; those that start with `_` are left out."""
    folder = pathlib.Path(path)
    if not folder.is_dir():
        raise SetupError(
            f"The plugins folder {folder} does not exist; create it or correct KEHU_PLUGINS_DIR."
        )
    return [load_file(file) for file in sorted(folder.glob("*.py")) if not file.name.startswith("_")]


def _imported(file: pathlib.Path) -> ModuleType:
    """The module of a file, under a name of its own: dataclasses find the names in their annotations through it."""
    digest = hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:8]
    spec = importlib.util.spec_from_file_location(f"kehu_file_{file.stem}_{digest}", file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[spec.name]
        raise SetupError(
            f"The plugin file {file} cannot be imported: {type(error).__name__}: {error}"
        ) from error
    return module


def _unknown(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {close[0]!r}?" if close else f"installed are: {', '.join(sorted(known)) or 'none'}."
    distribution = f"kehu-{name.replace('_', '-')}"
    return (
        f"Plugin {name!r} is not installed; {hint} A plugin is installed with `pip install {distribution}`."
    )


def _load(entry: importlib.metadata.EntryPoint) -> Plugin:
    where = f"distribution {entry.dist.name} {entry.dist.version}" if entry.dist else entry.value
    try:
        plugin = entry.load()
    except Exception as error:
        raise SetupError(
            f"Plugin {entry.name!r} ({where}) fails to import: {type(error).__name__}: {error}. "
            f"Repair or uninstall it, or leave it out of KEHU_PLUGINS."
        ) from error
    if not isinstance(plugin, Plugin):
        raise SetupError(
            f"The entry point {entry.name!r} of {where} is a {type(plugin).__name__}, not a kehu.Plugin."
        )
    if plugin.name != entry.name:
        raise SetupError(
            f"The entry point {entry.name!r} of {where} is a plugin named {plugin.name!r}; the names must be equal."
        )
    plugin.package = entry.value.partition(":")[0].partition(".")[0]
    plugin.version = entry.dist.version if entry.dist else plugin.version
    return plugin
