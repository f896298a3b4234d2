"""What belongs to a lead moves along when it is converted: files, and the records of other plugins."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped

import kehu
from kehu.platform.attachments.actions import attach
from kehu_sfa import Lead
from tests.kehu.factories import saved, stored
from tests.kehu_sfa.conftest import Clock
from tests.kehu_sfa.factories import saved_stages
from tests.kehu_sfa.leads.factories import ask, call, codes, saved_lead


class Base(kehu.Model, DeclarativeBase):
    """The tables of a plugin that writes to people."""


class Touch(kehu.Entity, Base):
    """A letter of a campaign to a lead, and to the customer once there is one."""

    __tablename__ = "letters_touch"
    campaign: Mapped[str] = kehu.column(sa.String(40))
    lead_id: Mapped[uuid.UUID] = kehu.ref(Lead)
    customer_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Customer)
    contact_id: Mapped[uuid.UUID | None] = kehu.ref(kehu.Contact)


letters = kehu.Plugin("letters", requires=["core", "sfa"])
letters.resource(Touch, plural_name="Touches")


@letters.after_write(Lead)
async def take_touches_along(ctx: kehu.Context, change: kehu.Change[Lead]) -> None:
    """The letters that a lead got are letters that its customer got."""
    lead = change.obj
    if change.touches(Lead.converted_at):
        for touch in await ctx.session.scalars(sa.select(Touch).where(Touch.lead_id == lead.id)):
            if touch.campaign == "forbidden":
                raise kehu.veto("This letter stays where it is.", code="STAYS")
            touch.customer_id, touch.contact_id = lead.customer_id, lead.contact_id


@pytest.fixture
async def app(database_url: str, clock: Clock) -> AsyncIterator[kehu.App]:
    app = kehu.App([*kehu.installed(["sfa"]), letters], database_url, clock=clock)
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    await saved_stages(app)
    yield app
    await app.close()


async def test_files_and_touches_move_along_in_the_same_transaction(app: kehu.App) -> None:
    lead, other = await saved_lead(app), await saved_lead(app, name="Other")
    touches = [await saved(app, Touch(campaign="spring", lead_id=each.id)) for each in (lead, other)]
    async with app.context() as ctx:
        id_ = kehu.global_id("Lead", lead.id)
        file = await attach(ctx, id_, name="brief.pdf", media_type="application/pdf", content=b"%PDF")

    payload = await call(app, "convert", lead, "opportunity: {become: NEW}")

    converted = await stored(app, lead)
    assert codes(payload) == []
    assert [
        ((await stored(app, touch)).customer_id, (await stored(app, touch)).contact_id) for touch in touches
    ] == [
        (converted.customer_id, converted.contact_id),
        (None, None),
    ]
    back = "leads { nodes { name } }"
    linked = await ask(
        app,
        f"{{ opportunities {{ nodes {{ {back} customer {{ {back} }} contact {{ {back} }} }} }} }}",
    )
    named = {"leads": {"nodes": [{"name": "Nora Meier"}]}}
    assert linked["opportunities"]["nodes"] == [{**named, "customer": named, "contact": named}]
    shown = await ask(
        app,
        "{ opportunities { nodes { attachments { id name } } } leads { nodes { attachments { name } } } }",
    )
    moved = {"id": kehu.global_id("Attachment", file.id), "name": "brief.pdf"}
    assert shown["opportunities"]["nodes"] == [{"attachments": [moved]}]
    assert shown["leads"]["nodes"] == [{"attachments": []}, {"attachments": []}]


async def test_a_plugin_that_refuses_to_move_leaves_everything(app: kehu.App) -> None:
    lead = await saved_lead(app)
    await saved(app, Touch(campaign="forbidden", lead_id=lead.id))
    async with app.context() as ctx:
        id_ = kehu.global_id("Lead", lead.id)
        file = await attach(ctx, id_, name="brief.pdf", media_type="application/pdf", content=b"%PDF")

    payload = await call(app, "convert", lead)

    assert codes(payload) == [("STAYS", None)]
    assert (await stored(app, file)).record_id == id_
    assert (await stored(app, lead)).converted_at is None


@pytest.mark.parametrize(("customer", "type_name"), [("NEW", "Customer"), ("NONE", "Contact")])
async def test_without_a_deal_files_go_to_the_customer_else_to_the_contact(
    app: kehu.App, customer: str, type_name: str
) -> None:
    lead = await saved_lead(app)
    async with app.context() as ctx:
        id_ = kehu.global_id("Lead", lead.id)
        file = await attach(ctx, id_, name="brief.pdf", media_type="application/pdf", content=b"%PDF")

    await call(app, "convert", lead, f"customer: {{become: {customer}}}, contact: {{become: NEW}}")

    assert (await stored(app, file)).record_type == type_name
