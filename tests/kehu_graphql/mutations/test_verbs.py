"""Every verb of every plugin runs on a ticking clock, done by the least role that may do it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.kehu_graphql.mutations.firm import Firm
from tests.kehu_graphql.mutations.records import Records
from tests.kehu_graphql.mutations.stories import channel, core, sales, stock
from tests.kehu_graphql.mutations.test_generated import generated

STORIES = (*core.STORIES, *sales.STORIES, *stock.STORIES, *channel.STORIES)
# Verbs that no story can tell, by the reason.
UNTOLD: Mapping[str, str] = {}
# Verbs that a role with fewer rights has the permission for, and why it is another one that can do them.
BY_MORE: Mapping[str, str] = {
    "withdrawApprovalRequest": "only who has asked withdraws, and service agents have nothing to ask for",
    "withdrawApprovalRequests": "as one by one",
    "orderQuote": "those who sign in for a partner do not see quotes",
}


@pytest.mark.slow(reason="there are hundreds, each is asked for over HTTP")
async def test_every_verb_runs(firm: Firm) -> None:
    records = Records(firm)
    await records.open_portal()
    for story in STORIES:
        await story(records)
    verbs = firm.mutations.keys() - set(generated(firm))

    print(f"{len(verbs & firm.ran.keys())} verbs ran")  # noqa: T201  # how many there are
    assert verbs - firm.ran.keys() == UNTOLD.keys()
    with_rights = {verb for verb in verbs if firm.permissions[verb]}
    by_more = {verb for verb in with_rights if firm.ran[verb] != firm.least(verb)}
    assert by_more == BY_MORE.keys()
