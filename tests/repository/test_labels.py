"""Messages name a type, a field or a choice by its label, in the language of who reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from kehu.kernel.composition import ColumnDefinition, EntityDefinition
from kehu.kernel.errors import FieldError
from kehu.kernel.model import ExactDecimal, StringList
from kehu.kernel.texts import field_label
from kehu.kernel.writing.changes import Change
from kehu.kernel.writing.checks import check_values
from kehu.platform.localization.catalogues import Catalogues
from kehu.platform.localization.labels import labels_of_entity
from tests.templates import composed

COMPOSITION = composed("core", "sfa", "partner_inventory")
CATALOGUES = Catalogues(COMPOSITION.plugins)
# A name of the API in a sentence: `closedOn`, `closed_on`.
MACHINE_NAME = re.compile(r"\b[a-z]+(?:[A-Z][a-z]*|_[a-z]+)+\b")


def labels(locale: str) -> dict[str, str]:
    """The label of every type, field and choice, by its context."""
    found: dict[str, str] = {}
    for definition in COMPOSITION.entities.values():
        entity = labels_of_entity(CATALOGUES, definition, locale)
        found[entity.name] = entity.label
        for field in entity.fields:
            found[f"{entity.name}.{field.name}"] = field.label
            found |= {f"{entity.name}.{field.name}.{each.value}": each.label for each in field.choices}
    return found


# The same English words, which mean something else elsewhere.
HOMONYMS = {
    "Address.lines": "详细地址",
    "Opportunity.lines": "明细",
    "Quote.lines": "明细",
    "ChannelOrder.lines": "明细",
    "Transfer": "调拨",
    "Payment.method.TRANSFER": "转账",
    "AssignmentRule.method": "分配方式",
    "Payment.method": "付款方式",
    "Quota.holder": "指标归属",
    "Location.holderId": "持有者",
    "Opportunity.forecastCategory.COMMIT": "承诺",
    "ChannelOrder.status.CLOSED": "已关闭",
    "OpportunityChange.forecastCategory.CLOSED": "已成交",
    "Interaction.kind.NOTE": "记录",
    "StockMove.note": "备注",
    "Customer.lifecycle.LOST": "流失",
    "DealRegistration.status.LOST": "输单",
    "ApprovalRequest.status.PENDING": "待审批",
    "EventDelivery.status.PENDING": "等待处理",
    "Customer.path": "层级路径",
    "Attachment.path": "文件路径",
    "CurrencyRate.base": "基准货币",
    "RebateProgramme.base": "计提基数",
    "FundClaim.requestId": "申请",
    "ForecastSnapshot.takenAt": "快照时间",
}


def test_a_label_belongs_to_its_type_and_field() -> None:
    found = labels("zh_CN")
    assert {context: found[context] for context in HOMONYMS} == HOMONYMS


ENTITIES = sorted(COMPOSITION.entities.values(), key=lambda entity: entity.name)


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_what_a_write_is_refused_for_names_fields_by_their_labels(
    entity: EntityDefinition, locale: str
) -> None:
    for error in problems(entity):
        said, label = CATALOGUES.tell(error.message, locale), field_label(entity.name, str(error.field))
        assert CATALOGUES.name(label.context, label.english, locale) in said
        assert MACHINE_NAME.findall(said) == []


def problems(entity: EntityDefinition) -> Iterator[FieldError]:
    """What is wrong with a record without values, and with one whose values no column takes."""
    for values in ({}, {c.attribute: v for c in entity.columns.values() if (v := broken(c)) is not None}):
        yield from check_values(Change(entity.model(**values), "create", entity))


def broken(column: ColumnDefinition) -> Any:
    """A value that the column does not take; None where it takes all there are."""
    kind = column.mapped.type
    if column.choices:
        return "NONSENSE"
    if column.kind is date:
        return date(1, 1, 1)
    if isinstance(kind, sa.String) and column.kind is str:
        return "x" * 100_000 + "\0"
    if isinstance(kind, StringList):
        return ["\0"]
    if isinstance(kind, sa.Integer) and column.kind is int:
        return 2**70
    return Decimal(10) ** 60 if isinstance(kind, ExactDecimal) else None
