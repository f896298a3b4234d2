"""Leads come in from a file whose columns a map explains."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu_graphql import Api
from kehu_sfa import Lead, LeadStatus
from kehu_sfa.imports.files import FileAccount, ImportReport
from kehu_sfa.imports.leads import LeadMap, import_leads
from tests.kehu_sfa.conftest import Clock

school = kehu.Plugin("school", requires=["sfa"])
OF_LEADS = {
    "Prospect ID": "externalId",
    "Lead Number": "name",
    "Lead Source": "source",
    "Do Not Email": "doNotEmail",
    "Do Not Call": "doNotCall",
    "Country": "country",
    "City": "city",
    "What matters most to you in choosing a course": "interest",
}
CUSTOM: dict[str, type[Any]] = {
    "Lead Origin": str,
    "TotalVisits": int,
    "Total Time Spent on Website": int,
    "Page Views Per Visit": float,
    "Last Activity": str,
    "Specialization": str,
    "How did you hear about X Education": str,
    "What is your current occupation": str,
    "Tags": str,
    "Lead Quality": str,
    "Lead Profile": str,
    "Asymmetrique Activity Index": str,
    "Asymmetrique Profile Index": str,
    "Asymmetrique Activity Score": int,
    "Asymmetrique Profile Score": int,
    "Last Notable Activity": str,
    **dict.fromkeys(
        (
            "Search",
            "Magazine",
            "Newspaper Article",
            "X Education Forums",
            "Newspaper",
            "Digital Advertisement",
            "Through Recommendations",
            "Receive More Updates About Our Courses",
            "Update me on Supply Chain Content",
            "Get updates on DM Content",
            "I agree to pay the amount through cheque",
            "A free copy of Mastering The Interview",
        ),
        bool,
    ),
}


def python_name(column: str) -> str:
    return "_".join(column.lower().split())


def graphql_name(column: str) -> str:
    first, *more = python_name(column).split("_")
    return first + "".join(word.capitalize() for word in more)


for column, kind in CUSTOM.items():
    school.custom_field(Lead, python_name(column), kind)

MAP = LeadMap(
    key="Prospect ID",
    fields={name: field for name, field in OF_LEADS.items() if name != "Prospect ID"}
    | {name: graphql_name(name) for name in CUSTOM},
    unanswered=("Select",),
    converted="Converted",
)


@pytest.fixture
async def app(database_url: str, clock: Clock) -> AsyncIterator[kehu.App]:
    app = kehu.App([*kehu.installed(["sfa"]), school], database_url, clock=clock)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    yield app
    await app.close()


FIGURES = """{
  leads { totalCount }
  converted: leads(filter: {status: {eq: CONVERTED}}) { totalCount }
  doNotEmail: leads(filter: {doNotEmail: {eq: true}}) { totalCount }
  doNotCall: leads(filter: {doNotCall: {eq: true}}) { totalCount }
  bySource: leadsAggregate(groupBy: [{field: SOURCE}]) { key { source } count }
  convertedBySource: leadsAggregate(filter: {status: {eq: CONVERTED}}, groupBy: [{field: SOURCE}]) {
    key { source } count
  }
  byOrigin: leadsAggregate(groupBy: [{field: LEAD_ORIGIN}]) { key { leadOrigin } count }
  convertedByOrigin: leadsAggregate(filter: {status: {eq: CONVERTED}}, groupBy: [{field: LEAD_ORIGIN}]) {
    key { leadOrigin } count
  }
  sums: leadsAggregate { sum { totalvisits totalTimeSpentOnWebsite } }
}"""


def counted(rows: list[dict[str, Any]], key: str) -> dict[str | None, int]:
    return {row["key"][key]: row["count"] for row in rows}


def test_every_named_column_has_a_place() -> None:
    assert len(MAP.columns) == 37


@pytest.mark.slow(reason="reads a large file of real data")
async def test_leads_xeducation_comes_in_whole(app: kehu.App, kehu_data: Path) -> None:
    report = await import_leads(app, kehu_data / "leads_xeducation" / "Leads.csv", MAP)

    assert report.files == [FileAccount("Leads.csv", read=9_240, created=9_240)]
    assert report.noted["cells 'Select': left empty"] == 13_380
    countries = {note: count for note, count in report.noted.items() if "no country" in note}
    assert countries == {
        "Country 'unknown': no country, left empty": 5,
        "Country 'Asia/Pacific Region': no country, left empty": 2,
    }
    answer = await Api(app).execute(FIGURES)
    assert "errors" not in answer, answer
    check_figures(answer["data"])


def check_figures(figures: dict[str, Any]) -> None:
    totals = [figures[name]["totalCount"] for name in ("leads", "converted", "doNotEmail", "doNotCall")]
    assert totals == [9_240, 3_561, 734, 2]
    sources = counted(figures["bySource"], "source")
    converted = counted(figures["convertedBySource"], "source")
    shown = ("Google", "google", "Direct Traffic", "Olark Chat", "Reference", "Welingak Website", None)
    assert {source: (sources[source], converted.get(source, 0)) for source in shown} == {
        "Google": (2_868, 1_147),
        "google": (5, 0),
        "Direct Traffic": (2_543, 818),
        "Olark Chat": (1_755, 448),
        "Reference": (534, 490),
        "Welingak Website": (142, 140),
        None: (36, 29),
    }
    assert (len(sources), sum(sources.values()), sum(converted.values())) == (22, 9_240, 3_561)
    assert figures["sums"] == [{"sum": {"totalvisits": "31362", "totalTimeSpentOnWebsite": "4506332"}}]
    origins = counted(figures["byOrigin"], "leadOrigin")
    by_origin = counted(figures["convertedByOrigin"], "leadOrigin")
    assert {origin: (count, by_origin[origin]) for origin, count in origins.items()} == {
        "API": (3_580, 1_115),
        "Landing Page Submission": (4_886, 1_768),
        "Lead Add Form": (718, 664),
        "Lead Import": (55, 13),
        "Quick Add Form": (1, 1),
    }


def written(folder: Path, *rows: str) -> Path:
    file = folder / "leads.csv"
    file.write_text(
        "\n".join(["Prospect ID,Lead Number,TotalVisits,Country,Converted", *rows]), encoding="utf-8"
    )
    return file


SMALL = LeadMap(
    "Prospect ID",
    {"Lead Number": "name", "TotalVisits": "totalvisits", "Country": "country"},
    converted="Converted",
)


async def test_a_second_run_creates_nothing_and_bad_rows_are_told(app: kehu.App, tmp_path: Path) -> None:
    file = written(tmp_path, "a,660737,3,India,1", "b,660738,many,,0", "c,660739,,Nowhere,0", "d,,1,,0")

    await import_leads(app, file, SMALL)
    report: ImportReport = await import_leads(app, file, SMALL)

    [account] = report.files
    assert (account.read, account.created, account.existing) == (4, 0, 2)
    assert account.rejected == [
        (3, "TotalVisits 'many' is no int."),
        (5, "A lead needs a name, a company, an e-mail address or a phone number."),
    ]
    assert report.noted == {"Country 'Nowhere': no country, left empty": 1}
    async with app.context() as ctx:
        leads = (await ctx.session.scalars(sa.select(Lead).order_by(Lead.name))).all()
    assert [(lead.external_id, lead.status, lead.country, lead.custom) for lead in leads] == [
        ("a", LeadStatus.CONVERTED, "IN", {"school.totalvisits": 3}),
        ("c", LeadStatus.WORKING, None, {}),
    ]


async def test_a_map_to_a_field_that_is_not_there_stops_the_import(app: kehu.App, tmp_path: Path) -> None:
    file = written(tmp_path, "a,660737,3,India,1")

    with pytest.raises(kehu.SetupError, match="no field shoeSize"):
        await import_leads(app, file, LeadMap("Prospect ID", {"Lead Number": "shoeSize"}))


def test_a_map_is_read_from_toml(tmp_path: Path) -> None:
    file = tmp_path / "map.toml"
    file.write_text(
        'key = "Id"\nunanswered = ["Select"]\n[fields]\n"Lead Source" = "source"\n', encoding="utf-8"
    )

    assert LeadMap.read(file) == LeadMap("Id", {"Lead Source": "source"}, ("Select",))


@pytest.mark.parametrize("content", ["nonsense", 'key = "Id"', None])
def test_a_map_that_cannot_be_used_is_told(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "map.toml"
    if content is not None:
        file.write_text(content, encoding="utf-8")

    with pytest.raises(kehu.SetupError):
        LeadMap.read(file)
