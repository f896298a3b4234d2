"""Import the four files of the data set "CRM Sales Opportunities": accounts, products, sales_teams, sales_pipeline.

Managers are no users: the file gives them no deals. Each regional office becomes a team, and each manager a team
below it that is named after the manager.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

import kehu
from kehu.business.identifiers.countries import country_code
from kehu.platform.identity.models import Membership
from kehu_sfa.imports.files import ImportReport, Row, RowRejected, read_rows
from kehu_sfa.imports.storing import Contexts, Recipe, known_ids, store
from kehu_sfa.opportunities.models import Opportunity
from kehu_sfa.pipelines.models import Pipeline, Stage, StageCategory

CURRENCY = "USD"
MILLION = 1_000_000
COLUMNS = {
    "accounts.csv": (
        *("account", "sector", "year_established", "revenue", "employees"),
        *("office_location", "subsidiary_of"),
    ),
    "products.csv": ("product", "series", "sales_price"),
    "sales_teams.csv": ("sales_agent", "manager", "regional_office"),
    "sales_pipeline.csv": (
        *("opportunity_id", "sales_agent", "product", "account", "deal_stage"),
        *("engage_date", "close_date", "close_value"),
    ),
}
# What the files say otherwise in one place than in another, or misspell.
MEANT = {
    ("product", "GTXPro"): "GTX Pro",
    ("sector", "technolgy"): "technology",
    ("office_location", "Philipines"): "Philippines",
    ("office_location", "Korea"): "South Korea",
}
# Name, category and default probability of the stages; the file has no probabilities for open ones.
STAGES = (
    ("Prospecting", StageCategory.OPEN, 10),
    ("Engaging", StageCategory.OPEN, 50),
    ("Won", StageCategory.WON, 100),
    ("Lost", StageCategory.LOST, 0),
)


async def import_crm_sales(app: kehu.App, folder: Path, *, request_id: str | None = None) -> ImportReport:
    """Read the four files and create what is not there yet; a second run creates nothing.

    `request_id` names the run in the audit trail. Raises SetupError, before anything is written, where a file or a
    column is missing.
    """
    files = {name: read_rows(folder / name, columns) for name, columns in COLUMNS.items()}
    report = ImportReport()
    contexts = partial(app.context, request_id=request_id or uuid.uuid4().hex)
    rows = {name: [_as_meant(row, report) for row in found] for name, found in files.items()}
    people = await _store_people(contexts, rows["sales_teams.csv"], report)
    products = await _store_products(contexts, rows["products.csv"], report)
    customers = await _store_customers(contexts, rows["accounts.csv"], report)
    stages = await _stages(contexts)
    sales = _Sales(people, products, customers, stages, app.clock())
    recipe = Recipe(Opportunity, "opportunity_id", sales.opportunity)
    await store(contexts, recipe, rows["sales_pipeline.csv"], report.file("sales_pipeline.csv"))
    _note(rows, report)
    return report


# --- people ----------------------------------------------------------------------------------------------------
@dataclasses.dataclass(frozen=True, slots=True)
class _Person:
    user_id: uuid.UUID
    team_id: uuid.UUID


async def _store_people(contexts: Contexts, rows: Sequence[Row], report: ImportReport) -> dict[str, _Person]:
    teams = await _store_teams(contexts, rows)
    recipe = Recipe(
        kehu.User,
        "sales_agent",
        make=lambda row: kehu.User(name=row["sales_agent"], external_id=row["sales_agent"]),
        also=lambda row, user: [Membership(user_id=user.id, team_id=teams[row["manager"]])],
    )
    users = await store(contexts, recipe, rows, report.file("sales_teams.csv"))
    people = {row["sales_agent"]: row["manager"] for row in rows}
    return {name: _Person(users[name], teams[boss]) for name, boss in people.items() if name in users}


async def _store_teams(contexts: Contexts, rows: Sequence[Row]) -> dict[str, uuid.UUID]:
    """The teams of the managers, below those of the offices; by the manager's name."""
    known = await known_ids(contexts, kehu.Team)
    offices = {row["manager"]: row["regional_office"] for row in rows}
    async with contexts() as ctx, ctx.write():
        for office in sorted(set(offices.values()) - known.keys()):
            team = ctx.add(kehu.Team(name=office, external_id=office))
            await ctx.flush()
            known[office] = team.id
        for manager in sorted(offices.keys() - known.keys()):
            team = ctx.add(kehu.Team(name=manager, external_id=manager, parent_id=known[offices[manager]]))
            await ctx.flush()
            known[manager] = team.id
    return known


# --- products --------------------------------------------------------------------------------------------------
async def _store_products(
    contexts: Contexts, rows: Sequence[Row], report: ImportReport
) -> dict[str, uuid.UUID]:
    price_list_id = await _price_list_id(contexts)
    recipe = Recipe(
        kehu.Product,
        "product",
        make=_product,
        also=lambda row, product: [
            kehu.PriceListItem(
                price_list_id=price_list_id, product_id=product.id, price=_decimal(row, "sales_price")
            )
        ],
    )
    return await store(contexts, recipe, rows, report.file("products.csv"))


async def _price_list_id(contexts: Contexts) -> uuid.UUID:
    name = "List prices"
    known = await known_ids(contexts, kehu.PriceList)
    if name in known:
        return known[name]
    async with contexts() as ctx, ctx.write():
        prices = ctx.add(kehu.PriceList(name=name, currency=CURRENCY, external_id=name))
    return prices.id


def _product(row: Row) -> kehu.Product:
    _decimal(row, "sales_price")
    name = row["product"]
    return kehu.Product(
        code=name.upper().replace(" ", "-"), name=name, series=row["series"] or None, external_id=name
    )


# --- customers -------------------------------------------------------------------------------------------------
async def _store_customers(
    contexts: Contexts, rows: Sequence[Row], report: ImportReport
) -> dict[str, uuid.UUID]:
    """Customers, parents before children, whatever their order in the file."""
    account = report.file("accounts.csv")
    known = await known_ids(contexts, kehu.Customer)
    recipe = Recipe(kehu.Customer, "account", lambda row: _customer(row, known))
    waiting = list(rows)
    while ready := [row for row in waiting if not row["subsidiary_of"] or row["subsidiary_of"] in known]:
        known |= await store(contexts, recipe, ready, account)
        waiting = [row for row in waiting if row not in ready]
    account.read += len(waiting)
    orphaned = "its parent {!r} is no imported account."
    account.rejected += [(row.line, orphaned.format(row["subsidiary_of"])) for row in waiting]
    return known


def _customer(row: Row, known: Mapping[str, uuid.UUID]) -> kehu.Customer:
    country = country_code(row["office_location"])
    if country is None and row["office_location"]:
        raise RowRejected(f"{row['office_location']!r} is no country that we know.")
    return kehu.Customer(
        name=row["account"],
        external_id=row["account"],
        industry=row["sector"] or None,
        founded_year=_whole(row, "year_established"),
        employees=_whole(row, "employees"),
        annual_revenue=_decimal(row, "revenue") * MILLION,
        annual_revenue_currency=CURRENCY,
        country=country,
        parent_id=known[row["subsidiary_of"]] if row["subsidiary_of"] else None,
    )


# --- opportunities ---------------------------------------------------------------------------------------------
@dataclasses.dataclass(frozen=True, slots=True)
class _Sales:
    """What the rows of sales_pipeline.csv refer to, by the names used there."""

    people: Mapping[str, _Person]
    products: Mapping[str, uuid.UUID]
    customers: Mapping[str, uuid.UUID]
    stages: Mapping[str, Stage]
    imported_at: datetime

    def opportunity(self, row: Row) -> Opportunity:
        """The deal of a row, with the way it took. Raises RowRejected."""
        person = _known(self.people, row, "sales_agent")
        made = Opportunity(
            external_id=row["opportunity_id"],
            name=f"{row['product']} for {row['account']}" if row["account"] else row["product"],
            customer_id=_known(self.customers, row, "account") if row["account"] else None,
            product_id=_known(self.products, row, "product"),
            pipeline_id=self.stages["Prospecting"].pipeline_id,
            owner_id=person.user_id,
            team_id=person.team_id,
            amount=_decimal(row, "close_value") if row["close_value"] else None,
            currency=CURRENCY,
            opened_on=_date(row, "engage_date"),
        )
        self._send_along(made, row)
        return made

    def _send_along(self, made: Opportunity, row: Row) -> None:
        """A closed deal came through Engaging on the day somebody engaged; before that the file knows nothing."""
        stage = _known(self.stages, row, "deal_stage")
        on = _date(row, "close_date")
        if not stage.category.is_closed:
            made.start_in(stage, at=_midnight(made.opened_on) if made.opened_on else self.imported_at)
            return
        if on is None:
            raise RowRejected(f"{stage.name}, but there is no close_date.")
        made.start_in(self.stages["Engaging"], at=_midnight(made.opened_on or on))
        if stage.category is StageCategory.WON:
            made.win(stage, at=_midnight(on), on=on)
        else:
            made.lose(stage, reason="UNKNOWN", at=_midnight(on), on=on)


async def _stages(contexts: Contexts) -> dict[str, Stage]:
    """The stages of the pipeline of this import by their names in the file, created where they are missing."""
    source = "crm-sales"
    async with contexts() as ctx, ctx.write():
        found = await ctx.session.scalars(sa.select(Pipeline).where(Pipeline.external_id == source))
        pipeline = found.one_or_none()
        if pipeline is None:
            pipeline = ctx.add(Pipeline(name="Sales", external_id=source))
            await ctx.flush()
            for position, (name, category, probability) in enumerate(STAGES, start=1):
                ctx.add(
                    Stage(
                        pipeline_id=pipeline.id,
                        name=name,
                        external_id=name,
                        position=10 * position,
                        category=category,
                        default_probability=probability,
                    )
                )
            await ctx.flush()
        stages = await ctx.session.scalars(sa.select(Stage).where(Stage.pipeline_id == pipeline.id))
        return {stage.external_id: stage for stage in stages if stage.external_id}


# --- values ----------------------------------------------------------------------------------------------------
def _as_meant(row: Row, report: ImportReport) -> Row:
    """The row with its known slips put right, each counted."""
    values = dict(row.values)
    for (column, written), meant in MEANT.items():
        if values.get(column) == written:
            values[column] = meant
            report.mapped[f"{column} {written!r} read as {meant!r}"] += 1
    return Row(row.line, values)


def _note(rows: Mapping[str, Sequence[Row]], report: ImportReport) -> None:
    """Count what is missing in the files, and what they say without a word."""
    people, deals = rows["sales_teams.csv"], rows["sales_pipeline.csv"]
    sellers = {row["sales_agent"] for row in deals}
    offices, managers = {row["regional_office"] for row in people}, {row["manager"] for row in people}
    lost = [row for row in deals if row["deal_stage"] == "Lost"]
    report.noted.update(
        {
            "deals without an account: kept, with no customer": sum(not row["account"] for row in deals),
            "deals without an engage date: kept, in their stage since the import": sum(
                not row["engage_date"] for row in deals
            ),
            "lost deals: reason UNKNOWN, since the file has none": len(lost),
            "lost deals of value 0: amount 0, as in the file": sum(row["close_value"] == "0" for row in lost),
            "people without deals: kept": sum(row["sales_agent"] not in sellers for row in people),
            "accounts with a parent": sum(bool(row["subsidiary_of"]) for row in rows["accounts.csv"]),
            "regional offices: teams": len(offices),
            "managers: teams below their office, not users": len(managers),
        }
    )


V = TypeVar("V")


def _known(known: Mapping[str, V], row: Row, column: str) -> V:
    if row[column] not in known:
        raise RowRejected(f"{column} {row[column]!r} is in no other file.")
    return known[row[column]]


def _decimal(row: Row, column: str) -> Decimal:
    try:
        value = Decimal(row[column])
    except InvalidOperation:
        raise RowRejected(f"{column} {row[column]!r} is no number.") from None
    if not value.is_finite():
        raise RowRejected(f"{column} {row[column]!r} is no number.")
    return value


def _whole(row: Row, column: str) -> int | None:
    if row[column] and not row[column].isdecimal():
        raise RowRejected(f"{column} {row[column]!r} is no whole number.")
    return int(row[column]) if row[column] else None


def _date(row: Row, column: str) -> date | None:
    try:
        day = date.fromisoformat(row[column]) if row[column] else None
    except ValueError:
        raise RowRejected(f"{column} {row[column]!r} is no date such as 2017-03-01.") from None
    if day is not None and not kehu.is_within_border(day):
        raise RowRejected(f"{column} {row[column]!r} lies beyond every calendar.")
    return day


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
