"""Dates relative to today, in the time zone of who asks."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

import kehu
from tests.crm import Crm, OpenCrm
from tests.deals import Deal

# 23:30 in London on the last day of February is the first of March in Shanghai; a Saturday, and a Sunday.
NOW = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
LONDON = kehu.Principal(None, "l", grants={"*": kehu.Level.ALL}, time_zone="Europe/London")
SHANGHAI = kehu.Principal(None, "s", grants={"*": kehu.Level.ALL}, time_zone="Asia/Shanghai")
ON = "query ($p: PeriodInput!) { deals(first: 200, filter: {closedOn: {within: $p}}) { nodes { closedOn } } }"
DAYS = [date(2024, 11, 1) + timedelta(days=n) for n in range(900)]


@pytest.fixture
async def crm(open_crm: OpenCrm) -> Crm:
    crm = await open_crm(clock=lambda: NOW)
    await crm.store(kehu.Customer(id=uuid.UUID(int=7), name="Huawei"))
    await crm.store(*(Deal(customer_id=uuid.UUID(int=7), name=f"{d}", closed_on=d) for d in DAYS))
    return crm


async def test_days_weeks_months_quarters_and_years(crm: Crm) -> None:
    async def span(who: kehu.Principal, unit: str, **period: int) -> tuple[str, str, int]:
        answer = await crm.ask(ON, {"p": {"unit": unit, **period}}, to=who)
        found = sorted(node["closedOn"] for node in answer["deals"]["nodes"])
        return found[0], found[-1], len(found)

    assert await span(LONDON, "DAY") == ("2026-02-28", "2026-02-28", 1)
    assert await span(SHANGHAI, "DAY") == ("2026-03-01", "2026-03-01", 1)
    assert await span(LONDON, "DAY", **{"from": -29}) == ("2026-01-30", "2026-02-28", 30)
    assert await span(SHANGHAI, "WEEK", to=1) == ("2026-02-23", "2026-03-08", 14)
    assert await span(SHANGHAI, "MONTH", **{"from": -1, "to": -1}) == ("2026-02-01", "2026-02-28", 28)
    assert await span(LONDON, "QUARTER", **{"from": -1, "to": -1}) == ("2025-10-01", "2025-12-31", 92)
    assert await span(LONDON, "MONTH", **{"from": -15, "to": -13}) == ("2024-11-01", "2025-01-31", 92)


async def test_moments_lie_in_the_days_of_who_asks(crm: Crm) -> None:
    async with crm.app.context() as ctx, ctx.write():
        for hour in range(48):
            at = datetime(2026, 2, 28, tzinfo=UTC) + timedelta(hours=hour)
            ctx.add(Deal(customer_id=uuid.UUID(int=7), name="x", closed_at=at))
    document = "{ deals(first: 99, filter: {closedAt: {within: {unit: DAY}}}) { nodes { closedAt } } }"

    async def hours(to: kehu.Principal) -> tuple[str, str, int]:
        found = sorted(n["closedAt"] for n in (await crm.ask(document, to=to))["deals"]["nodes"])
        return found[0], found[-1], len(found)

    for _ in range(2):
        assert await hours(LONDON) == ("2026-02-28T00:00:00Z", "2026-02-28T23:00:00Z", 24)
        assert await hours(SHANGHAI) == ("2026-02-28T16:00:00Z", "2026-03-01T15:00:00Z", 24)


async def test_today_moves_on_under_a_document_that_is_known(open_crm: OpenCrm) -> None:
    moments = [NOW]
    crm = await open_crm(clock=lambda: moments[-1])
    await crm.store(kehu.Customer(id=uuid.UUID(int=7), name="Huawei"))
    await crm.store(*(Deal(customer_id=uuid.UUID(int=7), name=f"{d}", closed_on=d) for d in DAYS[480:490]))
    document = """{ customers { nodes { deals(filter: {not: {closedOn: {within: {unit: DAY, from: 1, to: 99}}}}) {
        totalCount } } } }"""

    async def past() -> int:
        return (await crm.ask(document))["customers"]["nodes"][0]["deals"]["totalCount"]  # type: ignore[no-any-return]

    before = await past()
    moments.append(NOW + timedelta(days=2))
    assert await past() == before + 2


async def test_a_period_beyond_every_calendar_is_refused(crm: Crm) -> None:
    for period in ({"unit": "YEAR", "to": 2_000_000}, {"unit": "DAY", "from": -2_000_000_000}):
        assert await crm.codes(ON, {"p": period}) == ["OUT_OF_RANGE"]
