"""Contacts, their roles, points and addresses in the API."""

from __future__ import annotations

from kehu.crm.contacts.models import Address, Contact, ContactPoint, ContactRole
from kehu.crm.customers.models import Customer
from kehu.platform.attachments.fields import attachments
from kehu.platform.core import plugin

contact = plugin.resource(Contact, default_order=[Contact.sorting_name])
contact_role = plugin.resource(
    ContactRole, row_scope=ContactRole.customer_id, default_order=[ContactRole.created_at]
)
contact_point = plugin.resource(
    ContactPoint,
    row_scope=(ContactPoint.customer_id, ContactPoint.contact_id),
    default_order=[ContactPoint.created_at],
)
address = plugin.resource(
    Address, plural_name="Addresses", row_scope=Address.customer_id, default_order=[Address.created_at]
)
plugin.relation(
    Customer, "contact_roles", ContactRole.customer_id, description="Who works there, and who did."
)
plugin.relation(Contact, "roles", ContactRole.contact_id, description="Where the person works, and worked.")
plugin.relation(
    Customer, "contact_points", ContactPoint.customer_id, description="How to reach the customer."
)
plugin.relation(Contact, "contact_points", ContactPoint.contact_id, description="How to reach the person.")
plugin.relation(Customer, "addresses", Address.customer_id, description="Where the customer is.")
plugin.batch_field(Contact, description="Its files, oldest first.")(attachments)
