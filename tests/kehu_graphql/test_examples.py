"""The queries that plugins offer to start from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import kehu
from kehu_graphql import Api
from kehu_graphql.demo import ensure_demo_data, examples_of

EVERY_PLUGIN = [plugin.name for plugin in kehu.installed()]


@pytest.fixture
def api_of(sqlite_url: str) -> Callable[..., Api]:
    def api(*names: str) -> Api:
        return Api(kehu.App(kehu.installed(names), sqlite_url))

    return api


@pytest.mark.parametrize("plugin", EVERY_PLUGIN)
async def test_the_examples_of_a_plugin_need_no_other_one(api_of: Callable[..., Api], plugin: str) -> None:
    api = api_of(plugin)
    async with api.app.engine.begin() as connection:
        await connection.run_sync(api.app.composition.metadata.create_all)

    answers: dict[str, Any] = {
        example["title"]: await api.execute(example["document"]) for example in examples_of(api.app)
    }

    assert {title: answer["errors"] for title, answer in answers.items() if "errors" in answer} == {}
    await api.app.close()


async def test_a_sales_firm_is_shown_its_pipeline_first_of_all(api_of: Callable[..., Api]) -> None:
    api = api_of("sfa")
    async with api.app.engine.begin() as connection:
        await connection.run_sync(api.app.composition.metadata.create_all)
    await ensure_demo_data(api.app, 1)

    first = examples_of(api.app)[:3]
    assert [example["title"] for example in first] == [
        "Customers and what passed between us",
        "The open pipeline, by stage",
        "Interactions by kind",
    ]
    stages = (await api.execute(first[1]["document"]))["data"]["opportunitiesAggregate"]
    assert {stage["key"]["stage"]["name"] for stage in stages} == {"Qualified", "Proposal", "Negotiation"}
    await api.app.close()
