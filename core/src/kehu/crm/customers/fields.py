"""Computed fields of customers."""

from __future__ import annotations

from kehu.crm.customers.models import Customer
from kehu.crm.customers.queries import stands_below
from kehu.kernel.reading.connections import Connection, ListOf
from kehu.platform.core import plugin


@plugin.field(Customer)
async def descendants(record: Customer, customers: ListOf[Customer]) -> Connection[Customer]:
    """All customers below this one, at any depth."""
    return await customers.fetch(stands_below(Customer, record.path))
