"""What must hold of contacts, their roles, their contact points and of addresses."""

from __future__ import annotations

import uuid
import zlib
from typing import Any

import sqlalchemy as sa

from kehu.business.identifiers import country_code, pinyin_initials, sorting_name
from kehu.crm.contacts.models import DIALLED, Address, Contact, ContactPoint, ContactRole
from kehu.crm.contacts.queries import current_roles, customers_of, whoever_asks
from kehu.crm.contacts.resources import address, contact, contact_point, contact_role
from kehu.crm.customers.models import LONGEST_SORTING_NAME, Customer
from kehu.kernel.context import Context
from kehu.kernel.db.locks import take_locks
from kehu.kernel.texts import text
from kehu.kernel.writing.changes import Change
from kehu.platform.identity.locales import dialling_country, normalise_language

LONGEST_INITIALS = 100

# The space of locks of customers and contacts whose primary ones change.
_PRIMARIES = 7_369_585


@contact.before_write
async def normalise_contact(_ctx: Context, change: Change[Contact]) -> None:
    """Work out how the name sorts; the language in one form."""
    person = change.obj
    if change.touches(Contact.name) and person.name is not None:
        person.name = person.name.strip()
        person.sorting_name = sorting_name(person.name)[:LONGEST_SORTING_NAME]
        person.pinyin_initials = pinyin_initials(person.name)[:LONGEST_INITIALS]
    if change.touches(Contact.preferred_language) and person.preferred_language is not None:
        with change.noting(field=Contact.preferred_language):
            person.preferred_language = normalise_language(person.preferred_language)


@contact.before_write
async def check_contact(ctx: Context, change: Change[Contact]) -> None:
    """No impossible birthday."""
    if change.deleting:
        return
    with change.noting():
        change.obj.check_birthday(today=ctx.today())


@contact_role.before_write
async def check_role(_ctx: Context, change: Change[ContactRole]) -> None:
    """A role does not end before it begins."""
    with change.noting():
        change.obj.check_dates()


@contact_role.before_write
async def one_primary_contact(ctx: Context, change: Change[ContactRole]) -> None:
    """A customer has at most one primary contact at a time."""
    role = change.obj
    if change.deleting or not role.is_primary or not role.is_current(ctx.today()):
        return
    others = current_roles(role.customer_id, ctx.today()).where(
        ContactRole.is_primary, ContactRole.id != role.id
    )
    stored = (await whoever_asks.scalars(ctx, others)).all()
    # One that steps down in the same transaction makes room.
    if any(other.is_primary and other.is_current(ctx.today()) for other in stored):
        change.error(
            "The customer has a primary contact already; make this one primary to replace that person.",
            field=ContactRole.is_primary,
            code="PRIMARY_TAKEN",
        )


@contact_point.before_write
async def contact_points_belong_to_somebody(_ctx: Context, change: Change[ContactPoint]) -> None:
    """A contact point is a customer's, a contact's, or both."""
    if change.obj.customer_id is None and change.obj.contact_id is None:
        change.error(
            "A contact point needs a customer or a contact.", field=ContactPoint.customer_id, code="REQUIRED"
        )


@contact_point.before_write
async def normalise_contact_point(ctx: Context, change: Change[ContactPoint]) -> None:
    """Work out the value in one form, in which two spellings of it meet."""
    point = change.obj
    if not change.touches(ContactPoint.value, ContactPoint.kind) or not point.value or not point.kind:
        return
    region = await _region(ctx, point) if point.kind in DIALLED else None
    with change.noting(field=ContactPoint.value):
        point.normalise(region=region)


@contact_point.before_write
async def no_contact_point_twice(ctx: Context, change: Change[ContactPoint]) -> None:
    """A customer, or a contact without customer, has each address or number once."""
    point = change.obj
    identity = (
        ContactPoint.normalised_value,
        ContactPoint.kind,
        ContactPoint.customer_id,
        ContactPoint.contact_id,
    )
    if (
        change.deleting
        or point.archived_at is not None
        or not point.normalised_value
        or not change.touches(*identity)
    ):
        return
    owner = ContactPoint.customer_id == point.customer_id
    if point.customer_id is None:
        owner = sa.and_(ContactPoint.customer_id.is_(None), ContactPoint.contact_id == point.contact_id)
    same = sa.and_(ContactPoint.kind == point.kind, ContactPoint.normalised_value == point.normalised_value)
    others = sa.select(ContactPoint.id).where(
        owner, same, ContactPoint.archived_at.is_(None), ContactPoint.id != point.id
    )
    if await whoever_asks.exists(ctx, others):
        change.error(
            text("{value} is there already.", value=point.normalised_value),
            field=ContactPoint.value,
            code="DUPLICATE",
        )


@contact_point.before_write
async def one_primary_contact_point(ctx: Context, change: Change[ContactPoint]) -> None:
    """A customer, or a contact without customer, has one primary contact point of a kind: the latest that became it."""
    point = change.obj
    owner = "customer_id" if point.customer_id is not None else "contact_id"
    if _becomes_primary(change, ContactPoint.customer_id, ContactPoint.contact_id):
        await _step_down(ctx, point, owner)


@address.before_write
async def one_primary_address(ctx: Context, change: Change[Address]) -> None:
    """A customer has one primary address of a kind: the latest that became it."""
    if _becomes_primary(change, Address.customer_id):
        await _step_down(ctx, change.obj, "customer_id")


@address.before_write
async def normalise_address(_ctx: Context, change: Change[Address]) -> None:
    """The country as its code; the divisions of a Chinese address from its first line."""
    place = change.obj
    if change.touches(Address.country) and place.country is not None:
        found = country_code(place.country)
        if found is None:
            change.error(
                text("{typed!r} is no country; write its ISO 3166 code, such as CN.", typed=place.country),
                field=Address.country,
            )
        else:
            place.country = found
    if change.touches(Address.lines) and place.lines:
        place.recognise_divisions()


def _becomes_primary(change: Change[Any], *owners: object) -> bool:
    record = change.obj
    if change.deleting or not record.is_primary or record.archived_at is not None:
        return False
    return change.touches("is_primary", "kind", "archived_at", *owners)


async def _step_down(ctx: Context, primary: ContactPoint | Address, owner: str) -> None:
    """Take the mark from all others of this owner and kind, whoever else sets one at the moment."""
    model: Any = type(primary)
    key = getattr(primary, owner)
    if key is None:
        return
    if ctx.app.is_postgresql:
        await take_locks(ctx.session, _PRIMARIES, [zlib.crc32(key.bytes) - 2**31])
    same = [getattr(model, owner) == key, model.kind == primary.kind, model.id != primary.id]
    if owner == "contact_id":
        same.append(ContactPoint.customer_id.is_(None))
    stored = sa.select(model).where(model.is_primary, model.archived_at.is_(None), *same)
    others = list(await whoever_asks.scalars(ctx, stored))
    pending = [each for each in ctx.session.sync_session.new if type(each) is model and each is not primary]
    for other in (*others, *pending):
        if getattr(other, owner) == key and other.kind == primary.kind:
            other.is_primary = False


async def _region(ctx: Context, point: ContactPoint) -> str | None:
    """The country whose dialling rules hold: the customer's, else where the clock of who types shows the time."""
    customer_id: uuid.UUID | None = point.customer_id
    if customer_id is None and point.contact_id is not None:
        customers = customers_of(point.contact_id, ctx.today()).limit(1)
        customer_id = await whoever_asks.scalar(ctx, customers)
    if customer_id is not None:
        country = await whoever_asks.scalar(
            ctx, sa.select(Customer.country).where(Customer.id == customer_id)
        )
        if country is not None:
            return str(country)
    return dialling_country(ctx)
