from kehu_marketing.plugin import plugin

__all__ = ["plugin"]
