"""Statements about contacts that more than one place needs."""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa

from kehu.crm.contacts.models import ContactRole
from kehu.kernel.db import Unscoped

whoever_asks = Unscoped("one contact, address and number is the primary one")


def current_roles(customer_id: uuid.UUID, on: date) -> sa.Select[ContactRole]:
    """The roles at a customer that last on this day."""
    return sa.select(ContactRole).where(ContactRole.customer_id == customer_id, _lasts(on))


def customers_of(contact_id: uuid.UUID, on: date) -> sa.Select[uuid.UUID]:
    """The keys of the customers at which a contact has a role on this day, the oldest role first."""
    return (
        sa.select(ContactRole.customer_id)
        .where(ContactRole.contact_id == contact_id, _lasts(on))
        .order_by(ContactRole.created_at, ContactRole.id)
    )


def _lasts(on: date) -> sa.ColumnElement[bool]:
    still = sa.or_(ContactRole.until_on.is_(None), ContactRole.until_on >= on)
    return sa.and_(still, ContactRole.archived_at.is_(None))
