"""Leads speak Chinese."""

from __future__ import annotations

import pytest

import kehu
from kehu.platform.localization.labels import labels_of
from kehu_graphql import Api
from tests.kehu_sfa.leads.factories import saved_lead

OURS = (
    *("Lead", "LeadPolicy", "LeadScoreRule", "LeadFieldMapping", "AssignmentRule", "LeadAssignment"),
    *("LeadCapacity", "Absence", "VisitPlan", "VisitSlot"),
)


@pytest.mark.parametrize("name", OURS)
async def test_every_label_is_told_in_chinese(name: str) -> None:
    app = kehu.App(kehu.installed(["sfa"]), "sqlite:///:memory:")
    async with app.context() as ctx:
        [label] = [each for each in labels_of(ctx, "zh_CN") if each.name == name]
    await app.close()

    labels = [label.label, label.plural_label, *(field.label for field in label.fields)]
    labels += [choice.label for field in label.fields for choice in field.choices]
    assert [text for text in labels if text.isascii()] == []


async def test_a_refusal_is_told_in_chinese(sqlite_app: kehu.App) -> None:
    chinese = kehu.Principal(kehu.uuid7(), "王芳", grants={"*": kehu.Level.ALL}, locale="zh_CN")
    document = 'mutation { createLead(input: {city: "上海"}) { userErrors { message } } }'

    answer = await Api(sqlite_app).execute(document, principal=chinese)

    [error] = answer["data"]["createLead"]["userErrors"]
    assert error["message"] == "线索需要姓名、公司、电子邮箱或电话号码之一。"


async def test_what_every_write_may_be_refused_for_is_told_in_chinese(sqlite_app: kehu.App) -> None:
    grants = {
        "sfa.lead:read": kehu.Level.ALL,
        "sfa.lead:update": kehu.Level.OWN,
        "sfa.lead:create": kehu.Level.ALL,
    }
    chinese = kehu.Principal(kehu.uuid7(), "王芳", grants=grants, locale="zh_CN")
    everything = kehu.Principal(kehu.uuid7(), "王芳", grants={"*": kehu.Level.ALL}, locale="zh_CN")
    theirs = kehu.global_id("Lead", (await saved_lead(sqlite_app)).id)
    gone = kehu.global_id("Lead", kehu.uuid7())
    told = []

    for who, verb, given in (
        (chinese, "update", f'id: "{theirs}", city: "上海"'),
        (chinese, "update", f'id: "{gone}", city: "上海"'),
        (everything, "update", f'id: "{theirs}", version: 7'),
        (everything, "create", f'name: "{"王" * 201}"'),
        (everything, "update", f'id: "{theirs}", name: "王", doNotCall: null'),
    ):
        document = f"mutation {{ {verb}Lead(input: {{{given}}}) {{ userErrors {{ message }} }} }}"
        answer = await Api(sqlite_app).execute(document, principal=who)
        [error] = answer["data"][f"{verb}Lead"]["userErrors"]
        told.append(error["message"])

    assert told == [
        "您可以查看此线索，但无权执行此操作。",
        "没有此线索，或您无权查看。",
        "您读取后记录已更改：现为版本 1，不是 7。",
        "「名称」有 201 个字符，最多 200 个。",
        "「勿打电话」不能为空。",
    ]
