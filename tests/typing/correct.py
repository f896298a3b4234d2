"""A plugin that uses everything an author handles, once: neither mypy nor pyright, both strict, finds fault."""

from __future__ import annotations

import enum
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol, assert_type

import click
import pydantic
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped

import kehu


# --- entities ---
class Base(kehu.Model, DeclarativeBase):
    """The declarative base of this plugin."""


class VisitPurpose(enum.Enum):
    """Why we go there."""

    SALE = "SALE"
    SERVICE = "SERVICE"


class VisitConfirmedTwice(kehu.Refusal):
    """A visit is confirmed once."""

    code = "VISIT_CONFIRMED_TWICE"


class Visit(kehu.Owned, Base):
    """A visit to a customer."""

    __tablename__ = "visits_visit"

    customer_id: Mapped[uuid.UUID] = kehu.ref(kehu.Customer, ondelete="CASCADE", doc="Whom we visit.")
    interaction_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Interaction, index=False)
    title: Mapped[str] = kehu.column(sa.String(200), doc="What it is about.")
    kind: Mapped[str] = kehu.choice("OFFICE", "SITE", default="OFFICE", update=False)
    purpose: Mapped[VisitPurpose] = kehu.column(default=VisitPurpose.SALE, index=True)
    cost: Mapped[Decimal | None] = kehu.column(read="visits.cost:read", write="visits.cost:write")
    on: Mapped[date] = kehu.column(name="visit_on", filter=True, order=True)
    confirmed_at: Mapped[datetime | None] = kehu.column(create=False, update=False)
    secret: Mapped[str | None] = kehu.column(expose=False, audit=False, nullable=True)

    def confirm(self, *, at: datetime) -> None:
        """Note that the customer expects us. Raises VisitConfirmedTwice."""
        if self.confirmed_at is not None:
            raise VisitConfirmedTwice(f"{self.title} is confirmed already.", field=Visit.confirmed_at)
        self.confirmed_at = at


class Stop(kehu.Entity, Base):
    """A place on the way to a visit."""

    __tablename__ = "visits_stop"

    visit_id: Mapped[uuid.UUID] = kehu.ref(Visit)
    place: Mapped[str] = kehu.column(sa.String(100))


plugin = kehu.Plugin("visits", requires=["core"], version="1.2")
visit = plugin.resource(
    Visit,
    plural_name="Visits",
    default_order=[Visit.on.desc(), Visit.title],
    description="Visits to customers.",
)
plugin.resource(Stop, operations=["list", "get", "create"], row_scope=Stop.visit_id)
plugin.table(sa.Table("visits_tally", Base.metadata, sa.Column("visits", sa.Integer)))

plugin.relation(kehu.Customer, "visits", Visit.customer_id, description="Visits to the customer.")
plugin.relation(kehu.Interaction, "visits", Visit.interaction_id, read="visits.visit:read")
plugin.relation(Visit, "stops", Stop.visit_id)
plugin.add_choice(Visit.kind, "HOME")

region = plugin.custom_field(
    kehu.Customer, "visits_region", str, required=True, description="Where we drive to."
)
distance_km = plugin.custom_field(kehu.Customer, "visits_distance_km", Decimal, default=Decimal(0))
favourite = plugin.custom_field(
    kehu.Customer, "visits_favourite", VisitPurpose, choices=[VisitPurpose.SALE, VisitPurpose.SERVICE]
)
seen_on = plugin.custom_field(kehu.Contact, "visits_seen_on", date)
is_key = plugin.custom_field(kehu.Contact, "visits_is_key", bool, default=False)


# --- interfaces ---
@plugin.interface
class Scheduled(Protocol):
    """Whatever stands in a calendar."""

    @property
    def title(self) -> str:
        """What it is."""
        ...

    @property
    def due(self) -> datetime | None:
        """When it must be done."""
        ...


plugin.implement(Visit, Scheduled, due=lambda visit: visit.confirmed_at)
plugin.implement(kehu.Interaction, Scheduled, title=lambda i: i.subject, due=lambda i: i.due_at)


# --- fields ---
GONE_SOON = kehu.Deprecation("Use name.", since=date(2026, 1, 1), until=date(2026, 7, 1))


@plugin.field(kehu.Customer, name="visits_greeting", deprecated=GONE_SOON)
def greeting(customer: kehu.Customer, polite: bool = True) -> str:
    """How we greet the customer."""
    return f"Dear {customer.name}" if polite else f"Hi {customer.short_name or customer.name}"


@visit.field
def is_confirmed(visit: Visit) -> bool:
    """The customer expects us."""
    return visit.confirmed_at is not None


@plugin.field(kehu.Customer, read="visits.visit:read")
async def site_visits(customer: kehu.Customer, visits: kehu.ListOf[Visit]) -> kehu.Connection[Visit]:
    """Visits to the customer's sites."""
    return await visits.fetch(Visit.customer_id == customer.id, Visit.kind == "SITE")


@plugin.batch_field(kehu.Customer)
async def last_visit_on(customers: Sequence[kehu.Customer], ctx: kehu.Context) -> Sequence[date | None]:
    """When we were there last."""
    keys = [customer.id for customer in customers]
    last = sa.select(Visit.customer_id, sa.func.max(Visit.on)).group_by(Visit.customer_id)
    rows = await ctx.session.execute(last.where(Visit.customer_id.in_(keys)))
    found = dict(rows.tuples().all())
    return [found.get(key) for key in keys]


@visit.batch_field
async def stop_count(visits: Sequence[Visit], ctx: kehu.Context) -> list[int]:
    """How many stops there are on the way."""
    stops = await ctx.session.scalars(
        sa.select(Stop).where(Stop.visit_id.in_([visit.id for visit in visits]))
    )
    ids = [stop.visit_id for stop in stops]
    return [ids.count(visit.id) for visit in visits]


@plugin.sql_field(kehu.Customer)
def visit_count(customer: type[kehu.Customer]) -> sa.ColumnElement[int]:
    """How many visits there were."""
    count = sa.select(sa.func.count(Visit.id)).where(Visit.customer_id == customer.id)
    return count.scalar_subquery()


@plugin.sql_field(kehu.Customer, name="visits_cost")
def total_cost(customer: type[kehu.Customer]) -> sa.ColumnElement[Decimal | None]:
    """What the visits cost in all."""
    return sa.select(sa.func.sum(Visit.cost)).where(Visit.customer_id == customer.id).scalar_subquery()


@visit.sql_field
def is_far(visit: type[Visit]) -> sa.ColumnElement[bool]:
    """The customer is more than 100 km away."""
    far = sa.select(kehu.Customer.id).where(distance_km.on(kehu.Customer) > 100)
    return visit.customer_id.in_(far)


# --- verbs ---
@visit.action
async def confirm(visit: Visit, ctx: kehu.Context, note: str | None = None) -> None:
    """Confirm the visit."""
    visit.confirm(at=ctx.now())
    if note:
        visit.title = f"{visit.title} ({note})"


@plugin.action(Visit, name="copy", permission="visits.visit:create")
async def duplicate(
    visit: Visit, ctx: kehu.Context, on: date, customer: kehu.Customer | None = None
) -> Visit:
    """Plan the same visit again, there or at another customer."""
    copied = Visit(title=visit.title, customer_id=customer.id if customer else visit.customer_id, on=on)
    return ctx.add(copied)


@plugin.query(permission="visits.visit:read")
async def visits_between(
    visits: kehu.ListOf[Visit], start: date, end: date | None = None
) -> kehu.Connection[Visit]:
    """Visits from one day to another."""
    conditions = [Visit.on >= start] if end is None else [Visit.on >= start, Visit.on <= end]
    return await visits.fetch(*conditions)


@plugin.query(public=True)
def visits_motto() -> str:
    """What we say to everybody."""
    return "Call before you drive."


@plugin.mutation(name="visits_plan")
async def plan(ctx: kehu.Context, customer: kehu.Customer, on: date) -> Visit:
    """Plan a first visit, and make the customer known as one we visit."""
    ctx.require("visits.visit:create")
    region.set(customer, region.get(customer) or "unknown")
    planned = ctx.add(Visit(title=f"First visit to {customer.name}", customer_id=customer.id, on=on))
    await ctx.flush()
    return planned


@plugin.subscription(permission="visits.visit:read")
async def visit_confirmed(ctx: kehu.Context) -> AsyncIterator[Visit]:
    """Each visit that is confirmed from now on."""
    async for news in ctx.app.broker.listen(Visit):
        found = await ctx.find(Visit, news.key)
        if found is not None and "confirmed_at" in news.changed:
            yield found


# --- hooks ---
@visit.before_write
async def check_visit(ctx: kehu.Context, change: kehu.Change[Visit]) -> None:
    """A visit is not planned into the past, and stays with its customer."""
    if change.creating and change.obj.on < ctx.today():
        change.error("Choose a day to come.", field=Visit.on, code="VISIT_IN_THE_PAST")
    before = change.old(Visit.customer_id)
    assert_type(before, uuid.UUID | None)
    assert_type(change.old(Visit.cost), Decimal | None)
    assert_type(change.obj, Visit)
    if change.touches(Visit.customer_id) and before is not None:
        raise kehu.veto("A visit stays with its customer.", field=Visit.customer_id)


@plugin.before_write(kehu.Customer)
def check_customer(ctx: kehu.Context, change: kehu.Change[kehu.Customer]) -> None:
    """The distance is not negative."""
    distance = distance_km.get(change.obj)
    assert_type(distance, Decimal | None)
    assert_type(favourite.get(change.obj), VisitPurpose | None)
    assert_type(region.on(kehu.Customer), sa.ColumnElement[str])
    if change.touches(distance_km) and distance is not None and distance < 0:
        change.error("No place is nearer than here.", field=distance_km)
    with change.noting(field=region):
        ctx.require_signed_in()


@visit.after_write
async def count_stops(ctx: kehu.Context, change: kehu.Change[Visit]) -> None:
    """A new visit begins at the office."""
    if change.creating:
        ctx.add(Stop(visit_id=change.obj.id, place="Office"))


@plugin.after_commit(Visit)
async def tell(ctx: kehu.Context, change: kehu.Change[Visit]) -> None:
    """Tell somebody."""
    click.echo(f"{ctx.principal}: {change.op} {change.obj.title}")


class OfficeHours:
    """Hooks that have no decorator of their own."""

    @kehu.hookimpl(trylast=True)
    def kehu_row_scope(
        self, ctx: kehu.Context, model: type[Any], entity: Any
    ) -> sa.ColumnElement[bool] | None:
        """Hide visits to nobody."""
        return Visit.customer_id.is_not(None) if model is Visit and not ctx.can("visits.all:read") else None

    @kehu.hookimpl
    async def kehu_start(self, app: kehu.App) -> None:
        """Take the App along."""
        self.app = app


plugin.hookimpl(OfficeHours())


# --- events, jobs, the rest ---
@plugin.event
@dataclass(frozen=True)
class VisitConfirmed:
    """A customer expects us."""

    visit_id: uuid.UUID


@plugin.on(VisitConfirmed)
async def remember(ctx: kehu.Context, event: VisitConfirmed) -> None:
    """Note the day at the customer."""
    confirmed = await ctx.get(Visit, event.visit_id)
    customer = await ctx.find(kehu.Customer, confirmed.customer_id)
    if customer is not None:
        async with ctx.write():
            distance_km.set(customer, Decimal("1.5"))


@plugin.job(schedule="0 6 * * *", timeout_seconds=60)
async def remind(ctx: kehu.Context, days_ahead: int = 0) -> None:
    """Remind everybody of the visits of a day."""
    day = ctx.today() + timedelta(days=days_ahead)
    for due in await ctx.session.scalars(sa.select(Visit).where(Visit.on == day)):
        click.echo(due.title)


async def calls_what_it_declared(ctx: kehu.Context, visit: Visit) -> None:
    """Decorated functions stay what they are: other code calls them, and checkers know what they give."""
    assert_type(is_confirmed(visit), bool)
    assert_type(await stop_count([visit], ctx), Sequence[int])
    assert_type(visit_count(kehu.Customer), sa.SQLColumnExpression[int])
    assert_type(await duplicate(visit, ctx, on=ctx.today()), Visit)
    assert_type(visits_motto(), str)
    await confirm(visit, ctx, note="on the phone")
    async with ctx.write():
        await ctx.enqueue(remind, {"days_ahead": 1}, key="visits", run_at=ctx.now())


@plugin.settings
class VisitSettings(pydantic.BaseModel):
    """Settings of this plugin."""

    longest_km: int = 500


@click.command()
@click.option("--day", required=True)
def route(day: str) -> None:
    """Print a day's route."""
    click.echo(day)


plugin.command(route, group="visits")
see_costs: str = plugin.permission("cost:read", "See what a visit costs")
plugin.grant("Salesperson", visit="read:TEAM create update:OWN")


@plugin.when("sfa")
def with_sfa(plugin: kehu.Plugin) -> None:
    """Visits of an opportunity, where there are opportunities."""
    from kehu_sfa import Opportunity  # noqa: PLC0415  # only there when sfa is

    @plugin.field(Opportunity)
    async def visits(opportunity: Opportunity, visits: kehu.ListOf[Visit]) -> kehu.Connection[Visit]:
        """Visits to the customer of the deal."""
        return await visits.fetch(Visit.customer_id == opportunity.customer_id)
