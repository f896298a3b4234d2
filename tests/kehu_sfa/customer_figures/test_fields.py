"""What sales knows of a customer, through the API, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import kehu
from kehu_graphql import Api
from tests.kehu.factories import saved
from tests.kehu_sfa.factories import Stages, saved_opportunity

FIELDS = """{ customers(orderBy: [{field: LAST_CONTACT_AT, direction: DESC}]) { nodes {
  name lastContactAt nextStepAt
  wonAmount { currency amount count }
  thisYear: wonAmount(closedFrom: "2026-01-01") { amount }
  winRate { won lost percent }
} }
quiet: customers(filter: {lastContactAt: {isNull: true}}) { totalCount } }"""


async def test_a_customer_knows_contact_next_step_and_what_was_won(app: kehu.App, stages: Stages) -> None:
    customer = await saved(app, kehu.Customer(name="Nord"))
    await saved(app, kehu.Customer(name="Quiet"))
    for day in (1, 2):
        at = datetime(2026, 3, day, 9, tzinfo=UTC)
        await saved(app, call(customer, status=kehu.InteractionStatus.DONE, started_at=at, ended_at=at))
        await saved(app, call(customer, planned_for=datetime(2026, 3, day + 4, tzinfo=UTC)))
    for amount, currency, closed_on in (
        (10, "EUR", "2025-12-31"),
        (20, "EUR", "2026-01-01"),
        (5, "USD", "2025-01-01"),
    ):
        await saved_opportunity(
            app,
            stages.won,
            customer_id=customer.id,
            amount=Decimal(amount),
            currency=currency,
            closed_on=date.fromisoformat(closed_on),
        )
    await saved_opportunity(
        app, stages.lost, customer_id=customer.id, lost_reason="PRICE", closed_on=date(2026, 2, 1)
    )

    data = (await Api(app).execute(FIELDS))["data"]

    nord = {
        "name": "Nord",
        "lastContactAt": "2026-03-02T09:00:00Z",
        "nextStepAt": "2026-03-05T00:00:00Z",
        "wonAmount": [
            {"currency": "EUR", "amount": "30", "count": 2},
            {"currency": "USD", "amount": "5", "count": 1},
        ],
        "thisYear": [{"amount": "20"}],
        "winRate": {"won": 3, "lost": 1, "percent": "75"},
    }
    nothing = {"won": 0, "lost": 0, "percent": None}
    quiet: dict[str, object] = {
        "name": "Quiet",
        "lastContactAt": None,
        "nextStepAt": None,
        "wonAmount": [],
        "thisYear": [],
    }
    assert data["customers"]["nodes"] == [nord, {**quiet, "winRate": nothing}]
    assert data["quiet"] == {"totalCount": 1}


def call(customer: kehu.Customer, **values: object) -> kehu.Interaction:
    return kehu.Interaction(
        **{"kind": "CALL", "direction": "OUT", "subject": "Call", "customer_id": customer.id, **values}
    )
