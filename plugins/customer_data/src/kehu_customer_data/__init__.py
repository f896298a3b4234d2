from kehu_customer_data.plugin import plugin

__all__ = ["plugin"]
