from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import kehu
from kehu.ops.settings import load_settings, make_app


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and no KEHU_* in the environment."""
    for name in [name for name in os.environ if name.startswith("KEHU_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_settings_everything_that_is_installed_runs_on_sqlite_here() -> None:
    settings = load_settings()

    assert (settings.database_url, settings.plugins, settings.plugins_dir) == (
        "sqlite:///kehu.db",
        None,
        None,
    )
    assert (settings.host, settings.port, settings.secret) == ("127.0.0.1", 8000, None)


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "kehu.toml").write_text('database_url = "sqlite:///file.db"\nhost = "file"\nport = 1\n')
    monkeypatch.setenv("KEHU_HOST", "environment")
    monkeypatch.setenv("KEHU_PORT", "2")

    settings = load_settings(port=3, host=None)

    assert (settings.database_url, settings.host, settings.port) == ("sqlite:///file.db", "environment", 3)


@pytest.mark.parametrize(
    ("given", "expected"),
    [("core, sfa", ("core", "sfa")), ("sfa,", ("sfa",)), ("", ())],
)
def test_plugins_are_separated_by_commas(
    monkeypatch: pytest.MonkeyPatch, given: str, expected: tuple[str, ...]
) -> None:
    monkeypatch.setenv("KEHU_PLUGINS", given)

    assert load_settings().plugins == expected


def test_the_file_may_have_a_list_of_plugins_and_tables_for_them(folder: Path) -> None:
    (folder / "kehu.toml").write_text('plugins = ["sfa"]\n[sfa]\nanything = 1\n')

    assert load_settings().plugins == ("sfa",)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('databse_url = "x"', "kehu.toml has the unknown key 'databse_url'; did you mean 'database_url'?"),
        ("[sffa]\nx = 1", "kehu.toml has the unknown key 'sffa'; did you mean 'sfa'?"),
        ("xyzzy = 1", "kehu.toml has the unknown key 'xyzzy'; it may have database_url, "),
        ("port = ", "kehu.toml is not valid TOML: "),
        (
            'port = "many"',
            "The setting 'port' (KEHU_PORT, or port in kehu.toml) is wrong: Input should be a valid integer",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_a_sentence(folder: Path, content: str, sentence: str) -> None:
    (folder / "kehu.toml").write_text(content)

    with pytest.raises(kehu.SetupError, match=re.escape(sentence)):
        load_settings()


def test_a_value_that_cannot_be_used_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEHU_PORT", "70000")
    monkeypatch.setenv("KEHU_LOG_LEVEL", "loud")

    with pytest.raises(kehu.SetupError) as refused:
        load_settings()

    assert [line.partition(" is wrong")[0] for line in str(refused.value).splitlines()] == [
        "The setting 'port' (KEHU_PORT, or port in kehu.toml)",
        "The setting 'log_level' (KEHU_LOG_LEVEL, or log_level in kehu.toml)",
    ]


def test_a_secret_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEHU_SECRET", "s3cret")

    assert "s3cret" not in repr(load_settings())


async def test_an_app_has_the_plugins_of_the_settings_and_of_the_folder(folder: Path) -> None:
    (folder / "acme.py").write_text("import kehu\nplugin = kehu.Plugin('acme', requires=['core'])\n")

    app = make_app(load_settings(plugins="sfa", plugins_dir=str(folder)))

    assert [plugin.name for plugin in app.composition.plugins] == ["core", "sfa", "acme"]
    await app.close()


def test_a_database_that_is_none_is_a_sentence() -> None:
    with pytest.raises(kehu.SetupError, match=r"KEHU_DATABASE_URL 'kehu\.db' is no database address"):
        make_app(load_settings(database_url="kehu.db", plugins=""))
