"""Customers with deals of every kind: gaps, ties, archived ones, and letters that are not ASCII."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import kehu
from tests.crm import Crm
from tests.deals import Deal, Line

ANN = uuid.UUID(int=1)
MUELLER, ZHOU, EMPTY = (uuid.UUID(int=i) for i in (11, 12, 13))
CUSTOMERS = {MUELLER: "Müller & Söhne", ZHOU: "周大福 100%", EMPTY: "Nobody's"}


def at(day: int) -> datetime:
    """Half past eleven at night, UTC, on that day of March; in Shanghai it is the next day."""
    return datetime(2026, 3, day, 23, 30, tzinfo=UTC)


def deals() -> list[Deal]:
    """The same deals each time, as new records."""
    made = [
        Deal(name="alpha", customer_id=MUELLER, stage="WON", amount=Decimal("100.1"), probability=100),
        Deal(name="Beta", customer_id=MUELLER, amount=Decimal("100.1"), probability=20, is_hot=True),
        Deal(name="gamma", customer_id=MUELLER, amount=None, probability=None, tags=["a", "Ünique"]),
        Deal(name="Ärger", customer_id=ZHOU, stage="LOST", amount=Decimal("-3.0001"), probability=0),
        Deal(name="50% off_", customer_id=ZHOU, amount=Decimal(0), probability=50, tags=["a"]),
        Deal(name="zz", customer_id=ZHOU, stage="WON", amount=Decimal("99999999999999.9999"), is_hot=True),
        Deal(name="gone", customer_id=ZHOU, amount=Decimal(7), archived_at=at(1)),
    ]
    for i, deal in enumerate(made):
        deal.id = uuid.UUID(int=101 + i)
        deal.owner_id = ANN if i % 2 else None
        deal.code = f"D-{i}" if i % 3 else None
        deal.closed_on = date(2026, 1 + i, 28) if deal.stage != "OPEN" else None
        deal.closed_at = at(28) if deal.stage == "WON" else None
    return made


def lines() -> list[Line]:
    """Positions of some of the deals."""
    return [
        Line(id=uuid.UUID(int=301), deal_id=uuid.UUID(int=101), text="paper", quantity=Decimal("2.5")),
        Line(id=uuid.UUID(int=302), deal_id=uuid.UUID(int=101), text="ink", quantity=Decimal(3)),
        Line(id=uuid.UUID(int=303), deal_id=uuid.UUID(int=102), text="ink", quantity=Decimal(1)),
    ]


async def found(crm: Crm) -> None:
    """Write the customers and their deals into an empty database."""
    await crm.store(kehu.User(id=ANN, name="Ann"))
    await crm.store(*(kehu.Customer(id=key, name=name) for key, name in CUSTOMERS.items()))
    await crm.store(*deals())
    await crm.store(*lines())
