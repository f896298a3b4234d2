"""Sell-out: what partners report to have sold from their locations, and what of a report cannot be."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import kehu


class NoPartnerStock(kehu.Refusal):
    """Only what a partner keeps is sold out and counted by the partner."""

    code = "NO_PARTNER_STOCK"


class AlreadyReported(kehu.Refusal):
    """The same file was taken before; a second time it would sell the same goods again."""

    code = "ALREADY_REPORTED"


class UnreadableFile(kehu.Refusal):
    """The file has no lines, or no columns that say what was sold and how much."""

    code = "UNREADABLE_FILE"


@dataclasses.dataclass(frozen=True, slots=True)
class PartnerStockLine:
    """What is left of a product at a partner's location, all lots together."""

    product: kehu.Product
    on_hand: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with a row of a file: `row` as a spreadsheet numbers it, so that the first after the names is 2."""

    row: int
    column: str
    code: str
    message: str


@dataclasses.dataclass(frozen=True, slots=True)
class SellOutFile:
    """What became of a file: all its rows were taken, or none, and `errors` says why."""

    rows: int
    taken: int
    errors: list[RowError]
    stock: list[PartnerStockLine]
