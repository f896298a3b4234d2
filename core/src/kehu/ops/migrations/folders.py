"""Where the revisions of a plugin are, in its package and in the database."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator
from pathlib import Path

from kehu.kernel.plugin import Plugin


def version_table(plugin: str) -> str:
    """The name of a plugin's version table."""
    return f"kehu_version_{plugin}"


def folder_of(plugin: Plugin) -> Path | None:
    """`migrations/versions` in the plugin's package; None for a plugin without, such as a single file."""
    for package in _packages(plugin):
        folder = Path(str(importlib.resources.files(package))) / "migrations" / "versions"
        if folder.is_dir():
            return folder
    return None


def _packages(plugin: Plugin) -> Iterator[str]:
    """Where to look: the plugin's package, or for a plugin given as an object the packages around its first entity."""
    if plugin.package is not None:
        yield plugin.package
    elif plugin.local_file is None and plugin.resources:
        parts = plugin.resources[0].model.__module__.split(".")[:-1]
        yield from (".".join(parts[:length]) for length in range(len(parts), 0, -1))
