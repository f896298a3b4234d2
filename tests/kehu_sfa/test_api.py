"""The figures of the data set "CRM Sales Opportunities", through the API, the same on both databases."""

from __future__ import annotations

import csv
import statistics
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import pytest

import kehu
from kehu_graphql import Api
from kehu_sfa.imports.crm_sales import import_crm_sales
from kehu_sfa.imports.files import FileAccount, ImportReport

pytestmark = pytest.mark.slow(reason="real data of a firm go in through the API")

COUNTS = """{
  customers { totalCount }
  subsidiaries: customers(filter: {parentId: {isNull: false}}) { totalCount }
  products { totalCount }
  users { totalCount }
  opportunities { totalCount }
  won: opportunities(filter: {stage: {category: {eq: WON}}}) { totalCount }
  lost: opportunities(filter: {stage: {category: {eq: LOST}}}) { totalCount }
  engaging: opportunities(filter: {stage: {name: {eq: "Engaging"}}}) { totalCount }
  prospecting: opportunities(filter: {stage: {name: {eq: "Prospecting"}}}) { totalCount }
  withoutCustomer: opportunities(filter: {customerId: {isNull: true}}) { totalCount }
  withoutReason: opportunities(filter: {lostReason: {isNull: true}, stage: {category: {eq: LOST}}}) { totalCount }
  history: stageChanges { totalCount }
}"""

FIGURES = """{
  winRate { won lost percent }
  firstQuarter: winRate(closedFrom: "2017-01-01", closedUntil: "2017-03-31") { percent }
  won: opportunitiesAggregate(filter: {stage: {category: {eq: WON}}}) { sum { amount weightedAmount } }
  quarters: opportunitiesAggregate(
    filter: {stage: {category: {eq: WON}}}, groupBy: [{field: CLOSED_ON, bucket: QUARTER}]
  ) { key { closedOn } count }
  stages: opportunitiesAggregate(groupBy: [{field: STAGE_ID}]) { key { stage { name } } count }
  owners: opportunitiesAggregate(groupBy: [{field: OWNER_ID}]) { key { owner { name } } count }
  products: opportunitiesAggregate(
    filter: {stage: {category: {eq: WON}}}, groupBy: [{field: PRODUCT_ID}]
  ) { key { product { name } } sum { amount } count }
}"""

WAY = """{
  opportunities(filter: {externalId: {eq: "1C1I7A6R"}}) {
    nodes {
      name amount currency openedOn closedOn closedAt
      customer { name industry opportunities { totalCount } }
      owner { name }
      team { name parent { name } }
      stageChanges { nodes { fromStage { name } toStage { name } enteredAt leftAt secondsInStage } }
    }
  }
}"""


REPORTS = """{
  owner: outcomeReport(by: OWNER) { ...Outcome }
  team: outcomeReport(by: TEAM) { ...Outcome }
  product: outcomeReport(by: PRODUCT) { ...Outcome }
  sector: outcomeReport(by: SECTOR) { ...Outcome }
  quarter: outcomeReport(by: QUARTER) { ...Outcome }
  year: outcomeReport(by: YEAR) { label cycleOfWon { medianDays meanDays } cycleOfLost { medianDays meanDays } }
  stages: pipelineReport(by: STAGE) { label count }
}
fragment Outcome on OutcomeGroup { label won lost winPercent wonAmount cycleOfWon { medianDays } }"""


class Imported:
    """A database that holds the data set."""

    def __init__(self, app: kehu.App, report: ImportReport) -> None:
        self.api, self.report = Api(app), report

    async def ask(self, document: str) -> dict[str, Any]:
        answer = await self.api.execute(document)
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data


@pytest.fixture
async def imported(app: kehu.App, kehu_data: Path) -> Imported:
    return Imported(app, await import_crm_sales(app, kehu_data / "crm_sales_maven"))


async def test_the_data_set_comes_in_whole(imported: Imported, kehu_data: Path) -> None:
    assert imported.report.files == [
        FileAccount("sales_teams.csv", read=35, created=35),
        FileAccount("products.csv", read=7, created=7),
        FileAccount("accounts.csv", read=85, created=85),
        FileAccount("sales_pipeline.csv", read=8_800, created=8_800),
    ]
    assert imported.report.mapped == {
        "product 'GTXPro' read as 'GTX Pro'": 1_480,
        "sector 'technolgy' read as 'technology'": 12,
        "office_location 'Philipines' read as 'Philippines'": 1,
        "office_location 'Korea' read as 'South Korea'": 1,
    }
    assert sorted(imported.report.noted.values()) == [3, 5, 6, 15, 500, 1_425, 2_473, 2_473]
    await check_counts(imported)
    await check_figures(imported)
    await check_reports(imported, kehu_data / "crm_sales_maven")
    await check_one_way(imported)


async def check_counts(imported: Imported) -> None:
    counts = await imported.ask(COUNTS)
    assert {name: found["totalCount"] for name, found in counts.items()} == {
        "customers": 85,
        "subsidiaries": 15,
        "products": 7,
        "users": 35,
        "opportunities": 8_800,
        "won": 4_238,
        "lost": 2_473,
        "engaging": 1_589,
        "prospecting": 500,
        "withoutCustomer": 1_425,
        "withoutReason": 0,
        "history": 8_800 + 4_238 + 2_473,
    }


async def check_figures(imported: Imported) -> None:
    figures = await imported.ask(FIGURES)
    assert figures["winRate"] == {"won": 4_238, "lost": 2_473, "percent": "63.15"}
    assert figures["firstQuarter"] == {"percent": "82.07"}
    assert figures["won"] == [{"sum": {"amount": "10005534", "weightedAmount": "10005534"}}]
    assert [(row["key"]["closedOn"], row["count"]) for row in figures["quarters"]] == [
        ("2017-01-01", 531),
        ("2017-04-01", 1_254),
        ("2017-07-01", 1_257),
        ("2017-10-01", 1_196),
    ]
    assert {row["key"]["stage"]["name"]: row["count"] for row in figures["stages"]} == {
        "Prospecting": 500,
        "Engaging": 1_589,
        "Won": 4_238,
        "Lost": 2_473,
    }
    owners = {row["key"]["owner"]["name"]: row["count"] for row in figures["owners"]}
    assert (len(owners), owners["Darcel Schlecht"], sum(owners.values())) == (30, 747, 8_800)
    products = {
        row["key"]["product"]["name"]: (row["count"], row["sum"]["amount"]) for row in figures["products"]
    }
    assert (len(products), products["GTK 500"]) == (7, (15, "400612"))


async def check_reports(imported: Imported, folder: Path) -> None:
    """The reports against what the files themselves say, counted without the application."""
    told = await imported.ask(REPORTS)
    deals = closed_deals(folder)
    for dimension in ("owner", "team", "product", "sector", "quarter"):
        found = {
            row["label"]: (row["won"], row["lost"], row["winPercent"], row["wonAmount"], row["cycleOfWon"])
            for row in told[dimension]
        }
        assert found == figures_by(dimension, deals), dimension
    assert {name: len(told[name]) for name in ("owner", "team", "product", "sector", "quarter")} == {
        "owner": 30,
        "team": 6,
        "product": 7,
        "sector": 10,
        "quarter": 4,
    }
    # Won deals took 57 days in the middle and 51.78 on average, lost ones 14 and 41.48.
    assert told["year"] == [
        {
            "label": "2017-01-01",
            "cycleOfWon": {"medianDays": "57", "meanDays": "51.78"},
            "cycleOfLost": {"medianDays": "14", "meanDays": "41.48"},
        }
    ]
    assert told["stages"] == [{"label": "Engaging", "count": 1_589}, {"label": "Prospecting", "count": 500}]


def closed_deals(folder: Path) -> list[dict[str, str]]:
    """The closed deals of the files, with the group that each belongs to by dimension."""
    sectors = {
        row["account"]: row["sector"].replace("technolgy", "technology")
        for row in rows_of(folder, "accounts")
    }
    managers = {row["sales_agent"]: row["manager"] for row in rows_of(folder, "sales_teams")}
    deals = []
    for row in rows_of(folder, "sales_pipeline"):
        if row["deal_stage"] in ("Won", "Lost"):
            closed = date.fromisoformat(row["close_date"])
            days = (closed - date.fromisoformat(row["engage_date"])).days
            deals.append(
                {
                    "owner": row["sales_agent"],
                    "team": managers[row["sales_agent"]],
                    "product": row["product"].replace("GTXPro", "GTX Pro"),
                    "sector": sectors[row["account"]],
                    "quarter": closed.replace(month=closed.month - (closed.month - 1) % 3, day=1).isoformat(),
                    "stage": row["deal_stage"],
                    "amount": row["close_value"],
                    "days": str(days),
                }
            )
    return deals


def figures_by(dimension: str, deals: list[dict[str, str]]) -> dict[str, tuple[Any, ...]]:
    figures = {}
    for label in {deal[dimension] for deal in deals}:
        won = [deal for deal in deals if deal[dimension] == label and deal["stage"] == "Won"]
        lost = sum(deal[dimension] == label and deal["stage"] == "Lost" for deal in deals)
        rate = (Decimal(100 * len(won)) / (len(won) + lost)).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        cycle = Decimal(statistics.median([int(deal["days"]) for deal in won]))
        figures[label] = (
            *(len(won), lost, plain(rate), plain(sum((Decimal(deal["amount"]) for deal in won), Decimal(0)))),
            {"medianDays": plain(cycle)},
        )
    return figures


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def plain(number: Decimal) -> str:
    """As the API spells it: without zeros at the end."""
    spelled = f"{number:f}"
    return spelled.rstrip("0").rstrip(".") if "." in spelled else spelled


async def check_one_way(imported: Imported) -> None:
    [found] = (await imported.ask(WAY))["opportunities"]["nodes"]
    won = {"enteredAt": "2017-03-01T00:00:00Z", "leftAt": None, "secondsInStage": None}
    engaged = {
        "enteredAt": "2016-10-20T00:00:00Z",
        "leftAt": "2017-03-01T00:00:00Z",
        "secondsInStage": 11_404_800,
    }
    assert found == {
        "name": "GTX Plus Basic for Cancity",
        "amount": "1054",
        "currency": "USD",
        "openedOn": "2016-10-20",
        "closedOn": "2017-03-01",
        "closedAt": "2017-03-01T00:00:00Z",
        "customer": {"name": "Cancity", "industry": "retail", "opportunities": {"totalCount": 101}},
        "owner": {"name": "Moses Frase"},
        "team": {"name": "Dustin Brinkmann", "parent": {"name": "Central"}},
        "stageChanges": {
            "nodes": [
                {"fromStage": None, "toStage": {"name": "Engaging"}, **engaged},
                {"fromStage": {"name": "Engaging"}, "toStage": {"name": "Won"}, **won},
            ]
        },
    }
