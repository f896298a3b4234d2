"""Products, price lists and rates in the API."""

from __future__ import annotations

from kehu.crm.products.models import CurrencyRate, PriceList, PriceListItem, Product, ProductCategory
from kehu.platform.core import plugin

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
