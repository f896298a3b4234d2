"""Files go with the rights of their records, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa

import kehu
from kehu.core_plugin import plugin as core
from kehu.platform.attachments.actions import attach, attachment_with_content, move_attachments
from kehu.platform.audit.models import AuditEntry
from kehu.platform.core import CoreSettings
from kehu_graphql import Api
from tests.kehu.factories import make_user, saved

PDF = b"%PDF-1.7 offer"
LISTED = "{ attachments { nodes { name mediaType size path uploadedBy { name } } totalCount } }"
FILES = {f"core.attachment:{verb}": kehu.Level.ALL for verb in ("read", "create", "update", "delete")}


@pytest.fixture(scope="module")
async def app(shared_database_url: str) -> AsyncIterator[kehu.App]:
    app = kehu.App([core], shared_database_url, settings=[CoreSettings(attachment_max_bytes=100)])
    async with app.engine.begin() as connection:
        await connection.run_sync(app.composition.metadata.create_all)
    yield app
    await app.close()


def works_on_own_customers(person: kehu.User) -> kehu.Principal:
    own = dict.fromkeys(("core.customer:read", "core.customer:update"), kehu.Level.OWN)
    return kehu.Principal(person.id, person.name, grants={**FILES, **own, "core.user:read": kehu.Level.ALL})


async def brought(app: kehu.App, record: kehu.Entity, to: kehu.Principal = kehu.SYSTEM, **values: Any) -> Any:
    given = {"name": "offer.pdf", "media_type": "application/pdf", "content": PDF, **values}
    async with app.context(to) as ctx:
        return await attach(ctx, kehu.global_id(type(record).__name__, record.id), **given)


async def names(
    app: kehu.App, to: kehu.Principal, document: str = "{ attachments { nodes { name } } }"
) -> Any:
    answer = await Api(app).execute(document, principal=to)
    assert "errors" not in answer, answer
    return [node["name"] for node in answer["data"]["attachments"]["nodes"]]


async def test_a_file_comes_back_as_it_was_brought(app: kehu.App) -> None:
    ann = await make_user(app, "Ann")
    customer = await saved(app, kehu.Customer(name="Meier", owner_id=ann.id))

    file = await brought(app, customer, works_on_own_customers(ann))

    async with app.context() as ctx:
        kept, content = await attachment_with_content(ctx, file.id)
        entry = (
            await ctx.session.scalars(sa.select(AuditEntry).where(AuditEntry.entity == "Attachment"))
        ).one()
    assert (content, kept.name, kept.size, kept.uploaded_by_id) == (PDF, "offer.pdf", len(PDF), ann.id)
    assert set(entry.changes) >= {"name", "checksum"}
    answer = await Api(app).execute(LISTED, principal=works_on_own_customers(ann))
    node = {
        "name": "offer.pdf",
        "mediaType": "application/pdf",
        "size": 14,
        "path": f"/attachments/{file.id}",
    }
    assert answer["data"]["attachments"] == {
        "nodes": [{**node, "uploadedBy": {"name": "Ann"}}],
        "totalCount": 1,
    }


async def test_a_file_is_seen_and_changed_as_its_record(app: kehu.App) -> None:
    bob, eve = await make_user(app, "Bob"), await make_user(app, "Eve")
    customer = await saved(app, kehu.Customer(name="Huber", owner_id=bob.id))
    file = await brought(app, customer, name="of bob.pdf")
    mine, hers = works_on_own_customers(bob), works_on_own_customers(eve)
    rename = f"""mutation {{ updateAttachment(
        input: {{id: "{kehu.global_id("Attachment", file.id)}", name: "new.pdf"}}
    ) {{ attachment {{ name }} userErrors {{ code }} }} }}"""

    assert (await names(app, mine), await names(app, hers)) == (["of bob.pdf"], [])
    with pytest.raises(kehu.NotFound):
        async with app.context(hers) as ctx:
            await attachment_with_content(ctx, file.id)
    with pytest.raises(kehu.NotFound):
        await brought(app, customer, hers)
    reads = kehu.Principal(
        eve.id,
        "Eve",
        grants={**FILES, "core.customer:read": kehu.Level.ALL, "core.user:read": kehu.Level.ALL},
    )
    answer = await Api(app).execute(rename, principal=reads)
    assert "errors" not in answer, answer
    assert answer["data"]["updateAttachment"] == {"attachment": None, "userErrors": [{"code": "FORBIDDEN"}]}
    answer = await Api(app).execute(rename, principal=mine)
    assert answer["data"]["updateAttachment"]["attachment"] == {"name": "new.pdf"}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"content": b""}, "ATTACHMENT_TOO_LARGE"),
        ({"content": b"x" * 101}, "ATTACHMENT_TOO_LARGE"),
        ({"media_type": "text/html"}, "ATTACHMENT_TYPE_REFUSED"),
        ({"name": "//"}, "REQUIRED"),
        ({"name": "x" * 201}, "TOO_LONG"),
    ],
)
async def test_what_is_no_file_is_refused_and_nothing_kept(
    app: kehu.App, values: dict[str, Any], code: str
) -> None:
    customer = await saved(app, kehu.Customer(name="Weber"))

    with pytest.raises(kehu.Refusal) as refusal:
        await brought(app, customer, **values)

    assert [error.code for error in refusal.value.errors] == [code]
    about = f'attachments(filter: {{recordId: {{eq: "{kehu.global_id("Customer", customer.id)}"}}}})'
    assert await names(app, kehu.SYSTEM, f"{{ {about} {{ nodes {{ name }} }} }}") == []


async def test_files_belong_to_records_that_can_have_them(app: kehu.App) -> None:
    customer = await saved(app, kehu.Customer(name="Keller"))
    file = await brought(app, customer)

    for id_, code in (
        (kehu.global_id("Attachment", file.id), "NOT_ATTACHABLE"),
        (kehu.global_id("Nothing", file.id), "BAD_ID"),
        ("nonsense", "BAD_ID"),
        (kehu.global_id("Customer", kehu.uuid7()), "NOT_FOUND"),
    ):
        async with app.context() as ctx:
            with pytest.raises(kehu.Refusal) as refusal:
                await attach(ctx, id_, name="x.pdf", media_type="application/pdf", content=PDF)
        assert [error.code for error in refusal.value.errors] == [code]


async def test_files_move_to_another_record_and_leave_lists_when_deleted(app: kehu.App) -> None:
    old, new = await saved(app, kehu.Customer(name="Old")), await saved(app, kehu.Customer(name="New"))
    first, second = await brought(app, old, name="1.pdf"), await brought(app, old, name="2.pdf")
    shown = '{ customers(filter: {name: {in: ["Old", "New"]}}) { nodes { name attachments { name } } } }'

    async with app.context() as ctx, ctx.write():
        await move_attachments(ctx, old, new)
    async with app.context() as ctx, ctx.write():
        await ctx.delete(await ctx.get(kehu.Attachment, second.id))

    answer = await Api(app).execute(shown)
    assert answer["data"]["customers"]["nodes"] == [
        {"name": "New", "attachments": [{"name": "1.pdf"}]},
        {"name": "Old", "attachments": []},
    ]
    assert first.record_id == kehu.global_id("Customer", old.id)
