"""The single files of a consultant."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import kehu
from kehu.core_plugin import plugin as core
from kehu.kernel.errors import SetupError
from kehu.kernel.plugin.discovery import load_directory, load_file
from kehu.platform.outbox.catalogue import EventCatalogue

EVENT = """
from __future__ import annotations

import dataclasses
from datetime import date
from typing import ClassVar

import kehu

plugin = kehu.Plugin("acme", requires=["core"])


@plugin.event
@dataclasses.dataclass(frozen=True)
class Anniversary:
    version: ClassVar[int] = 2
    on: date
"""


def test_a_file_declares_events_with_annotations_of_its_own_imports(tmp_path: Path) -> None:
    (tmp_path / "acme.py").write_text(EVENT)
    [acme] = load_directory(tmp_path)
    app = kehu.App([core, acme], "sqlite://")
    event: Any = acme.events[0].event(on=date(2026, 3, 31))

    kind = app.composition.derived(EventCatalogue).type_of(event)

    assert (kind.name, kind.version, kind.encode(event)) == ("acme.anniversary", 2, {"on": "2026-03-31"})


def test_two_files_of_one_name_do_not_see_each_other(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        (folder / "acme.py").write_text(EVENT.replace('"acme"', f'"{folder.name}"'))

    first, second = (load_file(folder / "acme.py") for folder in folders)

    assert (first.name, second.name) == ("one", "two")
    assert first.events[0].event.__module__ != second.events[0].event.__module__


def test_a_file_that_cannot_be_imported_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "acme.py"
    file.write_text("import nothing_of_that_name")

    with pytest.raises(SetupError, match="cannot be imported: ModuleNotFoundError"):
        load_file(file)
