"""From leads to orders, and what managers do with forecasts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.kehu_graphql.mutations.firm import Person
from tests.kehu_graphql.mutations.records import Records

MARKETING, SELLER, MANAGER = "Marketing", "Salesperson", "Sales Manager"
LINE = {"description": "Pilot", "quantity": "2", "unitPrice": "100"}


async def leads_are_worked_on(records: Records) -> None:
    """Leads are worked on, put off, qualified, and given up; some are taken up again."""
    marketing = await records.firm.person(MARKETING)
    for many in (False, True):
        lead = await records.new("Lead", marketing)
        for verb, status in (
            ("nurture", "NURTURING"),
            ("work", "WORKING"),
            ("qualify", "QUALIFIED"),
            ("disqualify", "DISQUALIFIED"),
            ("reopen", "WORKING"),
        ):
            more = {"reason": "NO_BUDGET"} if verb == "disqualify" else {}
            assert await marketing.act(verb, "Lead", lead, many=many, **more) == {"status": status}


async def leads_find_an_owner(records: Records) -> None:
    """Nobody's leads are taken; managers give them to somebody, by a rule or by hand."""
    firm = records.firm
    marketing, manager = await firm.person(MARKETING), await firm.person(MANAGER)
    seller = await firm.person(SELLER)
    await records.new("AssignmentRule", manager)
    for many in (False, True):
        lead = await records.new("Lead", marketing)
        taken = await records.new("Lead", marketing, teamId=firm.team)
        owned = "owner { id }"
        given = await manager.act("assign", "Lead", lead, owned, many=many)
        assert given["owner"] is not None
        to = {"owner": seller.id, "reason": "Knows them"}
        given = await manager.act("reassign", "Lead", lead, owned, many=many, **to)
        assert given == {"owner": {"id": seller.id}}
        assert (await manager.act("recycle", "Lead", lead, many=many)) == {"status": "NEW"}
        mine = await marketing.act("take", "Lead", taken, owned, many=many)
        assert mine == {"owner": {"id": marketing.id}}


async def leads_become_customers(records: Records) -> None:
    """A lead is converted."""
    marketing = await records.firm.person(MARKETING)
    for many in (False, True):
        lead = await records.new("Lead", marketing)
        shown = "status contact { name } customer { name }"
        made = await marketing.act("convert", "Lead", lead, shown, many=many)
        assert made["status"] == "CONVERTED"
        assert made["contact"]["name"].startswith("Lead")


async def deals_are_won_and_lost(records: Records) -> None:
    """Deals move through the stages, are closed, and are taken up again."""
    firm = records.firm
    seller, manager = await firm.person(SELLER), await firm.person(MANAGER)
    open_one = await records.some("Stage", manager)
    pipeline = (await manager.see("stage", open_one, "pipeline { id }"))["pipeline"]["id"]
    in_it = {"pipelineId": pipeline}
    won = await records.new("Stage", manager, category="WON", **in_it)
    lost = await records.new("Stage", manager, category="LOST", **in_it)
    for many in (False, True):
        deal = await records.new("Opportunity", seller)
        stage = await records.new("Stage", manager, category="OPEN", **in_it)
        shown = "stage { id }"
        moved = await seller.act("moveTo", "Opportunity", deal, shown, many=many, stage=stage)
        assert moved == {"stage": {"id": stage}}
        closed = await seller.act("win", "Opportunity", deal, shown, many=many)
        assert closed == {"stage": {"id": won}}
        again = await seller.act("reopen", "Opportunity", deal, shown, many=many)
        assert again == {"stage": {"id": stage}}
        closed = await seller.act("lose", "Opportunity", deal, shown, many=many, reason="PRICE")
        assert closed == {"stage": {"id": lost}}


async def deals_are_shared_and_divided(records: Records) -> None:
    """The credit for a deal is shared, a part becomes a deal of its own, another begins as a copy."""
    firm = records.firm
    seller, manager = await firm.person(SELLER), await firm.person(MANAGER)
    deal = await records.new("Opportunity", seller, amount="100")
    shares = [{"userId": seller.id, "percent": "60"}, {"userId": manager.id, "percent": "40"}]
    for many in (False, True):
        shown = "splits { nodes { percent } }"
        shared = await seller.act("share", "Opportunity", deal, shown, many=many, shares=shares)
        assert [each["percent"] for each in shared["splits"]["nodes"]] == ["60", "40"]
    part = await seller.do(
        "splitOpportunity", "result { opportunity { amount } }", id=deal, name="Part", amount="30"
    )
    assert part == {"result": {"opportunity": {"amount": "30"}}}
    copy = await seller.do("cloneOpportunity", "result { opportunity { name } }", id=deal, name="Copy")
    assert copy == {"result": {"opportunity": {"name": "Copy"}}}


async def one_person_decides(records: Records) -> None:
    """The main person of a deal changes."""
    seller = await records.firm.person(SELLER)
    for many in (False, True):
        role = await records.new("OpportunityContact", seller)
        done = await seller.act("makePrimary", "OpportunityContact", role, "isPrimary", many=many)
        assert done == {"isPrimary": True}


async def quotes_are_offered(records: Records) -> None:
    """Quotes are drafted, sent, revised, accepted and declined."""
    seller = await records.firm.person(SELLER)
    deal = await records.new("Opportunity", seller, customerId=await records.some("Customer", seller))
    drafted = await seller.do("quoteOpportunity", "result { id totalAmount }", id=deal, lines=[LINE])
    assert drafted["result"]["totalAmount"] == "200"
    quote = drafted["result"]["id"]
    await seller.act("send", "Quote", quote, many=False)
    revised = await seller.do("reviseQuote", "result { id revision }", id=quote)
    assert revised["result"]["revision"] == 2
    quote = revised["result"]["id"]
    for many in (False, True):
        changed = await seller.act("setLines", "Quote", quote, "totalAmount", many=many, lines=[LINE] * 2)
        assert changed == {"totalAmount": "400"}
    assert await seller.act("send", "Quote", quote, many=True) == {"status": "SENT"}
    ordered = await seller.do("acceptQuote", "result { status totalAmount }", id=quote)
    assert ordered == {"result": {"status": "DRAFT", "totalAmount": "400"}}
    for many in (False, True):
        quote = await records.new("Quote", seller)
        await seller.do("setLinesQuote", id=quote, lines=[LINE])
        await seller.do("sendQuote", id=quote)
        declined = await seller.act("decline", "Quote", quote, many=many, reason="PRICE")
        assert declined == {"status": "DECLINED"}


async def discounts_are_agreed_to(records: Records) -> None:
    """Who asks takes it back; an approver hands over, agrees and disagrees."""
    firm = records.firm
    seller, agent, manager = [await firm.person(role) for role in (SELLER, "Service Agent", MANAGER)]
    rule = {"name": "Discounts", "kind": "sfa.discount", "above": "0", "approverId": agent.id}
    await firm.boss.do("createApprovalRule", input=rule)
    limit = {"name": "Sellers", "userId": seller.id, "maxDiscountPercent": "10"}
    await firm.boss.do("createDiscountLimit", input=limit)
    for many in (False, True):
        step = await _asked(records, seller, many=many)
        given = {"to": manager.id, "comment": "Yours"}
        await agent.act("delegate", "ApprovalStep", step["id"], many=many, **given)
        request = step["request"]["id"]
        assert await seller.act("withdraw", "ApprovalRequest", request, many=many) == {"status": "WITHDRAWN"}
        for verb, status in (("approve", "APPROVED"), ("reject", "REJECTED")):
            step = await _asked(records, seller, many=many)
            done = await agent.act(verb, "ApprovalStep", step["id"], many=many, comment="Well")
            assert done == {"status": status}
        step = await _asked(records, seller, many=many)
        assert await seller.act("withdraw", "Quote", step["quote"], many=many) == {"status": "DRAFT"}


async def orders_are_filled(records: Records) -> None:
    """Orders are confirmed and fulfilled, or cancelled."""
    seller = await records.firm.person(SELLER)
    for many in (False, True):
        order = await records.new("Order", seller)
        changed = await seller.act("setLines", "Order", order, "totalAmount", many=many, lines=[LINE])
        assert changed == {"totalAmount": "200"}
        assert await seller.act("confirm", "Order", order, many=many) == {"status": "CONFIRMED"}
        assert await seller.act("fulfil", "Order", order, many=many) == {"status": "FULFILLED"}
        order = await records.new("Order", seller)
        cancelled = await seller.act("cancel", "Order", order, many=many, reason="Changed their mind")
        assert cancelled == {"status": "CANCELLED"}


async def orders_are_paid(records: Records) -> None:
    """Money comes in, goods come back, money goes out."""
    manager = await records.firm.person(MANAGER)
    order = await records.new("Order", manager)
    await manager.do("setLinesOrder", id=order, lines=[LINE])
    await manager.do("confirmOrder", id=order)
    await manager.do("fulfilOrder", id=order)
    paid = {"amount": "200", "method": "TRANSFER"}
    came = await manager.do("receivePaymentOrder", "result { amount }", id=order, isAdvance=False, **paid)
    assert came == {"result": {"amount": "200"}}
    back = await manager.do("takeBackOrder", "result { amount }", id=order, amount="50", reason="Broken")
    assert back == {"result": {"amount": "50"}}
    went = await manager.do("refundOrder", "result { amount }", id=order, amount="50", method="TRANSFER")
    assert went == {"result": {"amount": "-50"}}


async def forecasts_are_adjusted(records: Records) -> None:
    """A salesperson commits to an amount, the manager lets another one count and keeps how things stand."""
    firm = records.firm
    seller, manager = await firm.person(SELLER), await firm.person(MANAGER)
    commitment = {"startsOn": str(datetime.now(UTC).date()), "currency": "EUR", "commitAmount": "20000"}
    made = await seller.do(
        "createForecastSubmission",
        "forecastSubmission { id commitAmount }",
        input={"period": "QUARTER", **commitment},
    )
    said = made["forecastSubmission"]
    adjusted = await manager.do(
        "adjustForecastSubmission", "result { amount }", id=said["id"], amount="18000", reason="One slips"
    )
    assert (said["commitAmount"], adjusted) == ("20000", {"result": {"amount": "18000"}})
    kept = await manager.do(
        "takeForecastSnapshots", "result { submittedAmount adjustedAmount }", period="QUARTER"
    )
    assert {"submittedAmount": "20000", "adjustedAmount": "18000"} in kept["result"]


async def calendars_are_fed(records: Records) -> None:
    """Somebody subscribes to one's own calendar, over HTTP, until one does not."""
    seller = await records.firm.person(SELLER)
    token = (await seller.do("openCalendarFeed", "result"))["result"]
    address = f"/feeds/sfa/calendar.ics?token={token}"
    assert (await seller.http.get(address)).status_code == 200
    await seller.do("closeCalendarFeed")
    assert (await seller.http.get(address)).status_code == 404


async def _asked(records: Records, seller: Person, *, many: bool) -> dict[str, Any]:
    """The step at which somebody is asked for the discount of a new quote."""
    quote = await records.new("Quote", seller)
    await seller.do("setLinesQuote", id=quote, lines=[{**LINE, "discountPercent": "20"}])
    submitted = await seller.act("submit", "Quote", quote, "status number", many=many)
    assert submitted["status"] == "IN_APPROVAL"
    found = await seller.ask("{ approvalSteps(last: 200) { nodes { id request { id subject } } } }")
    (step,) = [
        each for each in found["approvalSteps"]["nodes"] if submitted["number"] in each["request"]["subject"]
    ]
    return {**step, "quote": quote}


STORIES = (
    leads_are_worked_on,
    leads_find_an_owner,
    leads_become_customers,
    deals_are_won_and_lost,
    deals_are_shared_and_divided,
    one_person_decides,
    quotes_are_offered,
    discounts_are_agreed_to,
    orders_are_filled,
    orders_are_paid,
    forecasts_are_adjusted,
    calendars_are_fed,
)
