"""Whoever moves a record to another parent may do so with it there too; and what a relation hides decides nothing."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy.orm import DeclarativeBase, Mapped

import kehu
from kehu import Level
from tests.crm import Crm, OpenCrm, crm_of
from tests.deals import Deal, Line

LEA, MAX = uuid.UUID(int=101), uuid.UUID(int=102)
CUSTOMER, MINE, HIS, LINE = (uuid.UUID(int=number) for number in range(1, 5))
GRANTS = {
    "core.customer:read": Level.ALL,
    "deals.deal:read": Level.ALL,
    "deals.line:read": Level.ALL,
    "deals.line:create": Level.OWN,
    "deals.line:update": Level.OWN,
}
UPDATE = "mutation ($input: UpdateLineInput!) { done: updateLine(input: $input) { userErrors { code } } }"
UPDATE_MANY = """mutation ($input: UpdateLineInput!, $atomic: Boolean! = true) {
  done: updateLines(inputs: [$input], atomic: $atomic) { results { userErrors { code } } } }"""
MOVED = {"id": kehu.global_id("Line", LINE), "dealId": kehu.global_id("Deal", HIS)}


def lea(**others: Level) -> kehu.Principal:
    return kehu.Principal(LEA, "Lea", grants=GRANTS | others)


@pytest.fixture
async def crm(open_crm: OpenCrm) -> Crm:
    crm = await open_crm()
    await crm.store(kehu.User(id=LEA, name="Lea"), kehu.User(id=MAX, name="Max"))
    await crm.store(kehu.Customer(id=CUSTOMER, name="Huawei"))
    for key, owner in ((MINE, LEA), (HIS, MAX)):
        await crm.store(Deal(id=key, name="Deal", customer_id=CUSTOMER, owner_id=owner))
    await crm.store(Line(id=LINE, deal_id=MINE, text="Cable"))
    return crm


async def parent(crm: Crm) -> uuid.UUID:
    (line,) = await crm.all(Line)
    return line.deal_id  # type: ignore[no-any-return]  # of a mapped class


async def test_a_record_does_not_move_to_a_parent_that_one_may_not_update(crm: Crm) -> None:
    done = (await crm.ask(UPDATE, {"input": MOVED}, to=lea()))["done"]

    assert (done["userErrors"], await parent(crm)) == ([{"code": "FORBIDDEN"}], MINE)


@pytest.mark.parametrize("atomic", [True, False])
async def test_several_records_do_not_move_there_either(crm: Crm, atomic: bool) -> None:
    done = (await crm.ask(UPDATE_MANY, {"input": MOVED, "atomic": atomic}, to=lea()))["done"]

    assert (done["results"], await parent(crm)) == ([{"userErrors": [{"code": "FORBIDDEN"}]}], MINE)


async def test_who_may_update_both_parents_moves_a_record(crm: Crm) -> None:
    manager = lea(**{"deals.line:update": Level.ALL})

    done = (await crm.ask(UPDATE, {"input": MOVED}, to=manager))["done"]

    assert (done["userErrors"], await parent(crm)) == ([], HIS)


async def test_what_stays_with_its_parent_is_changed_without_being_looked_at_again(crm: Crm) -> None:
    crm.statements.clear()
    stays = {"id": MOVED["id"], "dealId": kehu.global_id("Deal", MINE), "text": "Wire"}

    await crm.ask(UPDATE, {"input": stays}, to=lea())

    reach = [s for s in crm.statements if s.startswith("SELECT deals_line.id") and "owner_id" in s]
    assert len(reach) == 1


# --- upserts ---
class Base(kehu.Model, DeclarativeBase):
    """A table with a natural key whose records are as visible as their customer."""


class Seat(kehu.Entity, Base):
    """A seat of a customer, known by its number."""

    __tablename__ = "seats_seat"
    customer_id: Mapped[uuid.UUID] = kehu.ref(kehu.Customer)
    number: Mapped[str] = kehu.column(unique=True)


async def test_an_upsert_does_not_move_a_record_there_either(database_url: str) -> None:
    seats = kehu.Plugin("seats", requires=["core"])
    seats.resource(Seat, row_scope=Seat.customer_id)
    grants = {"core.customer:read": Level.ALL} | {
        f"seats.seat:{verb}": level
        for verb, level in {"read": Level.ALL, "create": Level.OWN, "update": Level.OWN}.items()
    }
    upsert = """mutation ($one: [UpsertSeatInput!]!, $input: UpsertSeatInput!) {
      one: upsertSeat(by: NUMBER, input: $input) { userErrors { code } }
      many: upsertSeats(by: NUMBER, inputs: $one) { results { userErrors { code } } } }"""
    async with crm_of(seats, url=database_url) as crm:
        await crm.store(kehu.User(id=LEA, name="Lea"), kehu.User(id=MAX, name="Max"))
        await crm.store(kehu.Customer(id=MINE, name="Mine", owner_id=LEA))
        await crm.store(kehu.Customer(id=HIS, name="His", owner_id=MAX))
        await crm.store(Seat(customer_id=MINE, number="1"))
        moved = {"number": "1", "customerId": kehu.global_id("Customer", HIS)}
        principal = kehu.Principal(LEA, "Lea", grants=grants)

        done = await crm.ask(upsert, {"input": moved, "one": [moved]}, to=principal)

        forbidden = [{"code": "FORBIDDEN"}]
        assert done == {"one": {"userErrors": forbidden}, "many": {"results": [{"userErrors": forbidden}]}}
        assert [seat.customer_id for seat in await crm.all(Seat)] == [MINE]


# --- what a relation hides ---
secret = kehu.Plugin("secret", requires=["core", "deals"])
secret.permission("lines:read", "See lines of deals.")
secret.relation(Deal, "secretLines", Line.deal_id, read="secret.lines:read")
FILTERED = [
    "query ($f: DealFilter) { deals(filter: $f) { totalCount } }",
    "query ($f: DealFilter) { dealsAggregate(filter: $f) { count } }",
    "query ($f: DealFilter!) { customers(filter: { deals: { some: $f } }) { totalCount } }",
]


@pytest.mark.parametrize("document", FILTERED)
@pytest.mark.parametrize("quantifier", ["some", "none", "every"])
async def test_no_filter_looks_through_a_relation_that_one_may_not_read(
    open_crm: OpenCrm, document: str, quantifier: str
) -> None:
    crm = await open_crm(secret)
    hidden = {"secretLines": {quantifier: {"text": {"startsWith": "C"}}}}

    assert await crm.codes(document, {"f": hidden}, to=lea()) == ["FORBIDDEN"]
    may = lea(**{"secret.lines:read": Level.ALL})
    assert await crm.codes(document, {"f": hidden}, to=may) == []
