"""Remembering which commands there are, because finding out means to import every enabled plugin.

The memory is a file in the user's cache folder, named by a digest of everything that decides the answer: settings,
versions, and the newest change of the code of each distribution. When any of it differs, another name is looked for.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

KEPT = 20


def key_of(options: Mapping[str, str | None], *entry_points: Sequence[importlib.metadata.EntryPoint]) -> str:
    """The digest of what decides which commands there are."""
    entries = [entry for group in entry_points for entry in group]
    folder = options.get("plugins_dir") or os.environ.get("KEHU_PLUGINS_DIR")
    facts = [
        sys.prefix,
        sorted((name, value) for name, value in options.items() if name != "database_url"),
        os.environ.get("KEHU_PLUGINS"),
        _content(Path("kehu.toml")),
        [(entry.group, entry.name, entry.value, entry.dist and entry.dist.version) for entry in entries],
        [_newest(package) for package in sorted({entry.module.partition(".")[0] for entry in entries})],
        [str(folder), *_stamps(Path(folder).glob("*.py"))] if folder else None,
    ]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def recall(key: str) -> dict[str, str] | None:
    """What was remembered under this key."""
    try:
        found = json.loads(_file(key).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return (
        {str(name): str(short_help) for name, short_help in found.items()}
        if isinstance(found, dict)
        else None
    )


def remember(key: str, commands: Mapping[str, str]) -> None:
    """Keep a listing, and forget the oldest beyond twenty; where nothing can be written, nothing is remembered."""
    file = _file(key)
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(commands), encoding="utf-8")
        draft.replace(file)
        by_age = sorted(file.parent.glob("commands-*.json"), key=lambda old: old.stat().st_mtime)
        for old in by_age[:-KEPT]:
            old.unlink()


def _file(key: str) -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "kehu" / f"commands-{key}.json"


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


def _newest(package: str) -> object:
    """The latest change of a package's code; installed editable, code changes without a new version."""
    spec = importlib.util.find_spec(package)
    places = spec.submodule_search_locations if spec is not None else None
    return package, max(_stamps(_modules(places or ())), default=None)


def _modules(places: Iterable[str]) -> Iterator[Path]:
    for place in places:
        for folder, _, names in os.walk(place):
            yield from (Path(folder, name) for name in names if name.endswith(".py"))


def _stamps(files: Iterable[Path]) -> list[int]:
    return sorted(file.stat().st_mtime_ns for file in files)
