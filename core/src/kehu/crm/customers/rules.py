"""What must hold of customers, and what is worked out for them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from kehu.business.identifiers import country_code, normalise_url, pinyin_initials, sorting_name
from kehu.crm.customers.models import LONGEST_SORTING_NAME, Customer
from kehu.crm.customers.queries import stands_below
from kehu.crm.customers.resources import customer
from kehu.kernel.context import Context
from kehu.kernel.texts import text
from kehu.kernel.trees import chain_above
from kehu.kernel.writing.changes import Change
from kehu.platform.identity.locales import normalise_language

LONGEST_INITIALS = 100


@customer.before_write
async def name_for_sorting(_ctx: Context, change: Change[Customer]) -> None:
    """Work out how the name sorts, and its pinyin initials."""
    if change.touches(Customer.name) and change.obj.name is not None:
        change.obj.name = change.obj.name.strip()
        change.obj.sorting_name = sorting_name(change.obj.name)[:LONGEST_SORTING_NAME]
        change.obj.pinyin_initials = pinyin_initials(change.obj.name)[:LONGEST_INITIALS]


@customer.before_write
async def normalise_customer(_ctx: Context, change: Change[Customer]) -> None:
    """Website, country, language, currency, registered number and tags in one form."""
    record = change.obj
    if change.touches(Customer.website) and record.website is not None:
        with change.noting(field=Customer.website):
            record.website = normalise_url(record.website)
    if change.touches(Customer.country) and record.country is not None:
        _normalise_country(change)
    if change.touches(Customer.preferred_language) and record.preferred_language is not None:
        with change.noting(field=Customer.preferred_language):
            record.preferred_language = normalise_language(record.preferred_language)
    if change.touches(Customer.registered_number, Customer.country):
        with change.noting(field=Customer.registered_number):
            record.normalise_registered_number()
    if change.touches(Customer.tags) and record.tags:
        record.tags = list(dict.fromkeys(filter(None, map(str.strip, record.tags))))
    if change.touches(Customer.annual_revenue_currency) and record.annual_revenue_currency is not None:
        record.annual_revenue_currency = record.annual_revenue_currency.strip().upper()


@customer.before_write
async def check_customer(ctx: Context, change: Change[Customer]) -> None:
    """No impossible birthday, number or year."""
    if change.deleting:
        return
    with change.noting():
        change.obj.check_birthday(today=ctx.today())
    with change.noting():
        change.obj.check_kind()
    with change.noting():
        change.obj.check_facts(today=ctx.today())
    with change.noting():
        change.obj.check_revenue()


@customer.before_write
async def customers_make_a_tree(ctx: Context, change: Change[Customer]) -> None:
    """A customer stands below its parent, never below itself; `path` says where."""
    if change.creating or change.touches(Customer.parent_id):
        chain = await chain_above(ctx, Customer.parent_id, change.obj.parent_id)
        with change.noting():
            change.obj.stand_below(chain)


@customer.after_write
async def take_along_who_stands_below(ctx: Context, change: Change[Customer]) -> None:
    """Who moves takes along all below: their paths begin with the new one.

    The path is worked out from the parents, so it is rewritten in one statement, without hooks and audit.
    """
    old, new = change.before.get("path"), change.obj.path
    if change.creating or not change.touches(Customer.path) or not old:
        return
    below = stands_below(Customer, old)
    rest = sa.func.substr(Customer.path, len(old) + 1)
    moved = (
        sa.update(Customer).where(below).values(path=sa.literal(new) + rest, updated_at=Customer.updated_at)
    )
    await ctx.session.execute(moved.execution_options(kehu_unaudited=True, synchronize_session=False))
    for loaded in list(ctx.session.sync_session.identity_map.values()):
        if isinstance(loaded, Customer) and loaded is not change.obj and loaded.path.startswith(old):
            set_committed_value(loaded, "path", new + loaded.path[len(old) :])


def _normalise_country(change: Change[Customer]) -> None:
    typed = change.obj.country or ""
    found = country_code(typed)
    if found is None:
        message = text("{typed!r} is no country; write its ISO 3166 code, such as CN.", typed=typed)
        change.error(message, field=Customer.country)
    else:
        change.obj.country = found
