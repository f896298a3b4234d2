"""Customers in the API."""

from __future__ import annotations

from kehu.crm.customers.models import Customer
from kehu.platform.attachments.fields import attachments
from kehu.platform.core import plugin

customer = plugin.resource(Customer, default_order=[Customer.sorting_name])
plugin.subject(Customer, key="customer_id")
plugin.relation(
    Customer, "subsidiaries", Customer.parent_id, description="The customers right below this one."
)
plugin.batch_field(Customer, description="Its files, oldest first.")(attachments)
