"""Leads speak Chinese."""

from __future__ import annotations

import pytest

import kehu
from kehu.translating.labels import labels_of
from kehu_graphql import Api

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
