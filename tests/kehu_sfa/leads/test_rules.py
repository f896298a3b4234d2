"""What must hold when leads are written, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import kehu
from kehu.business.calendars.models import Calendar
from kehu.crm.interactions.models import InteractionDirection
from kehu.platform.identity.models import Team
from kehu_sfa import Lead, LeadPolicy, LeadStatus
from tests.crm import reasons
from tests.kehu.business.calendars.factories import saved_calendar
from tests.kehu.factories import change_refused, changed, refused, saved, stored
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.leads.factories import done, saved_lead


async def test_addresses_and_names_are_kept_in_one_form(app: kehu.App) -> None:
    lead = await saved_lead(
        app,
        name="  Nora   Meier ",
        email=" Nora.Meier@Example.COM",
        phone="044 668 18 00",
        country="Switzerland",
        website="www.Example.com",
        language="zh-cn",
    )

    assert (lead.name, lead.email, lead.country) == ("Nora Meier", "nora.meier@example.com", "CH")
    assert (lead.phone, lead.normalised_phone) == ("044 668 18 00", "+41446681800")
    assert (lead.website, lead.language) == ("https://www.example.com/", "zh_CN")


async def test_a_number_that_is_none_is_kept_as_it_was_typed(app: kehu.App) -> None:
    lead = await saved_lead(app, phone="please call")

    assert (lead.phone, lead.normalised_phone) == ("please call", None)


async def test_what_is_no_address_and_no_country_is_refused(app: kehu.App) -> None:
    errors = await refused(app, Lead(name="Nora", email="nora at home", country="ZZ"))

    assert reasons(errors) == [("INVALID_EMAIL", "email", "sfa"), ("UNKNOWN_COUNTRY", "country", "sfa")]


async def test_a_lead_that_is_nobody_is_refused(app: kehu.App) -> None:
    assert reasons(await refused(app, Lead(name=" "))) == [("LEAD_NAMELESS", "name", "sfa")]


async def test_the_status_is_not_set_around_the_verbs(app: kehu.App) -> None:
    lead = await saved_lead(app)

    errors = await change_refused(app, lead, status=LeadStatus.QUALIFIED)

    assert reasons(errors) == [("STATUS_NOT_SETTABLE", "status", "sfa")]
    assert (await stored(app, lead)).status is LeadStatus.NEW


async def test_an_answer_is_promised_by_the_policy_of_the_team(app: kehu.App, clock: Clock) -> None:
    night = await saved_calendar(app, "Night desk", time_zone="Asia/Shanghai")
    await changed(app, night, is_default=True)
    team = await saved(app, Team(name="Inside sales"))
    always = await saved(app, Calendar(name="Never open"))
    await saved(app, LeadPolicy(answer_within_minutes=30))
    await saved(app, LeadPolicy(team_id=team.id, answer_within_minutes=120, calendar_id=night.id))

    general, theirs = await saved_lead(app), await saved_lead(app, team_id=team.id)

    # 20:00 UTC on Monday is 4:00 on Tuesday in Shanghai, where work begins at 9:00.
    assert clock.now == datetime(2026, 3, 2, 20, tzinfo=UTC)
    assert general.answer_due_at == datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
    assert theirs.answer_due_at == datetime(2026, 3, 3, 3, tzinfo=UTC)
    assert always.is_default is False


async def test_a_team_that_takes_a_lead_over_has_its_own_time(app: kehu.App, clock: Clock) -> None:
    team = await saved(app, Team(name="Inside sales"))
    await saved(app, LeadPolicy(team_id=team.id, answer_within_minutes=15))
    lead = await saved_lead(app)
    assert lead.answer_due_at == clock.now + timedelta(hours=1)

    assert (await changed(app, lead, team_id=team.id)).answer_due_at == clock.now + timedelta(minutes=15)


async def test_times_of_a_policy_are_above_zero(app: kehu.App) -> None:
    errors = await refused(app, LeadPolicy(answer_within_minutes=0, recycle_after_days=-1))

    assert {error.field for error in errors} == {"answerWithinMinutes", "recycleAfterDays"}


async def test_the_first_call_of_ours_is_the_answer_and_begins_the_work(app: kehu.App, clock: Clock) -> None:
    lead = await saved_lead(app)
    clock.advance(hours=2)
    await done(app, lead, clock.now, direction=InteractionDirection.IN)
    assert (await stored(app, lead)).first_answered_at is None

    clock.advance(hours=1)
    await done(app, lead, clock.now)
    clock.advance(hours=1)
    await done(app, lead, clock.now)

    worked = await stored(app, lead)
    assert worked.status is LeadStatus.WORKING
    assert worked.first_answered_at == clock.now - timedelta(hours=1)
    assert worked.answered_after_seconds == worked.answered_after_business_seconds == 3 * 3600
    assert worked.last_worked_at == clock.now


async def test_a_note_and_a_plan_answer_nobody(app: kehu.App, clock: Clock) -> None:
    lead = await saved_lead(app)

    await done(app, lead, clock.now, kind="NOTE")
    await done(app, lead, clock.now, status=kehu.InteractionStatus.PLANNED)

    assert (await stored(app, lead)).first_answered_at is None


async def test_what_happens_with_a_closed_lead_leaves_it_as_it_is(app: kehu.App, clock: Clock) -> None:
    lead = await saved_lead(app, status=LeadStatus.DISQUALIFIED, disqualified_reason="SPAM")

    await done(app, lead, clock.now)

    closed = await stored(app, lead)
    assert (closed.version, closed.last_worked_at) == (lead.version, None)
