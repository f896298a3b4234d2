from kehu_partner_inventory.plugin import plugin

__all__ = ["plugin"]
