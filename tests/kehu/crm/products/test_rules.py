from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import kehu
from kehu.crm.products.models import CurrencyRate, PriceList, PriceListItem, Product, ProductCategory
from kehu.crm.products.queries import NoCurrencyRate, convert, find_price
from kehu.kernel.errors import FieldError
from tests.kehu.factories import change_refused, changed, refused, saved, stored

TODAY = date(2026, 3, 2)


@pytest.fixture
async def drill(app: kehu.App) -> Product:
    return await saved(app, Product(code="D-1", name="Drill"))


@pytest.fixture
async def retail(app: kehu.App) -> PriceList:
    return await saved(app, PriceList(name="Retail", currency=" eur "))


def item(retail: PriceList, drill: Product, amount: str, **values: object) -> PriceListItem:
    return PriceListItem(price_list_id=retail.id, product_id=drill.id, price=Decimal(amount), **values)


async def test_categories_do_not_stand_in_a_circle(app: kehu.App) -> None:
    tools = await saved(app, ProductCategory(name="Tools"))
    drills = await saved(app, ProductCategory(name="Drills", parent_id=tools.id))
    assert await change_refused(app, tools, parent_id=drills.id) == (
        FieldError("CATEGORY_CYCLE", "Tools cannot stand below itself.", "parentId", "core"),
    )
    assert (await stored(app, tools)).parent_id is None


@pytest.mark.usefixtures("drill")
async def test_no_two_products_have_the_same_code(app: kehu.App) -> None:
    assert await refused(app, Product(code=" D-1 ", name="Other")) == (
        FieldError("DUPLICATE", "Another product has the code D-1.", "code", "core"),
    )


async def test_a_new_product_can_be_sold_by_the_piece(drill: Product) -> None:
    assert (drill.unit, drill.is_active, drill.is_serial_tracked) == ("piece", True, False)


async def test_a_price_list_has_a_currency_that_exists(app: kehu.App, retail: PriceList) -> None:
    assert retail.currency == "EUR"
    errors = await refused(app, PriceList(name="Other", currency="ABC"))
    assert [(e.code, e.field) for e in errors] == [("INVALID", "currency")]


async def test_a_list_that_has_prices_keeps_its_currency(
    app: kehu.App, retail: PriceList, drill: Product
) -> None:
    await changed(app, retail, currency="USD")
    await saved(app, item(retail, drill, "10"))
    assert [e.field for e in await change_refused(app, retail, currency="CNY")] == ["currency"]
    assert (await stored(app, retail)).currency == "USD"


async def test_a_price_is_not_below_zero(app: kehu.App, retail: PriceList, drill: Product) -> None:
    errors = await refused(app, item(retail, drill, "-1"))
    assert [(e.code, e.field) for e in errors] == [("INVALID", "price")]


async def test_a_product_has_one_price_at_a_time(app: kehu.App, retail: PriceList, drill: Product) -> None:
    await saved(app, item(retail, drill, "10", valid_until_on=date(2026, 5, 31)))
    errors = await refused(app, item(retail, drill, "11", valid_from_on=date(2026, 5, 31)))
    assert [(e.code, e.field) for e in errors] == [("DUPLICATE", "minQuantity")]
    await saved(app, item(retail, drill, "11", valid_from_on=date(2026, 6, 1)))
    await saved(app, item(retail, drill, "9", min_quantity=Decimal(100)))


async def test_the_price_depends_on_quantity_and_day(
    app: kehu.App, retail: PriceList, drill: Product
) -> None:
    await saved(app, item(retail, drill, "10.5", valid_until_on=date(2026, 5, 31)))
    await saved(app, item(retail, drill, "11", valid_from_on=date(2026, 6, 1)))
    await saved(app, item(retail, drill, "9", min_quantity=Decimal(100)))

    async def asked(quantity: str, on: date) -> Decimal | None:
        async with app.context() as ctx:
            return await find_price(ctx, retail.id, drill.id, quantity=Decimal(quantity), on=on)

    assert await asked("1", TODAY) == Decimal("10.5")
    assert await asked("99.9", date(2026, 6, 1)) == Decimal(11)
    assert await asked("100", TODAY) == Decimal(9)
    assert await asked("0.5", TODAY) is None


@pytest.mark.parametrize(
    ("unusable", "values", "code"),
    [
        ("priceListId", {"is_active": False}, "PRICE_LIST_NOT_ACTIVE"),
        ("priceListId", {"valid_from_on": date(2026, 3, 3)}, "PRICE_LIST_NOT_ACTIVE"),
        ("priceListId", {"valid_until_on": date(2026, 3, 1)}, "PRICE_LIST_NOT_ACTIVE"),
        ("priceListId", {"archived_at": datetime(2026, 3, 1, tzinfo=UTC)}, "ARCHIVED"),
        ("productId", {"is_active": False}, "PRODUCT_NOT_SOLD"),
        ("productId", {"archived_at": datetime(2026, 3, 1, tzinfo=UTC)}, "ARCHIVED"),
    ],
)
async def test_a_list_or_product_that_is_not_in_use_on_a_day_gives_no_price(
    app: kehu.App, retail: PriceList, drill: Product, unusable: str, values: dict[str, object], code: str
) -> None:
    await saved(app, item(retail, drill, "10.5"))
    records: dict[str, PriceList | Product] = {"priceListId": retail, "productId": drill}
    await changed(app, records[unusable], **values)
    assert await price_refused(app, retail, drill) == [(code, unusable)]


async def test_an_archived_product_is_named(app: kehu.App, retail: PriceList, drill: Product) -> None:
    await saved(app, item(retail, drill, "10.5"))
    await changed(app, drill, archived_at=datetime(2026, 3, 1, tzinfo=UTC))
    async with app.context() as ctx:
        with pytest.raises(kehu.Refusal) as refusal:
            await find_price(ctx, retail.id, drill.id, quantity=Decimal(1), on=TODAY)
    assert str(refusal.value) == f"{drill.name} is archived; take it back first."


async def test_prices_of_a_product_to_come_are_prepared(
    app: kehu.App, retail: PriceList, drill: Product
) -> None:
    await changed(app, drill, is_active=False)
    await changed(app, retail, is_active=False)
    assert (await saved(app, item(retail, drill, "10.5"))).price == Decimal("10.5")


async def price_refused(
    app: kehu.App, price_list: PriceList, product: Product
) -> list[tuple[str, str | None]]:
    """Why there is no price today."""
    async with app.context() as ctx:
        with pytest.raises(kehu.Refusal) as refusal:
            await find_price(ctx, price_list.id, product.id, quantity=Decimal(1), on=TODAY)
    return [(error.code, error.field) for error in refusal.value.errors]


async def test_a_rate_names_two_currencies(app: kehu.App) -> None:
    kept = await saved(app, CurrencyRate(base="eur", quote="cny", rate=Decimal("7.81234567"), as_of=TODAY))
    assert (kept.base, kept.quote, (await stored(app, kept)).rate) == ("EUR", "CNY", Decimal("7.81234567"))
    errors = await refused(app, CurrencyRate(base="EUR", quote="EUR", rate=Decimal(1), as_of=TODAY))
    assert [(e.code, e.field) for e in errors] == [("INVALID", "quote")]


async def test_a_pair_has_one_rate_a_day(app: kehu.App) -> None:
    await saved(app, CurrencyRate(base="EUR", quote="CNY", rate=Decimal("7.8"), as_of=TODAY))
    errors = await refused(app, CurrencyRate(base="EUR", quote="CNY", rate=Decimal("7.9"), as_of=TODAY))
    assert [e.code for e in errors] == ["DUPLICATE"]


async def test_amounts_convert_at_the_rate_of_the_day(app: kehu.App) -> None:
    await saved(app, CurrencyRate(base="EUR", quote="CNY", rate=Decimal("7.5"), as_of=date(2026, 1, 1)))
    await saved(app, CurrencyRate(base="EUR", quote="CNY", rate=Decimal(8), as_of=TODAY))
    await saved(app, CurrencyRate(base="USD", quote="EUR", rate=Decimal("0.8"), as_of=TODAY))
    async with app.context() as ctx:
        assert await convert(ctx, Decimal(100), "EUR", "CNY", on=date(2026, 3, 1)) == Decimal(750)
        assert await convert(ctx, Decimal(100), "EUR", "CNY", on=date(2026, 9, 1)) == Decimal(800)
        assert await convert(ctx, Decimal(100), "CNY", "EUR", on=TODAY) == Decimal("12.5")
        assert await convert(ctx, Decimal(100), "EUR", "USD", on=TODAY) == Decimal(125)
        assert await convert(ctx, Decimal("1.23"), "EUR", "EUR", on=date(1999, 1, 1)) == Decimal("1.23")


async def test_the_newer_direction_of_a_pair_counts(app: kehu.App) -> None:
    await saved(app, CurrencyRate(base="EUR", quote="CNY", rate=Decimal("7.5"), as_of=date(2026, 1, 1)))
    await saved(app, CurrencyRate(base="CNY", quote="EUR", rate=Decimal("0.125"), as_of=TODAY))
    async with app.context() as ctx:
        assert await convert(ctx, Decimal(100), "EUR", "CNY", on=TODAY) == Decimal(800)


async def test_a_missing_rate_names_the_pair_and_the_day(app: kehu.App) -> None:
    await saved(app, CurrencyRate(base="EUR", quote="CNY", rate=Decimal("7.5"), as_of=TODAY))
    async with app.context() as ctx:
        with pytest.raises(NoCurrencyRate) as refusal:
            await convert(ctx, Decimal(100), "EUR", "CNY", on=date(2026, 3, 1))
    assert refusal.value.errors == (
        FieldError("NO_CURRENCY_RATE", "There is no rate from EUR to CNY on 2026-03-01 or before."),
    )
