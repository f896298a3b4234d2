"""Mistakes that plugin authors make. mypy and pyright, both strict, find exactly the marked lines.

A marker names mypy's code and pyright's rule. Where pyright meets a type it does not know because of the
mistake, it says so too; those rules (FOLLOW_UPS in test_typing.py) have no marker.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped

import kehu
from kehu import Customer


class Base(kehu.Model, DeclarativeBase):
    """The declarative base of this plugin."""


class NotMapped:
    """Any class."""


# --- entities ---
class Visit(kehu.Owned, Base):
    """A visit to a customer."""

    __tablename__ = "mistaken_visit"

    customer_id: Mapped[uuid.UUID] = kehu.ref(Customer)
    contact_id: Mapped[uuid.UUID | None] = kehu.ref("core_contact.id")  # E: arg-type / reportArgumentType
    place_id: Mapped[uuid.UUID | None] = kehu.ref(NotMapped)  # E: arg-type / reportArgumentType
    title: Mapped[str] = kehu.column(expos=False)  # E: call-arg / reportCallIssue
    kind: Mapped[str] = kehu.choice("OFFICE", 2)  # E: arg-type / reportArgumentType
    mood: Mapped[str] = kehu.choice("GOOD", "BAD", defualt="GOOD")  # E: call-arg / reportCallIssue
    cost: Mapped[Decimal | None] = kehu.column(read=True)  # E: arg-type / reportArgumentType
    on: Mapped[date] = kehu.column(index="yes")  # E: arg-type / reportArgumentType
    note: Mapped[str | None] = kehu.column("note")  # E: arg-type / reportArgumentType


plugin = kehu.Plugin("mistaken", requires=["core"])
visit = plugin.resource(Visit)
plugin.resource(NotMapped)  # E: type-var / reportArgumentType
plugin.resource(Visit, operations=["list", "remove"])  # E: list-item / reportArgumentType
plugin.resource(Visit, row_scope="own")  # E: arg-type / reportArgumentType
plugin.resource(Visit, default_order=["title"])  # E: list-item / reportArgumentType
plugin.relation(Customer, "visits", "customer_id")  # E: arg-type / reportArgumentType
plugin.relation(Customer, "visits", Visit.title)  # E: arg-type / reportArgumentType
plugin.relation(NotMapped, "visits", Visit.customer_id)  # E: arg-type / reportArgumentType
plugin.add_choice("kind", "HOME")  # E: arg-type / reportArgumentType
plugin.add_choice(Visit.on, "HOME")  # E: arg-type / reportArgumentType
plugin.permission("cost:read")  # E: call-arg / reportCallIssue
plugin.grant("Salesperson", visit=["read:TEAM"])  # E: arg-type / reportArgumentType

region = plugin.custom_field(Customer, "region", str)
points = plugin.custom_field(Customer, "points", int, default=0)
plugin.custom_field(Customer, "age", int, default="none")  # E: type-var / reportArgumentType+reportCallIssue
plugin.custom_field(Customer, "age", int, choices=["two"])  # E: type-var / reportArgumentType+reportCallIssue
plugin.custom_field(Customer, "anything", object)  # E: type-var / reportArgumentType+reportCallIssue
plugin.custom_field(NotMapped, "region", str)  # E: type-var / reportArgumentType+reportCallIssue


def custom_values(customer: Customer, contact: kehu.Contact) -> int:
    points.set(customer, "many")  # E: arg-type / reportArgumentType
    points.get(contact)  # E: arg-type / reportArgumentType
    sa.select(points.on(kehu.Contact))  # E: arg-type / reportArgumentType
    return points.get(customer)  # E: return-value / reportReturnType


# --- fields ---
@plugin.field(Customer)  # E: arg-type / reportArgumentType
def of_another_type(visit: Visit) -> str:
    return visit.title


@visit.field
def misspelled(visit: Visit) -> str:
    return str(visit.titel)  # E: attr-defined / reportAttributeAccessIssue


@visit.field  # E: arg-type / reportArgumentType
def of_nothing() -> str:
    return ""


@plugin.field(Customer)
async def wrong_page(customer: Customer, visits: kehu.ListOf[Visit]) -> kehu.Connection[kehu.Contact]:
    return await visits.fetch(Visit.customer_id == customer.id)  # E: return-value / reportReturnType


@plugin.field(Customer)
async def no_condition(customer: Customer, visits: kehu.ListOf[Visit]) -> kehu.Connection[Visit]:
    return await visits.fetch(customer.id, "kind = 'SITE'")  # E: arg-type / reportArgumentType


@plugin.batch_field(Customer)  # E: arg-type / reportArgumentType
async def one_by_one(customer: Customer) -> Sequence[int]:
    return [len(customer.name)]


@plugin.batch_field(Customer)  # E: arg-type / reportArgumentType
async def one_for_all(customers: Sequence[Customer]) -> int:
    return len(customers)


@visit.batch_field  # E: arg-type / reportArgumentType
def not_awaited(visits: Sequence[Visit]) -> Sequence[int]:
    return [len(visit.title) for visit in visits]


@plugin.sql_field(Customer)
def no_such_column(customer: type[Customer]) -> sa.ColumnElement[str]:
    return sa.func.upper(customer.nam)  # E: attr-defined / reportAttributeAccessIssue


@plugin.sql_field(Customer)  # E: arg-type / reportArgumentType
def sql_of_one_object(customer: Customer) -> sa.ColumnElement[bool]:
    return sa.literal(customer.name == "Acme")


@visit.sql_field  # E: arg-type / reportArgumentType
def no_sql(visit: type[Visit]) -> int:
    return len(visit.__name__)


@visit.sql_field
def other_sql_type(visit: type[Visit]) -> sa.ColumnElement[int]:
    return visit.title == "x"  # E: return-value / reportReturnType


# --- verbs ---
@visit.action
async def assigns_wrongly(visit: Visit, ctx: kehu.Context) -> None:
    visit.stge = 1  # E: attr-defined / reportAttributeAccessIssue
    visit.cost = "12"  # E: assignment / reportAttributeAccessIssue
    visit.on = ctx.now().time()  # E: assignment / reportAttributeAccessIssue
    visit.version = None  # E: assignment / reportAttributeAccessIssue
    str(ctx.noww())  # E: attr-defined / reportAttributeAccessIssue


@visit.action  # E: arg-type / reportArgumentType
async def of_other_record(customer: Customer, ctx: kehu.Context) -> None:
    ctx.add(customer)


@visit.action  # E: arg-type / reportArgumentType
def not_async(visit: Visit, ctx: kehu.Context) -> None:
    visit.title = str(ctx.now())


@plugin.action(Visit, permision="x")  # E: call-arg / reportCallIssue
async def misspelled_option(visit: Visit, ctx: kehu.Context) -> None:
    ctx.add(visit)


@plugin.action  # E: arg-type+type-var / reportArgumentType
async def forgot_the_model(visit: Visit, ctx: kehu.Context) -> None:
    ctx.add(visit)


@plugin.query  # E: arg-type+call-arg / reportCallIssue
def forgot_the_brackets() -> str:
    return ""


@plugin.subscription()  # E: arg-type / reportArgumentType
async def ends_at_once(ctx: kehu.Context) -> Visit:
    return Visit(title=str(ctx.now()))


@plugin.subscription()
async def yields_other(ctx: kehu.Context) -> AsyncIterator[Visit]:
    async for news in ctx.app.broker.listen(Visit):
        yield news  # E: misc / reportReturnType


async def uses_context(ctx: kehu.Context, visit: Visit, text: str) -> kehu.Contact:
    await ctx.get(Visit, text)  # E: arg-type / reportArgumentType
    found = await ctx.find(Visit, visit.id)
    str(found.title)  # E: union-attr / reportOptionalMemberAccess
    str(ctx.get(Visit, visit.id).title)  # E: attr-defined / reportAttributeAccessIssue
    ctx.flush()  # E: unused-coroutine / reportUnusedCoroutine
    ctx.add(NotMapped())  # E: type-var / reportArgumentType
    if visit.title == text:
        raise kehu.veto(field=Visit.title)  # E: call-arg / reportCallIssue
    return await ctx.get(Customer, visit.id)  # E: arg-type / reportReturnType


# --- hooks ---
@visit.before_write  # E: arg-type / reportArgumentType
async def of_another_entity(ctx: kehu.Context, change: kehu.Change[Customer]) -> None:
    change.error(str(ctx.now()))


@plugin.after_write(Visit)  # E: arg-type / reportArgumentType
async def without_context(change: kehu.Change[Visit]) -> None:
    change.error("")


@plugin.after_commit(Visit)  # E: arg-type / reportArgumentType
def answers(ctx: kehu.Context, change: kehu.Change[Visit]) -> bool:
    return ctx.can(change.obj.title)


@visit.before_write
async def reads_wrongly(ctx: kehu.Context, change: kehu.Change[Visit]) -> None:
    before: str | None = change.old(Visit.cost)  # E: assignment / reportAssignmentType
    change.obj.titel = before  # E: attr-defined / reportAttributeAccessIssue
    change.error("Choose.", filed=Visit.on)  # E: call-arg / reportCallIssue
    str(change.op == "archive")  # E: comparison-overlap / reportUnnecessaryComparison
    ctx.add(change)  # E: type-var / reportArgumentType


# --- interfaces, events, jobs ---
@dataclass(frozen=True)
class Visited:
    """Somebody was there."""

    visit_id: uuid.UUID


plugin.implement(Visit, NotMapped, title=lambda v: v.titel)  # E: attr-defined / reportAttributeAccessIssue
plugin.implement(NotMapped, NotMapped)  # E: type-var / reportArgumentType
plugin.event(Visited(uuid.uuid4()))  # E: arg-type / reportArgumentType


@plugin.on(Visited)  # E: arg-type / reportArgumentType
async def handles_other(ctx: kehu.Context, event: NotMapped) -> None:
    await ctx.enqueue(unknown_option, {"event": str(event)})


@plugin.on(Visited)
async def handles_misspelled(ctx: kehu.Context, event: Visited) -> None:
    await ctx.get(Visit, event.id)  # E: attr-defined / reportAttributeAccessIssue


@plugin.job(schedule="0 6 * * *")  # E: arg-type / reportArgumentType
def blocks(ctx: kehu.Context) -> None:
    ctx.today()


@plugin.job(every="day")  # E: call-arg / reportCallIssue
async def unknown_option(ctx: kehu.Context) -> None:
    ctx.today()


async def enqueues_wrongly(ctx: kehu.Context) -> None:
    await ctx.enqueue(takes_no_plugin)  # E: arg-type / reportArgumentType
    await ctx.enqueue(unknown_option, "now")  # E: arg-type / reportArgumentType


@plugin.settings  # E: - / reportArgumentType
@dataclass
class NoSettings:  # E: type-var / -
    """Settings are a pydantic model."""

    longest_km: int = 500


@plugin.when("sfa")  # E: arg-type / reportArgumentType
def takes_no_plugin() -> None:
    pass


plugin.command(custom_values)  # E: arg-type / reportArgumentType
kehu.App([plugin, "sfa"])  # E: list-item / reportArgumentType
