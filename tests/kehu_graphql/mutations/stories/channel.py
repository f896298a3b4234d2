"""Partners: what they order, get, owe, register, ask for and sell."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.kehu_graphql.mutations.firm import PORTAL, Person
from tests.kehu_graphql.mutations.records import Records
from tests.kehu_graphql.mutations.stories.stock import Depot, open_depot

PARTNERS, SALES = "Partner Manager", "Sales Manager"
CREDIT = {"creditLimit": "10000"}
TODAY = datetime.now(UTC).date()
PERIOD = {"fromOn": str(TODAY), "untilOn": str(TODAY + timedelta(days=90))}


@dataclasses.dataclass(frozen=True)
class Trade:
    """A partner that buys a product for 10 euros, of which ten pieces are in stock, and who deals with it."""

    records: Records
    depot: Depot
    partner: str
    portal: Person
    manager: Person
    sales: Person

    async def order(self, quantity: str, **more: Any) -> str:
        """A draft of the partner."""
        made = await self.records.new("ChannelOrder", self.portal, partnerId=self.partner)
        lines = [{"productId": self.depot.product, "quantity": quantity}]
        await self.portal.act("setLines", "ChannelOrder", made, many=False, lines=lines, **more)
        return made

    async def ordered(self, quantity: str, *, many: bool = False) -> str:
        """An order that the partner has submitted and we have confirmed."""
        order = await self.order(quantity)
        assert await self.portal.act("submit", "ChannelOrder", order, many=many) == {"status": "SUBMITTED"}
        await self.manager.act("confirm", "ChannelOrder", order, many=many)
        return order

    async def line(self, order: str) -> str:
        """The only line of an order."""
        seen = await self.manager.see("channelOrder", order, "lines { nodes { id } }")
        (line,) = seen["lines"]["nodes"]
        return str(line["id"])


async def partnerships_begin_and_end(records: Records) -> None:
    """An application is accepted; the partner may order, may not for a while, and leaves."""
    manager = await records.firm.person(PARTNERS)
    for many in (False, True):
        partner = await records.new("Partner", manager)
        for verb, status in (
            ("approve", "APPROVED"),
            ("activate", "ACTIVE"),
            ("suspend", "SUSPENDED"),
            ("end", "ENDED"),
        ):
            more = {"reason": "Does not pay"} if verb in {"suspend", "end"} else {}
            assert await manager.act(verb, "Partner", partner, many=many, **more) == {"status": status}
    partner = await records.some("Partner", manager)
    await manager.do("approvePartner", id=partner)
    await manager.do("activatePartner", id=partner)
    await manager.do("updatePartner", input={"id": partner, **CREDIT})


async def orders_are_shipped(records: Records) -> None:
    """An order is confirmed, shipped, delivered, billed, paid and closed."""
    for many in (False, True):
        trade = await open_trade(records)
        manager, warehouse = trade.manager, trade.depot.manager
        order = await trade.order("1")
        lines = [{"productId": trade.depot.product, "quantity": "4"}]
        changed = await trade.portal.act(
            "setLines", "ChannelOrder", order, "totalAmount", many=many, lines=lines
        )
        assert changed == {"totalAmount": "40"}
        for who, verb, status in (
            (trade.portal, "submit", "SUBMITTED"),
            (manager, "confirm", "ALLOCATED"),
            (warehouse, "ship", "SHIPPED"),
            (warehouse, "deliver", "DELIVERED"),
        ):
            assert await who.act(verb, "ChannelOrder", order, many=many) == {"status": status}
        billed = await manager.do("invoiceChannelOrder", "result { amount }", id=order)
        assert billed == {"result": {"amount": "40"}}
        paid = {"id": trade.partner, "amount": "40", "reference": "Thanks"}
        came = await trade.sales.do("receivePaymentPartner", "result { amount }", **paid)
        assert came == {"result": {"amount": "40"}}
        assert await manager.act("close", "ChannelOrder", order, many=many) == {"status": "CLOSED"}


async def orders_wait_for_goods(records: Records) -> None:
    """What is missing is held back when it comes; an order is given up."""
    for many in (False, True):
        trade = await open_trade(records)
        order = await trade.ordered("12", many=many)
        lines = [trade.depot.line("5", unitCost="1")]
        await trade.depot.worker.do("receiveAtLocation", id=trade.depot.place, lines=lines)
        held = await trade.depot.manager.act("allocate", "ChannelOrder", order, many=many)
        assert held == {"status": "ALLOCATED"}
        cancelled = await trade.manager.act("cancel", "ChannelOrder", order, many=many, reason="Too late")
        assert cancelled == {"status": "CANCELLED"}


async def orders_are_shipped_in_part(records: Records) -> None:
    """Some of an order leaves, the rest is given up, and one piece comes back."""
    for many in (False, True):
        trade = await open_trade(records)
        order = await trade.ordered("4")
        lines = [{"lineId": await trade.line(order), "quantity": "2"}]
        shipped = await trade.depot.manager.act("ship", "ChannelOrder", order, many=many, lines=lines)
        assert shipped == {"status": "PARTLY_SHIPPED"}
        rest = await trade.manager.act("cancelRest", "ChannelOrder", order, many=many, reason="Enough")
        assert rest == {"status": "SHIPPED"}
        await trade.manager.do("invoiceChannelOrder", id=order)
        back = {"lines": [{**lines[0], "quantity": "1"}], "toLocation": trade.depot.place, "reason": "Broken"}
        note = await trade.manager.do("takeBackChannelOrder", "result { amount }", id=order, **back)
        assert note == {"result": {"amount": "-10"}}


async def orders_beyond_the_credit_are_released(records: Records) -> None:
    """An order above the limit is held until somebody says why it is not."""
    trade = await open_trade(records)
    sales = trade.sales
    await sales.do("updatePartner", input={"id": trade.partner, "creditLimit": "1"})
    for many in (False, True):
        order = await trade.order("1")
        held = await trade.portal.act("submit", "ChannelOrder", order, many=many)
        assert held == {"status": "CREDIT_HOLD"}
        bound = await sales.act("release", "ChannelOrder", order, many=many, reason="They pay tomorrow")
        assert bound == {"status": "ALLOCATED"}
    await sales.do("updatePartner", input={"id": trade.partner, **CREDIT})


async def quotes_become_orders(records: Records) -> None:
    """A partner orders what a quote of ours has offered."""
    trade = await open_trade(records)
    seller = await records.firm.person("Salesperson")
    found = await trade.manager.see("partner", trade.partner, "customer { id }")
    quote = await records.new("Quote", seller, customerId=found["customer"]["id"])
    offered = {"product": trade.depot.product, "quantity": "2", "unitPrice": "9"}
    await seller.do("setLinesQuote", id=quote, lines=[offered])
    await seller.do("sendQuote", id=quote)
    await seller.do("acceptQuote", id=quote)
    ordered = await trade.manager.do("orderQuote", "result { totalAmount }", quote=quote)
    assert ordered == {"result": {"totalAmount": "18"}}


async def partners_report_what_they_sold(records: Records) -> None:
    """A partner sells from its own stock, one by one and in a file, and counts it."""
    trade = await open_trade(records)
    manager, portal, depot = trade.manager, trade.portal, trade.depot
    found = await manager.see("partner", trade.partner, "customer { id }")
    shop = await records.new("Location", manager, usage="PARTNER", holderId=found["customer"]["id"])
    lines = [depot.line("6")]
    given: dict[str, Any] = {"id": depot.place, "toLocation": shop, "lines": lines, "reason": "SELL_IN"}
    await manager.do("moveFromLocation", **given)
    left = "result { onHand }"
    sold = await portal.do("reportSellOutAtLocation", left, id=shop, lines=[depot.line("2")])
    assert sold == {"result": [{"onHand": "4"}]}
    code = (await manager.see("product", depot.product, "code"))["code"]
    file = {"fileName": "week.csv", "content": f"product,quantity\n{code},1\n", "dryRun": False}
    sold = await portal.do("sellOutFromFileAtLocation", "result { taken }", id=shop, **file)
    assert sold == {"result": {"taken": 1}}
    counted = await portal.do("countAtLocation", left, id=shop, lines=[depot.line("2")])
    assert counted == {"result": [{"onHand": "2"}]}


async def rebates_are_paid(records: Records) -> None:
    """What a partner has earned is drawn up, agreed to and paid, by a credit note or in cash."""
    trade = await open_trade(records)
    await _bought(trade, "10")
    sales = trade.sales
    for many, verb in ((False, "payOutInCash"), (True, "payOutInCash"), (False, "payOut")):
        programme = await records.new("RebateProgramme", sales, **PERIOD)
        await records.new("RebateTier", sales, programmeId=programme, fromAmount="0", percent="5")
        await records.new("RebateMember", sales, programmeId=programme, partnerId=trade.partner)
        drawn = await trade.manager.do(
            "drawUpRebateProgramme", "result { id payableAmount }", id=programme, partner=trade.partner
        )
        assert float(drawn["result"]["payableAmount"]) > 0
        key = drawn["result"]["id"]
        assert await sales.act("approve", "RebateStatement", key, many=many) == {"status": "APPROVED"}
        if verb == "payOut":
            note = await sales.do("payOutRebateStatement", "result { amount }", id=key)
            assert note == {"result": {"amount": f"-{drawn['result']['payableAmount']}"}}
        else:
            assert await sales.act(verb, "RebateStatement", key, many=many) == {"status": "PAID"}


async def partners_rise(records: Records) -> None:
    """A partner is put on a level; a review proposes the next one, which is agreed to or not."""
    trade = await open_trade(records)
    await _bought(trade, "10")
    sales, manager, partner = trade.sales, trade.manager, trade.partner
    programme = await records.new("PartnerProgramme", sales)
    silver = await records.new("PartnerLevel", sales, programmeId=programme, rank=1)
    gold = await records.new("PartnerLevel", sales, programmeId=programme, rank=2)
    await records.new("LevelRule", sales, levelId=gold, threshold="50")
    rated = await manager.do(
        "ratePartner", "result { toLevel { id } }", id=partner, level=silver, reason="Begins"
    )
    assert rated == {"result": {"toLevel": {"id": silver}}}
    for many in (False, True):
        review = await _reviewed(manager, programme)
        dismissed = await manager.act("dismiss", "LevelReview", review, many=many, reason="Too early")
        assert dismissed == {"status": "DISMISSED"}
    review = await _reviewed(manager, programme)
    agreed = await manager.do("confirmLevelReview", "result { toLevel { id } }", id=review)
    assert agreed == {"result": {"toLevel": {"id": gold}}}


async def deals_are_registered(records: Records) -> None:
    """A partner claims deals; they are protected or not, and won or lost."""
    manager = await records.firm.person(PARTNERS)
    portal = await records.firm.person(PORTAL)
    until = {"protectedUntilOn": str(TODAY + timedelta(days=30)), "reason": "Theirs"}
    for many in (False, True):
        for decision, more, status, end in (
            ("approve", until, "APPROVED", "win"),
            ("approve", until, "APPROVED", "lose"),
            ("reject", {"reason": "Ours"}, "REJECTED", None),
        ):
            deal = await records.new("DealRegistration", portal)
            submitted = await portal.act("submit", "DealRegistration", deal, many=many)
            assert submitted == {"status": "SUBMITTED"}
            decided = await manager.act(decision, "DealRegistration", deal, many=many, **more)
            assert decided == {"status": status}
            if end is not None:
                why = {"reason": "Price"} if end == "lose" else {}
                ended = await portal.act(end, "DealRegistration", deal, many=many, **why)
                assert ended == {"status": {"win": "WON", "lose": "LOST"}[end]}


async def marketing_is_paid_for(records: Records) -> None:
    """A partner asks for money of a fund, is granted some, and claims it with a proof."""
    firm = records.firm
    sales, manager, portal = [await firm.person(role) for role in (SALES, PARTNERS, PORTAL)]
    allocation = await records.new("FundAllocation", sales, amount="1000")
    asked = {"allocationId": allocation, "requestedAmount": "100"}
    for many in (False, True):
        request = await records.new("FundRequest", portal, **asked)
        assert await portal.act("submit", "FundRequest", request, many=many) == {"status": "SUBMITTED"}
        granted = await manager.act("grant", "FundRequest", request, many=many, amount="80")
        assert granted == {"status": "GRANTED"}
        for decision, status in (("reject", "REJECTED"), ("approve", "APPROVED")):
            given = {"id": request, "amount": "50", "proof": "Invoice 12"}
            claim = (await portal.do("claimFundRequest", "result { id }", **given))["result"]["id"]
            why = {"reason": "Unreadable"} if decision == "reject" else {}
            assert await manager.act(decision, "FundClaim", claim, many=many, **why) == {"status": status}
        assert await sales.act("payOut", "FundClaim", claim, many=many) == {"status": "PAID"}
        assert await manager.act("close", "FundRequest", request, many=many) == {"status": "CLOSED"}
        request = await records.new("FundRequest", portal, **asked)
        await portal.do("submitFundRequest", id=request)
        rejected = await manager.act("reject", "FundRequest", request, many=many, reason="No budget")
        assert rejected == {"status": "REJECTED"}


async def open_trade(records: Records) -> Trade:
    """The partner of the portal can buy a new product for 10 euros."""
    firm = records.firm
    sales, manager, portal = [await firm.person(role) for role in (SALES, PARTNERS, PORTAL)]
    depot, partner = await open_depot(records), await records.some("Partner", manager)
    priced = {"partnerId": partner, "productId": depot.product, "price": "10"}
    await records.new("SpecialPrice", manager, **priced)
    return Trade(records, depot, partner, portal, manager, sales)


async def _bought(trade: Trade, quantity: str) -> None:
    """The partner has got so much, and an invoice."""
    order = await trade.ordered(quantity)
    await trade.depot.manager.do("shipChannelOrder", id=order)
    await trade.manager.do("invoiceChannelOrder", id=order)


async def _reviewed(manager: Person, programme: str) -> str:
    """The only proposal of a review."""
    made = await manager.do("reviewLevelsPartnerProgramme", "result { id }", id=programme, **PERIOD)
    (review,) = made["result"]
    return str(review["id"])


STORIES = (
    partnerships_begin_and_end,
    orders_are_shipped,
    orders_wait_for_goods,
    orders_are_shipped_in_part,
    orders_beyond_the_credit_are_released,
    quotes_become_orders,
    partners_report_what_they_sold,
    rebates_are_paid,
    partners_rise,
    deals_are_registered,
    marketing_is_paid_for,
)
