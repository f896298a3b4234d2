"""Statements of rebates, through the API on both databases."""

from __future__ import annotations

from datetime import date

import pytest

import kehu
from kehu_partner_inventory import (
    RebateBase,
    RebateExclusion,
    RebateKind,
    RebateMember,
    RebateProgramme,
    RebateStatus,
    RebateTier,
)
from kehu_partner_inventory.rebates.models import REBATE_STATES, RebateInOtherState, RebateStatement
from tests.kehu.factories import change_refused, changed, refused, saved
from tests.kehu_partner_inventory.conftest import Clock
from tests.kehu_partner_inventory.depot import D
from tests.kehu_partner_inventory.trade import Trade, open_trade

FIGURES = "boughtAmount beforeAmount countedAmount earnedAmount settledAmount payableAmount"


@pytest.fixture
async def trade(app: kehu.App) -> Trade:
    opened = await open_trade(app)
    await opened.depot.receive("BOLT", 1000)
    await opened.depot.receive("SAND", 1000)
    return opened


async def offered(trade: Trade, **values: object) -> RebateProgramme:
    """1 % up to 100 euros, 10 % from there on, for what NORTH buys in 2026."""
    terms = {
        "name": "Year",
        "base": RebateBase.SELL_IN,
        "kind": RebateKind.WHOLE_AMOUNT,
        "currency": "EUR",
        "from_on": date(2026, 1, 1),
        "until_on": date(2026, 12, 31),
        "grace_days": 30,
    }
    made = await saved(trade.app, RebateProgramme(**(terms | values)))
    for start, end, percent in ((0, 100, 1), (100, None, 10)):
        tier = RebateTier(
            programme_id=made.id,
            from_amount=D(start),
            until_amount=None if end is None else D(end),
            percent=D(percent),
        )
        await saved(trade.app, tier)
    await saved(trade.app, RebateMember(programme_id=made.id, partner_id=trade.channel.partners["NORTH"].id))
    return made


async def billed(trade: Trade, *lines: tuple[str, object]) -> str:
    key = await trade.order(*lines)
    await trade.do(key, "submit", "confirm", "ship", "invoice")
    return key


def draw_up(trade: Trade, programme: RebateProgramme, code: str = "NORTH") -> str:
    key = kehu.global_id("RebateProgramme", programme.id)
    return f'drawUpRebateProgramme(id: "{key}", partner: "{trade.channel[code]}")'


async def drawn_up(trade: Trade, programme: RebateProgramme, shown: str = FIGURES) -> dict[str, object]:
    payload = await trade.channel.do(draw_up(trade, programme), f"result {{ id {shown} }}")
    return dict(payload["result"])


async def take_back(trade: Trade, key: str, quantity: int) -> None:
    line = await trade.line(key)
    await trade.do(
        key,
        f'takeBack(lines: [{{lineId: "{line}", quantity: "{quantity}"}}], '
        f'toLocation: "{trade.depot["MAIN"]}", reason: "Rusty.")',
    )


async def test_a_statement_explains_itself_down_to_the_lines_of_orders(trade: Trade) -> None:
    programme = await offered(trade)
    await billed(trade, ("BOLT", 7), ("SAND", 3))
    await billed(trade, ("BOLT", 5))

    found = await drawn_up(
        trade,
        programme,
        f"{FIGURES} lines {{ nodes {{ amount earnedAmount invoiceLine {{ "
        "orderLine { product { code } order { number } } } } }",
    )
    nodes = found.pop("lines")["nodes"]  # type: ignore[index]
    explained = [
        (
            each["invoiceLine"]["orderLine"]["order"]["number"],
            each["invoiceLine"]["orderLine"]["product"]["code"],
            each["amount"],
            each["earnedAmount"],
        )
        for each in nodes
    ]
    assert sorted(explained) == [
        ("C-2026-00001", "BOLT", "70", "7"),
        ("C-2026-00001", "SAND", "7.5", "0.75"),
        ("C-2026-00002", "BOLT", "50", "5"),
    ]
    del found["id"]
    assert found == {
        "boughtAmount": "127.5",
        "beforeAmount": "0",
        "countedAmount": "127.5",
        "earnedAmount": "12.75",
        "settledAmount": "0",
        "payableAmount": "12.75",
    }


async def test_what_comes_back_after_the_payout_is_taken_off(trade: Trade, clock: Clock) -> None:
    programme = await offered(trade)
    key = await billed(trade, ("BOLT", 12))
    first = await drawn_up(trade, programme)
    await trade.channel.do(f'approveRebateStatement(id: "{first["id"]}")')
    await trade.channel.do(f'payOutRebateStatement(id: "{first["id"]}")', "result { amount reason }")
    assert await trade.exposure() == "108"

    clock.advance(days=300)
    await take_back(trade, key, 4)
    second = await drawn_up(trade, programme)
    assert {
        name: second[name] for name in ("boughtAmount", "earnedAmount", "settledAmount", "payableAmount")
    } == {
        "boughtAmount": "80",
        "earnedAmount": "0.8",
        "settledAmount": "12",
        "payableAmount": "-11.2",
    }
    await trade.channel.do(f'approveRebateStatement(id: "{second["id"]}")')
    note = await trade.channel.do(f'payOutRebateStatement(id: "{second["id"]}")', "result { amount }")
    assert note["result"] == {"amount": "11.2"}
    assert await trade.exposure() == "79.2"
    clock.advance(days=60)
    await take_back(trade, key, 4)
    third = await drawn_up(trade, programme)
    assert (third["boughtAmount"], third["payableAmount"]) == ("80", "0")


async def test_last_years_programme_on_last_years_data_is_what_was_paid(trade: Trade, clock: Clock) -> None:
    programme = await offered(trade, base=RebateBase.GROWTH, kind=RebateKind.MARGINAL)
    await billed(trade, ("BOLT", 20))
    clock.advance(days=365)
    await billed(trade, ("BOLT", 33), ("SAND", 2))
    later = await offered(
        trade,
        name="Next year",
        base=RebateBase.GROWTH,
        kind=RebateKind.MARGINAL,
        from_on=date(2027, 1, 1),
        until_on=date(2027, 12, 31),
    )
    real = await drawn_up(trade, later)
    simulate = (
        f'{{ simulateRebate(programme: "{kehu.global_id("RebateProgramme", programme.id)}", '
        f'partners: ["{trade.channel["NORTH"]}", "{trade.channel["SOUTH"]}"], '
        'fromOn: "2027-01-01", untilOn: "2027-12-31") { partner { code } bought before counted earned } }'
    )
    found = (await trade.channel.ask(simulate))["simulateRebate"]
    assert found == [
        {
            "partner": {"code": "NORTH"},
            "bought": real["boughtAmount"],
            "before": real["beforeAmount"],
            "counted": real["countedAmount"],
            "earned": real["earnedAmount"],
        },
        {"partner": {"code": "SOUTH"}, "bought": "0", "before": "0", "counted": "0", "earned": "0"},
    ]
    assert (real["boughtAmount"], real["beforeAmount"], real["earnedAmount"]) == ("335", "200", "4.5")


async def test_only_what_is_of_the_category_counts_and_not_what_is_excluded(trade: Trade) -> None:
    goods = await saved(trade.app, kehu.ProductCategory(name="Goods"))
    bulk = await saved(trade.app, kehu.ProductCategory(name="Bulk", parent_id=goods.id))
    await changed(trade.app, trade.depot.products["BOLT"], category_id=goods.id)
    await changed(trade.app, trade.depot.products["SAND"], category_id=bulk.id)
    await billed(trade, ("BOLT", 1), ("SAND", 2))
    every = await offered(trade, category_id=goods.id)
    some = await offered(trade, name="No bulk", excluded_category_id=bulk.id)
    assert (await drawn_up(trade, every))["boughtAmount"] == "15"
    assert (await drawn_up(trade, some))["boughtAmount"] == "10"
    key = kehu.global_id("RebateProgramme", every.id)
    await trade.channel.do(
        f'createRebateExclusion(input: {{programmeId: "{key}", productId: "{trade.depot["BOLT"]}"}})'
    )
    statement = await drawn_up(trade, every)
    assert statement["boughtAmount"] == "5"
    await trade.channel.do(f'approveRebateStatement(id: "{statement["id"]}")')
    errors = await refused(
        trade.app, RebateExclusion(programme_id=every.id, product_id=trade.depot.products["SAND"].id)
    )
    assert [error.code for error in errors] == ["REBATE_STATEMENT_STAYS"]


async def test_impossible_programmes_are_refused(trade: Trade) -> None:
    programme = await offered(trade)
    errors = await refused(
        trade.app,
        RebateTier(programme_id=programme.id, from_amount=D(50), until_amount=D(60), percent=D(1)),
    )
    assert [(error.code, error.field) for error in errors] == [("REBATE_TIERS_OVERLAP", "fromAmount")]
    errors = await change_refused(trade.app, programme, until_on=date(2025, 1, 1))
    assert [error.code for error in errors] == ["IMPOSSIBLE_REBATE"]
    assert await trade.channel.refused(draw_up(trade, programme, "SOUTH")) == [
        ("NO_REBATE_MEMBER", "partner")
    ]

    statement = await drawn_up(trade, programme)
    await trade.channel.do(f'approveRebateStatement(id: "{statement["id"]}")')
    errors = await change_refused(trade.app, programme, cap_amount=D(1))
    assert [error.code for error in errors] == ["REBATE_STATEMENT_STAYS"]


async def test_a_portal_user_sees_its_own_rebates(trade: Trade) -> None:
    programme = await offered(trade)
    await drawn_up(trade, programme)
    shown = "{ rebateStatements { totalCount } rebateProgrammes { totalCount } rebateTiers { totalCount } }"
    for code, seen in (("NORTH", (1, 1, 2)), ("SOUTH", (0, 0, 0))):
        found = await trade.channel.ask(shown, to=await trade.channel.user_of(code))
        assert tuple(each["totalCount"] for each in found.values()) == seen


@pytest.mark.parametrize(("verb", "state"), REBATE_STATES.refused)
def test_every_other_verb_is_refused(verb: str, state: RebateStatus) -> None:
    statement = RebateStatement(status=state)
    with pytest.raises(RebateInOtherState):
        statement.move(verb)
    assert statement.status is state
