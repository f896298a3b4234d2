"""Tax rates as data, on both databases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import kehu
from kehu_sfa import TaxRate
from tests.crm import reasons
from tests.kehu.factories import refused, saved, stored


async def test_a_tax_rate_is_zero_to_one_hundred_percent(app: kehu.App) -> None:
    errors = await refused(app, TaxRate(name="Too much", percent=Decimal(101)))

    assert reasons(errors) == [("IMPOSSIBLE_TAX_RATE", "percent", "sfa")]


async def test_a_tax_rate_does_not_end_before_it_begins(app: kehu.App) -> None:
    rate = TaxRate(
        name="VAT", percent=Decimal(19), valid_from_on=date(2026, 2, 1), valid_until_on=date(2026, 1, 1)
    )

    assert reasons(await refused(app, rate)) == [("IMPOSSIBLE_TAX_RATE", "validUntilOn", "sfa")]


async def test_a_new_default_takes_the_mark_from_the_old_one(app: kehu.App) -> None:
    old = await saved(app, TaxRate(name="VAT 16 %", percent=Decimal(16), is_default=True))
    new = await saved(app, TaxRate(name="VAT 19 %", percent=Decimal(19), is_default=True))

    assert [(await stored(app, rate)).is_default for rate in (old, new)] == [False, True]


def test_a_tax_rate_holds_on_its_days() -> None:
    rate = TaxRate(
        name="VAT", percent=Decimal(16), valid_from_on=date(2026, 7, 1), valid_until_on=date(2026, 12, 31)
    )

    days = (date(2026, 6, 30), date(2026, 7, 1), date(2026, 12, 31), date(2027, 1, 1))

    assert [rate.holds(day) for day in days] == [False, True, True, False]
