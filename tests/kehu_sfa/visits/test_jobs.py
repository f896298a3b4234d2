"""Visit plans become visits, and visits a route; on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

import kehu
from kehu_sfa import VisitPlan, VisitSlot
from kehu_sfa.visits.jobs import plan_visits
from tests.crm import reasons
from tests.kehu.business.calendars.factories import saved_calendar
from tests.kehu.factories import changed, make_user, refused, saved
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import Stages, saved_opportunity
from tests.kehu_sfa.leads.factories import ask


async def visits(app: kehu.App) -> list[tuple[str, datetime | None]]:
    found = sa.select(kehu.Interaction).where(kehu.Interaction.kind == "VISIT")
    async with app.context() as ctx:
        rows = await ctx.session.scalars(found.order_by(kehu.Interaction.planned_for))
        return [(row.subject, row.planned_for) for row in rows]


async def run(app: kehu.App) -> None:
    async with app.context() as ctx:
        await plan_visits(ctx)


async def test_a_slot_is_planned_once_at_opening_time(app: kehu.App, clock: Clock) -> None:
    await saved_calendar(app, time_zone="Asia/Shanghai")
    customer = await saved(app, kehu.Customer(name="Acme", owner_id=(await make_user(app)).id))
    await saved(
        app, VisitPlan(name="Care", customer_id=customer.id, interval_weeks=2, starts_on=date(2026, 3, 4))
    )

    await run(app)
    await run(app)
    assert await visits(app) == [
        ("Care", datetime(2026, 3, 4, 1, tzinfo=UTC)),
        ("Care", datetime(2026, 3, 18, 1, tzinfo=UTC)),
    ]

    clock.advance(days=14)
    await run(app)
    assert [at for _, at in await visits(app)][2:] == [datetime(2026, 4, 1, 1, tzinfo=UTC)]


async def test_a_visit_that_was_cancelled_is_not_planned_again(app: kehu.App) -> None:
    customer = await saved(app, kehu.Customer(name="Acme"))
    plan = VisitPlan(name="Care", customer_id=customer.id, interval_weeks=4, starts_on=date(2026, 3, 4))
    await saved(app, plan)
    await run(app)
    async with app.context() as ctx, ctx.write():
        [slot] = await ctx.session.scalars(sa.select(VisitSlot))
        await ctx.archive(await ctx.get(kehu.Interaction, slot.interaction_id or plan.id))

    await run(app)

    assert len(await visits(app)) == 1


async def test_a_plan_for_a_class_visits_the_customers_of_that_class(
    app: kehu.App, stages: Stages, clock: Clock
) -> None:
    good, costly = [await saved(app, kehu.Customer(name=name)) for name in ("Good", "Costly")]
    for customer, amount, hours in ((good, 9000, 1), (costly, 1000, 9)):
        await saved_opportunity(
            app, stages.won, customer_id=customer.id, amount=Decimal(amount), currency="EUR"
        )
        await saved(
            app,
            kehu.Interaction(
                customer_id=customer.id,
                subject="Talk",
                status=kehu.InteractionStatus.DONE,
                started_at=clock.now - timedelta(hours=hours),
                ended_at=clock.now,
            ),
        )
    await saved(app, VisitPlan(name="A", customer_class="A", interval_weeks=4, starts_on=date(2026, 3, 2)))

    await run(app)

    async with app.context() as ctx:
        planned = (await ctx.session.scalars(sa.select(VisitSlot.customer_id))).all()
    assert set(planned) == {good.id}
    shown = await ask(
        app, "{ customers { nodes { name serviceCost { revenue hours revenuePerHour customerClass } } } }"
    )
    assert [(one["name"], *one["serviceCost"].values()) for one in shown["customers"]["nodes"]] == [
        ("Costly", "1000", "9", "111.11", "C"),
        ("Good", "9000", "1", "9000", "A"),
    ]


async def test_a_plan_out_of_use_plans_nothing(app: kehu.App) -> None:
    customer = await saved(app, kehu.Customer(name="Acme"))
    plan = await saved(
        app, VisitPlan(name="Care", customer_id=customer.id, interval_weeks=1, starts_on=date(2026, 3, 4))
    )
    await changed(app, plan, is_active=False)

    await run(app)

    assert await visits(app) == []


async def test_a_plan_is_for_a_class_or_a_customer_and_a_week_at_least(app: kehu.App) -> None:
    plan = VisitPlan(name="Care", interval_weeks=0, starts_on=date(2026, 3, 2))

    assert reasons(await refused(app, plan)) == [
        ("REQUIRED", "customerClass", "sfa"),
        ("OUT_OF_RANGE", "intervalWeeks", "sfa"),
    ]


ROUTE = '{ routeSheet(on: "2026-03-04") { position city district customer { name } address { postcode } } }'


async def test_a_route_goes_from_place_to_place(app: kehu.App) -> None:
    ann = await make_user(app)
    places = {
        "North": ("Zürich", "Oerlikon", "8050"),
        "Bern": ("Bern", None, "3004"),
        "West": ("Zürich", "Altstetten", "8048"),
        "Nowhere": None,
    }
    for hour, (name, place) in enumerate(places.items()):
        customer = await saved(app, kehu.Customer(name=name))
        if place:
            city, district, postcode = place
            where = {"city": city, "district": district, "postcode": postcode}
            await saved(app, kehu.Address(customer_id=customer.id, lines="Street 1", country="CH", **where))
        await saved(
            app,
            kehu.Interaction(
                customer_id=customer.id,
                kind="VISIT",
                subject="Visit",
                owner_id=ann.id,
                planned_for=datetime(2026, 3, 4, 8 + hour, tzinfo=UTC),
            ),
        )

    me = kehu.Principal(ann.id, "Ann", grants={"*": kehu.Level.ALL})
    route = (await ask(app, ROUTE, to=me))["routeSheet"]

    assert [(stop["position"], stop["customer"]["name"], stop["district"]) for stop in route] == [
        (1, "Bern", None),
        (2, "West", "Altstetten"),
        (3, "North", "Oerlikon"),
        (4, "Nowhere", None),
    ]
    assert (await ask(app, ROUTE))["routeSheet"] == []
