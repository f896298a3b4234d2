"""The import of the four CRM sales files, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest
import sqlalchemy as sa

import kehu
from kehu.crm.products.models import PriceList, PriceListItem, Product
from kehu.platform.audit.models import AuditEntry
from kehu.platform.identity.models import Membership
from kehu_sfa import Opportunity, Pipeline, Stage
from kehu_sfa.imports.crm_sales import import_crm_sales
from kehu_sfa.imports.files import FileAccount
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import history
from tests.kehu_sfa.imports.files import ROWS, write_files

T = TypeVar("T", bound=kehu.Entity)


async def every(app: kehu.App, model: type[T]) -> Sequence[T]:
    async with app.context() as ctx:
        return (await ctx.session.scalars(sa.select(model).order_by(model.id))).all()


async def deal(app: kehu.App, external_id: str) -> Opportunity:
    async with app.context() as ctx:
        found = sa.select(Opportunity).where(Opportunity.external_id == external_id)
        return (await ctx.session.scalars(found)).one()


async def test_every_row_is_accounted_for(app: kehu.App, tmp_path: Path) -> None:
    report = await import_crm_sales(app, write_files(tmp_path))

    assert report.files == [
        FileAccount("sales_teams.csv", read=3, created=3),
        FileAccount("products.csv", read=2, created=2),
        FileAccount("accounts.csv", read=3, created=3),
        FileAccount("sales_pipeline.csv", read=4, created=4),
    ]
    assert report.mapped == {
        "product 'GTXPro' read as 'GTX Pro'": 1,
        "sector 'technolgy' read as 'technology'": 1,
        "office_location 'Philipines' read as 'Philippines'": 1,
    }
    assert report.noted["deals without an account: kept, with no customer"] == 1
    assert report.noted["deals without an engage date: kept, in their stage since the import"] == 1
    assert report.noted["people without deals: kept"] == 1


async def test_a_second_run_creates_nothing(app: kehu.App, tmp_path: Path) -> None:
    await import_crm_sales(app, write_files(tmp_path))

    report = await import_crm_sales(app, tmp_path)

    assert [(file.read, file.created, file.existing) for file in report.files] == [
        *((3, 0, 3), (2, 0, 2), (3, 0, 3), (4, 0, 4))
    ]
    models: list[type[kehu.Entity]] = [
        *(kehu.User, kehu.Team, Membership, Product, PriceList, PriceListItem),
        *(kehu.Customer, Pipeline, Stage, Opportunity),
    ]
    counts = [len(await every(app, model)) for model in models]
    assert counts == [3, 5, 3, 2, 1, 2, 3, 1, 4, 4]


async def test_a_parent_may_stand_after_its_child(app: kehu.App, tmp_path: Path) -> None:
    await import_crm_sales(app, write_files(tmp_path))

    customers = {customer.name: customer for customer in await every(app, kehu.Customer)}
    assert customers["Codehow"].parent_id == customers["Acme Corporation"].id
    acme = customers["Acme Corporation"]
    assert (acme.industry, acme.country, acme.founded_year, acme.employees) == (
        "technology",
        "US",
        1996,
        2822,
    )
    assert (acme.annual_revenue, acme.annual_revenue_currency) == (Decimal(1_100_040_000), "USD")
    assert customers["Bioholding"].country == "PH"


async def test_products_come_with_a_price_list(app: kehu.App, tmp_path: Path) -> None:
    await import_crm_sales(app, write_files(tmp_path))

    [prices] = await every(app, PriceList)
    products = {product.id: product for product in await every(app, Product)}
    listed = {products[item.product_id].code: item.price for item in await every(app, PriceListItem)}
    assert (prices.name, prices.currency) == ("List prices", "USD")
    assert listed == {"GTX-PRO": Decimal(4821), "MG-SPECIAL": Decimal(55)}


async def test_people_are_users_without_email_in_the_team_of_their_manager(
    app: kehu.App, tmp_path: Path
) -> None:
    await import_crm_sales(app, write_files(tmp_path))

    teams = {team.id: team for team in await every(app, kehu.Team)}
    users = {user.id: user for user in await every(app, kehu.User)}
    placed = {users[m.user_id].name: teams[m.team_id] for m in await every(app, Membership)}
    assert [user.email for user in users.values()] == [None, None, None]
    assert placed["Moses Frase"].name == "Dustin Brinkmann"
    office = placed["Moses Frase"].parent_id
    assert office is not None
    assert teams[office].name == "Central"


async def test_a_won_deal_keeps_the_dates_of_the_file(app: kehu.App, tmp_path: Path) -> None:
    await import_crm_sales(app, write_files(tmp_path))

    won = await deal(app, "1C1I7A6R")
    assert (won.name, won.amount, won.currency) == ("GTX Pro for Codehow", Decimal(4514), "USD")
    assert (won.opened_on, won.closed_on) == (date(2016, 10, 20), date(2017, 3, 1))
    assert won.closed_at == datetime(2017, 3, 1, tzinfo=UTC)
    engaged, closed = await history(app, won)
    assert (engaged.entered_at, engaged.left_at) == (datetime(2016, 10, 20, tzinfo=UTC), won.closed_at)
    assert engaged.seconds_in_stage == 132 * 86_400
    assert (closed.from_stage_id, closed.to_stage_id) == (engaged.to_stage_id, won.stage_id)


async def test_a_lost_deal_has_the_reason_unknown(app: kehu.App, tmp_path: Path) -> None:
    await import_crm_sales(app, write_files(tmp_path))

    lost = await deal(app, "Z063OYW0")
    assert (lost.lost_reason, lost.amount, lost.closed_on) == ("UNKNOWN", Decimal(0), date(2017, 3, 11))


async def test_open_deals_keep_what_is_missing_missing(app: kehu.App, tmp_path: Path, clock: Clock) -> None:
    await import_crm_sales(app, write_files(tmp_path))

    engaging, prospecting = await deal(app, "EC4QE1BX"), await deal(app, "MV1LWRNH")
    assert (engaging.name, engaging.customer_id, engaging.amount) == ("MG Special", None, None)
    assert engaging.stage_entered_at == datetime(2016, 11, 1, tzinfo=UTC)
    assert (prospecting.opened_on, prospecting.stage_entered_at) == (None, clock.now)
    assert (engaging.closed_at, prospecting.closed_at) == (None, None)


PRESS = "X,Moses Frase,GTX Pro"
BAD_ROWS = [
    ("sales_pipeline.csv", ",Moses Frase,GTX Pro,,Engaging,2016-11-01,,", "opportunity_id is empty."),
    ("sales_pipeline.csv", "X,Nobody,GTX Pro,,Engaging,,,", "sales_agent 'Nobody' is in no other file."),
    ("sales_pipeline.csv", "X,Moses Frase,GTZ,,Engaging,,,", "product 'GTZ' is in no other file."),
    ("sales_pipeline.csv", f"{PRESS},Nix,Engaging,,,", "account 'Nix' is in no other file."),
    ("sales_pipeline.csv", f"{PRESS},,Dreaming,,,", "deal_stage 'Dreaming' is in no other file."),
    ("sales_pipeline.csv", f"{PRESS},,Won,2016-11-01,,5", "Won, but there is no close_date."),
    (
        "sales_pipeline.csv",
        f"{PRESS},,Won,1.11.16,,5",
        "engage_date '1.11.16' is no date such as 2017-03-01.",
    ),
    ("sales_pipeline.csv", f"{PRESS},,Won,2016-11-01,2016-12-01,dear", "close_value 'dear' is no number."),
    (
        "sales_pipeline.csv",
        f"{PRESS},,Won,2016-11-01,2016-10-01,5",
        "It cannot close on 2016-10-01: it was opened on 2016-11-01.",
    ),
    (
        "sales_pipeline.csv",
        f"{PRESS},,Won,2016-11-01,2016-12-01,-5",
        "Amount cannot be negative; -5.00 USD is.",
    ),
    ("accounts.csv", "Nix,software,1998,1,1,Atlantis,", "'Atlantis' is no country that we know."),
    ("accounts.csv", "Nix,software,long ago,1,1,Kenya,", "year_established 'long ago' is no whole number."),
    ("accounts.csv", "Nix,software,1998,NaN,1,Kenya,", "revenue 'NaN' is no number."),
    (
        "accounts.csv",
        "Nix,software,1998,1,1,Kenya,Nobody Inc",
        "its parent 'Nobody Inc' is no imported account.",
    ),
    ("products.csv", "GTZ,GTX,dear", "sales_price 'dear' is no number."),
]


@pytest.mark.parametrize(("name", "row", "reason"), BAD_ROWS)
async def test_a_bad_row_is_reported_and_takes_no_other_with_it(
    sqlite_app: kehu.App, tmp_path: Path, name: str, row: str, reason: str
) -> None:
    good = ROWS[name]
    write_files(tmp_path, {name: [good[0], row, *good[1:]]})

    report = await import_crm_sales(sqlite_app, tmp_path)

    assert report.file(name) == FileAccount(name, len(good) + 1, len(good), 0, [(3, reason)])


async def test_a_missing_file_is_found_before_anything_is_written(
    sqlite_app: kehu.App, tmp_path: Path
) -> None:
    (write_files(tmp_path) / "sales_pipeline.csv").unlink()

    with pytest.raises(kehu.SetupError, match=r"sales_pipeline\.csv"):
        await import_crm_sales(sqlite_app, tmp_path)

    assert await every(sqlite_app, kehu.User) == []


async def test_the_audit_trail_names_the_run(sqlite_app: kehu.App, tmp_path: Path) -> None:
    await import_crm_sales(sqlite_app, write_files(tmp_path), request_id="run-1")

    entries = await every(sqlite_app, AuditEntry)
    assert {(entry.request_id, entry.principal) for entry in entries} == {("run-1", "system")}
    assert sum(entry.entity == "Opportunity" for entry in entries) == 4
