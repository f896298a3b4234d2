"""A plugin as its author would write it, small enough to compute by hand what kehu must answer."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped

import kehu


class Base(kehu.Model, DeclarativeBase):
    """The tables of this plugin."""


class Deal(kehu.Owned, Base):
    """Something that a customer may buy."""

    __tablename__ = "deals_deal"
    customer_id: Mapped[uuid.UUID] = kehu.ref(kehu.Customer)
    name: Mapped[str] = kehu.column(sa.String(40))
    code: Mapped[str | None] = kehu.column(sa.String(20), unique=True)
    stage: Mapped[str] = kehu.choice("OPEN", "WON", "LOST", default="OPEN")
    amount: Mapped[Decimal | None] = kehu.column()
    margin: Mapped[Decimal | None] = kehu.column(read="deals.margin:read", write="deals.margin:write")
    probability: Mapped[int | None] = kehu.column()
    is_hot: Mapped[bool] = kehu.column(default=False)
    tags: Mapped[list[str]] = kehu.column(default=list)
    closed_on: Mapped[date | None] = kehu.column()
    closed_at: Mapped[datetime | None] = kehu.column()


class Line(kehu.Entity, Base):
    """One position of a deal; as visible as the deal."""

    __tablename__ = "deals_line"
    deal_id: Mapped[uuid.UUID] = kehu.ref(Deal)
    text: Mapped[str] = kehu.column(sa.String(40))
    quantity: Mapped[Decimal] = kehu.column(default=Decimal(1))
    price: Mapped[Decimal] = kehu.column(default=Decimal(0))


plugin = kehu.Plugin("deals", requires=["core"])

deal = plugin.resource(Deal, default_order=[Deal.created_at.desc()])
line = plugin.resource(Line, row_scope=Line.deal_id, default_order=[Line.text])
plugin.relation(kehu.Customer, "deals", Deal.customer_id)
plugin.relation(Deal, "lines", Line.deal_id)


@plugin.sql_field(kehu.Customer)
def open_amount(customer: type[kehu.Customer]) -> sa.ColumnElement[Decimal | None]:
    """What the open deals are worth together; null without one that has an amount."""
    worth = sa.select(sa.func.sum(Deal.amount)).where(Deal.customer_id == customer.id, Deal.stage == "OPEN")
    return worth.scalar_subquery()


@plugin.batch_field(kehu.Customer)
async def won_deals(customers: Sequence[kehu.Customer], ctx: kehu.Context) -> Sequence[int]:
    """How many deals were won."""
    keys = [customer.id for customer in customers]
    rows = await ctx.session.execute(
        sa.select(Deal.customer_id, sa.func.count())
        .where(Deal.stage == "WON", Deal.customer_id.in_(keys))
        .group_by(Deal.customer_id)
    )
    counts = {row[0]: row[1] for row in rows}
    return [counts.get(key, 0) for key in keys]


@deal.field
def title(deal: Deal, prefix: str = "") -> str:
    """The name with something before it."""
    return f"{prefix}{deal.name}"


@deal.action
async def win(deal: Deal, ctx: kehu.Context) -> None:
    """Close as won."""
    if deal.stage != "OPEN":
        raise kehu.veto(f"{deal.name} is closed.", field=Deal.stage, code="DEAL_CLOSED")
    deal.stage, deal.closed_at = "WON", ctx.now()
