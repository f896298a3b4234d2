from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

import kehu
from kehu.core_plugin import plugin as core
from kehu.ops.migrations import plan
from kehu.ops.migrations.histories import history_of
from tests.kehu.ops.migrations.conftest import FIRST, SECOND, Garden


def test_a_plugin_given_as_an_object_has_the_history_of_its_package(garden: Garden) -> None:
    history = history_of(garden.declare())

    assert history is not None
    assert history.folder == garden.versions
    assert history.version_table == "kehu_version_garden"


def test_the_history_of_core_is_in_its_package() -> None:
    history = history_of(core)

    assert history is not None
    assert history.folder.parts[-3:] == ("kehu", "migrations", "versions")


def test_a_single_file_has_no_history(tmp_path: Path) -> None:
    file = tmp_path / "acme.py"
    file.write_text("import kehu\nplugin = kehu.Plugin('acme', requires=['core'])\n")

    assert history_of(kehu.load_file(file)) is None


async def test_a_history_with_two_ends_is_refused(garden: Garden, sqlite_url: str) -> None:
    garden.revise(FIRST)
    garden.revise(SECOND, "0002_flowers")
    garden.revise(SECOND.replace('"0002"', '"0002b"').replace("flower", "tree"), "0002b_trees")
    app = garden.app(sqlite_url)

    with pytest.raises(kehu.SetupError, match=r"The history of plugin 'garden' has 2 ends: 0002, 0002b\."):
        await plan(app)
    await app.close()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (SECOND.replace('"0001"', '"0000"'), "0000"),
        ("def", "invalid syntax"),
    ],
    ids=["gap", "syntax"],
)
async def test_revisions_that_cannot_be_read_are_a_sentence(
    garden: Garden, sqlite_url: str, source: str, reason: str
) -> None:
    garden.revise(FIRST)
    garden.revise(dedent(source), "0002_broken")
    app = garden.app(sqlite_url)

    with pytest.raises(
        kehu.SetupError, match=f"The revisions of plugin 'garden' in .* cannot be read: .*{reason}"
    ):
        await plan(app)
    await app.close()
