from __future__ import annotations

from pathlib import Path

from tests.kehu.ops.cli.conftest import Kehu, invoke


def test_the_list_shows_what_is_enabled_and_what_is_only_installed() -> None:
    lines = invoke("--plugins", "core,sfa", "plugin", "list").stdout.splitlines()

    assert lines[0].split() == ["id", "version", "distribution", "enabled", "requires"]
    table = {line.split()[0]: line.split()[2:] for line in lines[1:]}
    assert table["core"] == ["kehu-core", "yes", "-"]
    assert table["sfa"] == ["kehu-sfa", "yes", "core"]
    assert table["marketing"] == ["kehu-marketing", "no", "-"]


def test_the_list_names_the_file_of_a_single_file_plugin(folder: Path) -> None:
    (folder / "acme.py").write_text("import kehu\nplugin = kehu.Plugin('acme', requires=['core'])\n")

    lines = invoke("--plugins", "core", "--plugins-dir", str(folder), "plugin", "list").stdout.splitlines()

    assert [line.split() for line in lines if line.startswith("acme")] == [
        ["acme", "-", str(folder / "acme.py"), "yes", "core"]
    ]


def test_a_purge_asks_first_and_then_leaves_nothing(kehu: Kehu) -> None:
    kehu("--plugins", "core,sfa", "db", "upgrade")

    asked = kehu("--plugins", "core", "plugin", "purge", "sfa", stdin="n\n")
    assert asked.exit_code == 1
    assert "sfa_opportunity: 0 row(s)" in asked.stdout
    assert "sfa: at" in kehu("--plugins", "core,sfa", "db", "plan").stdout

    agreed = kehu("--plugins", "core", "plugin", "purge", "sfa", "--yes")
    assert (agreed.exit_code, agreed.stdout.splitlines()[-1]) == (0, "Nothing of plugin 'sfa' is left.")
    assert "sfa: not in the database yet" in kehu("--plugins", "core,sfa", "db", "plan").stdout


def test_an_enabled_plugin_is_not_purged(kehu: Kehu) -> None:
    kehu("--plugins", "core,sfa", "db", "upgrade")

    result = kehu("--plugins", "core,sfa", "plugin", "purge", "sfa", "--yes")

    assert result.exit_code == 1
    assert "Plugin 'sfa' is enabled" in result.stderr
