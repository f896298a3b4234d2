"""Computed fields of customers."""

from __future__ import annotations

from kehu.core import plugin
from kehu.customers.models import Customer
from kehu.customers.queries import stands_below
from kehu.reading.connections import Connection, ListOf


@plugin.field(Customer)
async def descendants(record: Customer, customers: ListOf[Customer]) -> Connection[Customer]:
    """All customers below this one, at any depth."""
    return await customers.fetch(stands_below(Customer, record.path))
