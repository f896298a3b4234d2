"""Days that no report can be asked about, and spans that end before they start."""

from __future__ import annotations

import pytest

import kehu
from kehu_graphql import Api

BEYOND = [
    ('forecastReport(on: "9999-12-31") { owner { name } }', "on"),
    ('forecastReport(asOf: "0001-01-01T00:00:00+08:00") { owner { name } }', "asOf"),
    ('routeSheet(on: "9999-12-31") { __typename }', "on"),
    ('routeSheet(on: "0001-01-01") { __typename }', "on"),
    ('lostReasonReport(selection: {closedFrom: "0001-01-01"}) { __typename }', "closedFrom"),
    ('lostReasonReport(asOf: "9999-12-31T23:59:59-08:00") { __typename }', "asOf"),
]


@pytest.mark.parametrize(("asked", "field"), BEYOND)
async def test_reports_have_the_border_of_all_days(app: kehu.App, asked: str, field: str) -> None:
    answer = await Api(app).execute(f"{{ {asked} }}")
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("OUT_OF_RANGE", field)


async def test_a_report_is_over_a_span_that_ends_after_it_starts(app: kehu.App) -> None:
    asked = '{ lostReasonReport(selection: {closedFrom: "2026-03-02", closedUntil: "2026-03-01"}) { __typename } }'
    (error,) = (await Api(app).execute(asked))["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("ENDS_BEFORE_START", "closedUntil")
