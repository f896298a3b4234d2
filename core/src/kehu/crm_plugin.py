"""What core declares of customers: with whom, what passed between us, what is sold."""

from __future__ import annotations

from kehu.attachments.fields import attachments
from kehu.contacts.models import Address, Contact, ContactPoint, ContactRole
from kehu.customers.models import Customer
from kehu.interactions.models import Interaction, InteractionParticipant
from kehu.platform_plugin import plugin
from kehu.products.models import CurrencyRate, PriceList, PriceListItem, Product, ProductCategory

customer = plugin.resource(Customer, default_order=[Customer.sorting_name])
plugin.subject(Customer, key="customer_id")
plugin.relation(
    Customer, "subsidiaries", Customer.parent_id, description="The customers right below this one."
)

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

interaction = plugin.resource(Interaction, default_order=[Interaction.created_at.desc()])
interaction_participant = plugin.resource(
    InteractionParticipant,
    row_scope=InteractionParticipant.interaction_id,
    operations=["list", "get", "create", "delete"],
)
plugin.relation(
    Customer, "interactions", Interaction.customer_id, description="What passed between us, newest first."
)
plugin.relation(
    Contact, "interactions", Interaction.contact_id, description="What passed between us, newest first."
)
plugin.relation(
    Interaction, "participants", InteractionParticipant.interaction_id, description="Who takes part."
)
plugin.relation(Interaction, "follow_ups", Interaction.follow_up_of_id, description="What it led to.")

product_category = plugin.resource(ProductCategory, default_order=[ProductCategory.name])
product = plugin.resource(Product, default_order=[Product.code])
price_list = plugin.resource(PriceList, default_order=[PriceList.name])
price_list_item = plugin.resource(PriceListItem, default_order=[PriceListItem.min_quantity])
currency_rate = plugin.resource(CurrencyRate, default_order=[CurrencyRate.as_of.desc()])
plugin.relation(
    ProductCategory, "subcategories", ProductCategory.parent_id, description="The categories right below."
)
plugin.relation(ProductCategory, "products", Product.category_id, description="The products of this kind.")
plugin.relation(Product, "prices", PriceListItem.product_id, description="What it costs, in all lists.")
plugin.relation(PriceList, "items", PriceListItem.price_list_id, description="The prices of the list.")

for model in (Customer, Contact, Interaction):
    plugin.batch_field(model, description="Its files, oldest first.")(attachments)
