from kehu_care.plugin import plugin

__all__ = ["plugin"]
