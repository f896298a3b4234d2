"""What quotes and orders have in common: lines with prices, discounts and tax, and what they come to."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr

import kehu
from kehu.kernel.currencies import is_currency
from kehu.kernel.model import ExactDecimal
from kehu_sfa.money.models import TaxRate
from kehu_sfa.money.rounding import HUNDRED, ZERO
from kehu_sfa.money.totals import LineAmounts, Position, TaxMode, TaxRounding, Terms, reckon
from kehu_sfa.sfa_base import set_by_a_rule

PERCENT = ExactDecimal(7, 4)
MARGIN = "sfa.margin:read"


def stored_quantity(quantity: Decimal) -> Decimal:
    """A quantity as a line has it, with four places."""
    return ExactDecimal().quantise(quantity)


class ImpossibleLine(kehu.Refusal):
    """A quantity, price, discount or tax that cannot be."""

    code = "OUT_OF_RANGE"


class NoPrice(kehu.Refusal):
    """Nobody says what one unit costs: neither the line nor the price list."""

    code = "NO_PRICE"


class ImpossibleDiscount(kehu.Refusal):
    """A discount on the total is a percentage or an amount, and not more than the whole."""

    code = "IMPOSSIBLE_DISCOUNT"


class UnknownCurrency(kehu.Refusal):
    """Amounts have an ISO 4217 currency."""

    code = "UNKNOWN_CURRENCY"


class PricedLine:
    """Mixin of a line: what is sold, at which price, and what that comes to."""

    position: Mapped[int] = kehu.column(doc="Where the line stands, from 1.")
    description: Mapped[str] = kehu.column(sa.String(1000), multiline=True, doc="What the buyer reads.")
    quantity: Mapped[Decimal] = kehu.column(doc="How many units; above zero.")
    unit: Mapped[str] = kehu.column(sa.String(20), doc="What is counted: piece, kg, hour.")
    unit_price: Mapped[Decimal] = kehu.column(
        money="document.currency", rounded=False, doc="What one unit costs before discounts."
    )
    list_price: Mapped[Decimal | None] = kehu.column(
        money="document.currency", rounded=False, doc="What the price list said; none where it had none."
    )
    discount_percent: Mapped[Decimal] = kehu.column(PERCENT, doc="What is taken off this line, 0 to 100.")
    tax_percent: Mapped[Decimal] = kehu.column(PERCENT, doc="How much tax there is on it, 0 to 100.")
    unit_cost: Mapped[Decimal | None] = kehu.column(
        money="document.currency", rounded=False, read=MARGIN, doc="What one unit costs us, if known."
    )
    gross_amount: Mapped[Decimal] = kehu.column(money="document.currency", doc="Quantity times price.")
    discount_amount: Mapped[Decimal] = kehu.column(
        money="document.currency", doc="What the line's own discount takes off."
    )
    total_discount_amount: Mapped[Decimal] = kehu.column(
        money="document.currency", doc="Its part of the discount on the total."
    )
    net_amount: Mapped[Decimal] = kehu.column(money="document.currency", doc="What is left before tax.")
    tax_amount: Mapped[Decimal] = kehu.column(money="document.currency", doc="The tax on that.")
    margin_amount: Mapped[Decimal | None] = kehu.column(
        money="document.currency", read=MARGIN, doc="Net less the cost, if known."
    )

    @declared_attr
    def product_id(cls) -> Mapped[uuid.UUID | None]:  # noqa: N805  # declared_attr gets the class
        """Which product."""
        return kehu.ref(kehu.Product, doc="Which product; none for something else.")

    @declared_attr
    def tax_rate_id(cls) -> Mapped[uuid.UUID | None]:  # noqa: N805  # declared_attr gets the class
        """By which rate it is taxed."""
        return kehu.ref(TaxRate, doc="By which rate it is taxed; none for no tax.")

    def check(self) -> None:
        """Raise ImpossibleLine for a quantity, price, discount or cost that cannot be."""
        if stored_quantity(self.quantity) <= 0:
            raise self._impossible(kehu.text("A quantity is above zero."), "quantity")
        if self.unit_price < 0:
            raise self._impossible(kehu.text("A price is not below zero."), "unit_price")
        if not 0 <= self.discount_percent <= HUNDRED:
            raise self._impossible(kehu.text("A discount is 0 to 100 percent."), "discount_percent")
        if self.unit_cost is not None and self.unit_cost < 0:
            raise self._impossible(kehu.text("A cost is not below zero."), "unit_cost")

    def as_position(self) -> Position:
        """The line as the reckoning sees it."""
        return Position(
            quantity=self.quantity,
            unit_price=self.unit_price,
            discount_percent=self.discount_percent,
            tax_percent=self.tax_percent,
            list_price=self.list_price,
            unit_cost=self.unit_cost,
        )

    def take(self, amounts: LineAmounts) -> None:
        """Set what the line comes to."""
        self.gross_amount, self.discount_amount = amounts.gross, amounts.line_discount
        self.total_discount_amount = amounts.share_of_discount
        self.net_amount, self.tax_amount = amounts.net, amounts.tax
        self.margin_amount = amounts.margin

    def terms(self) -> dict[str, Any]:
        """What is agreed in the line, by column, for a copy of it elsewhere."""
        return {name: getattr(self, name) for name in _COPIED}

    def _impossible(self, message: str, column: str) -> ImpossibleLine:
        return ImpossibleLine(message, field=column)


class Priced:
    """Mixin of a document with lines: how it is reckoned, and what it comes to."""

    currency: Mapped[str] = kehu.column(
        sa.String(3), default=set_by_a_rule, doc="ISO 4217 code of all amounts; that of the price list."
    )
    tax_mode: Mapped[TaxMode] = kehu.column(default=TaxMode.ADDED, doc="Whether prices have tax in them.")
    tax_rounding: Mapped[TaxRounding] = kehu.column(
        default=TaxRounding.PER_LINE, doc="Whether tax is rounded by line or once for each rate."
    )
    discount_percent: Mapped[Decimal | None] = kehu.column(PERCENT, doc="A discount on the total, 0 to 100.")
    discount_amount: Mapped[Decimal | None] = kehu.column(
        money="currency", doc="Or an amount that is taken off the total."
    )
    subtotal_amount: Mapped[Decimal] = kehu.column(
        money="currency", default=ZERO, create=False, update=False, doc="The sum of the lines before that."
    )
    total_discount_amount: Mapped[Decimal] = kehu.column(
        money="currency",
        default=ZERO,
        create=False,
        update=False,
        doc="What the discount on the total takes off.",
    )
    net_amount: Mapped[Decimal] = kehu.column(
        money="currency", default=ZERO, create=False, update=False, doc="What is left before tax."
    )
    tax_amount: Mapped[Decimal] = kehu.column(
        money="currency", default=ZERO, create=False, update=False, doc="The tax on that."
    )
    total_amount: Mapped[Decimal] = kehu.column(
        money="currency", default=ZERO, create=False, update=False, doc="What the customer pays."
    )
    conceded_percent: Mapped[Decimal] = kehu.column(
        PERCENT,
        default=ZERO,
        create=False,
        update=False,
        doc="What all discounts together take off the price of the list.",
    )
    margin_amount: Mapped[Decimal | None] = kehu.column(
        money="currency",
        create=False,
        update=False,
        read=MARGIN,
        doc="Net less the cost; none while a cost is unknown.",
    )
    margin_percent: Mapped[Decimal | None] = kehu.column(
        ExactDecimal(18, 4), create=False, update=False, read=MARGIN, doc="The margin in percent of net."
    )

    @property
    def reckoning(self) -> Terms:
        """How the lines are reckoned."""
        return Terms(
            self.currency, self.tax_mode, self.tax_rounding, self.discount_percent, self.discount_amount
        )

    def reckon(self, lines: Sequence[PricedLine]) -> None:
        """Set all amounts, of the lines too. Raises ImpossibleLine, ImpossibleDiscount, UnknownCurrency."""
        self._check_terms()
        for line in lines:
            line.check()
        if not lines:
            self._take_nothing()
            return
        try:
            totals = reckon([line.as_position() for line in lines], self.reckoning)
        except ValueError as error:
            message = kehu.text("A discount is not more than the whole.")
            raise ImpossibleDiscount(message, field="discount_amount") from error
        for line, amounts in zip(lines, totals.lines, strict=True):
            line.take(amounts)
        self.subtotal_amount, self.total_discount_amount = totals.subtotal, totals.discount
        self.net_amount, self.tax_amount, self.total_amount = totals.net, totals.tax, totals.total
        self.conceded_percent = totals.conceded_percent
        self.margin_amount, self.margin_percent = totals.margin, totals.margin_percent

    def _take_nothing(self) -> None:
        self.subtotal_amount = self.total_discount_amount = ZERO
        self.net_amount = self.tax_amount = self.total_amount = self.conceded_percent = ZERO
        self.margin_amount = self.margin_percent = None

    def _check_terms(self) -> None:
        if not is_currency(self.currency):
            message = kehu.text("{code} is not an ISO 4217 currency, such as EUR.", code=self.currency)
            raise UnknownCurrency(message, field="currency")
        percent, amount = self.discount_percent, self.discount_amount
        if percent is not None and amount is not None:
            message = kehu.text("A discount on the total is a percentage or an amount, not both.")
            raise ImpossibleDiscount(message, field="discount_amount")
        if percent is not None and not 0 <= percent <= HUNDRED:
            message = kehu.text("A discount is 0 to 100 percent.")
            raise ImpossibleDiscount(message, field="discount_percent")
        if amount is not None and amount < 0:
            message = kehu.text("A discount is not below zero.")
            raise ImpossibleDiscount(message, field="discount_amount")

    def priced_terms(self) -> dict[str, Any]:
        """How it is reckoned, by column, for a copy of it elsewhere."""
        names = ("currency", "tax_mode", "tax_rounding", "discount_percent", "discount_amount")
        return {name: getattr(self, name) for name in names}


_COPIED = (
    *("position", "product_id", "description", "quantity", "unit", "unit_price", "list_price"),
    *("discount_percent", "tax_rate_id", "tax_percent", "unit_cost"),
)
