from __future__ import annotations

import os
from pathlib import Path

import pydantic
import pytest

import kehu
from kehu.core_plugin import plugin as core
from kehu.ops.settings import plugin_settings

NO_NUMBER = "Input should be a valid integer, unable to parse string as an integer"


class AcmeSettings(pydantic.BaseModel):
    """Settings of a plugin: how long an offer stands, and to whom it is copied."""

    offer_days: int = pydantic.Field(default=30, ge=1)
    copies_to: list[str] = []


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and no KEHU_* in the environment."""
    for name in [name for name in os.environ if name.startswith("KEHU_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def acme() -> kehu.Plugin:
    plugin = kehu.Plugin("acme", requires=["core"])
    plugin.settings(AcmeSettings)
    return plugin


def test_without_settings_a_plugin_has_its_defaults(acme: kehu.Plugin) -> None:
    assert plugin_settings([acme]) == [AcmeSettings(offer_days=30, copies_to=[])]


def test_the_environment_wins_over_the_table_of_the_plugin(
    acme: kehu.Plugin, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "kehu.toml").write_text('plugins_dir = "."\n[acme]\noffer_days = 7\ncopies_to = ["Li"]\n')
    monkeypatch.setenv("KEHU_ACME_OFFER_DAYS", "14")

    assert plugin_settings([acme]) == [AcmeSettings(offer_days=14, copies_to=["Li"])]


def test_a_list_in_the_environment_is_json(acme: kehu.Plugin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEHU_ACME_COPIES_TO", '["Li", "Wang"]')

    assert plugin_settings([acme]) == [AcmeSettings(copies_to=["Li", "Wang"])]


def test_every_wrong_setting_is_named_with_the_places_to_set_it(
    acme: kehu.Plugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEHU_ACME_OFFER_DAYS", "many")
    monkeypatch.setenv("KEHU_ACME_COPIES_TO", "Li")

    with pytest.raises(kehu.SetupError) as refused:
        plugin_settings([acme])

    where = "(KEHU_ACME_{}, or {} in the table [acme] of kehu.toml)"
    days, copies = (where.format(name.upper(), name) for name in ("offer_days", "copies_to"))
    assert str(refused.value).splitlines() == [
        f"The setting 'offer_days' of plugin 'acme' {days} is wrong: {NO_NUMBER}.",
        f"The setting 'copies_to' of plugin 'acme' {copies} is wrong: Input should be a valid list.",
    ]


def test_an_unknown_key_in_the_table_of_a_plugin_is_refused(acme: kehu.Plugin, folder: Path) -> None:
    (folder / "kehu.toml").write_text('plugins_dir = "."\n[acme]\noffer_day = 7\n')

    with pytest.raises(kehu.SetupError) as refused:
        plugin_settings([acme])

    assert str(refused.value) == (
        "kehu.toml has the unknown key 'offer_day' in its table [acme]; it may have offer_days, copies_to."
    )


async def test_a_context_gives_the_settings_of_the_app(acme: kehu.Plugin) -> None:
    app = kehu.App([core, acme], "sqlite://", settings=[AcmeSettings(offer_days=3)])
    by_default = kehu.App([core, acme], "sqlite://")

    async with app.context() as ctx, by_default.context() as other:
        assert ctx.settings(AcmeSettings).offer_days == 3
        assert other.settings(AcmeSettings).offer_days == 30

    await app.close()
    await by_default.close()
