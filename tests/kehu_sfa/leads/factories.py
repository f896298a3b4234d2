"""Leads for tests, and what is said to them through the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import kehu
from kehu.crm.interactions.models import InteractionDirection
from kehu_graphql import Api
from kehu_sfa import Lead, LeadStatus
from tests.kehu.factories import saved

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
PAYLOAD = "userErrors { code field }"


def make_lead(status: LeadStatus = LeadStatus.NEW, **values: Any) -> Lead:
    """A lead of MORNING, in no database."""
    return Lead(
        **{"id": kehu.uuid7(), "name": "Nora Meier", "received_at": MORNING, "status": status, **values}
    )


async def saved_lead(app: kehu.App, **values: Any) -> Lead:
    """A lead created by the system, in the state given."""
    return await saved(app, Lead(**{"name": "Nora Meier", **values}))


def about(lead: Lead) -> kehu.GlobalId:
    return kehu.GlobalId(kehu.global_id("Lead", lead.id))


async def done(app: kehu.App, lead: Lead, at: datetime, **values: Any) -> kehu.Interaction:
    """Something that happened with a lead at a moment; a call of ours unless said otherwise."""
    return await saved(
        app,
        kehu.Interaction(
            **{
                "regarding_id": about(lead),
                "kind": "CALL",
                "direction": InteractionDirection.OUT,
                "status": kehu.InteractionStatus.DONE,
                "subject": "First call",
                "started_at": at,
                "ended_at": at,
                **values,
            }
        ),
    )


async def call(
    app: kehu.App,
    verb: str,
    lead: Lead,
    arguments: str = "",
    *,
    to: kehu.Principal = kehu.SYSTEM,
    shown: str = "lead { status }",
) -> dict[str, Any]:
    """The payload of a verb of leads."""
    key = kehu.global_id("Lead", lead.id)
    document = f'mutation {{ {verb}Lead(id: "{key}" {arguments}) {{ {shown} {PAYLOAD} }} }}'
    answer = await Api(app).execute(document, principal=to)
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"][f"{verb}Lead"]
    return payload


def codes(payload: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


async def ask(app: kehu.App, document: str, *, to: kehu.Principal = kehu.SYSTEM) -> dict[str, Any]:
    answer = await Api(app).execute(document, principal=to)
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data
