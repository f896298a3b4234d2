"""The contacts of an opportunity and the competitors in it, on both databases."""

from __future__ import annotations

import kehu
from kehu_sfa import OpportunityContact
from tests.kehu.factories import changed, saved, stored
from tests.kehu_sfa.factories import Stages, saved_opportunity


async def test_the_first_contact_becomes_the_primary_one(app: kehu.App, stages: Stages) -> None:
    deal = await saved_opportunity(app, stages.qualified)
    ann, bob = [await saved(app, kehu.Contact(name=name)) for name in ("Ann", "Bob")]

    first = await saved(app, OpportunityContact(opportunity_id=deal.id, contact_id=ann.id, role="GATEKEEPER"))
    second = await saved(app, OpportunityContact(opportunity_id=deal.id, contact_id=bob.id, role="USER"))

    assert (first.is_primary, second.is_primary) == (True, False)
    assert (await stored(app, deal)).contact_id == ann.id


async def test_a_new_primary_contact_takes_the_mark_from_the_old_one(app: kehu.App, stages: Stages) -> None:
    deal = await saved_opportunity(app, stages.qualified)
    ann, bob = [await saved(app, kehu.Contact(name=name)) for name in ("Ann", "Bob")]
    first = await saved(app, OpportunityContact(opportunity_id=deal.id, contact_id=ann.id))
    second = await saved(app, OpportunityContact(opportunity_id=deal.id, contact_id=bob.id))

    await changed(app, second, is_primary=True)

    assert [(await stored(app, each)).is_primary for each in (first, second)] == [False, True]
    assert (await stored(app, deal)).contact_id == bob.id
