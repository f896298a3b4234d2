from kehu_service.plugin import plugin

__all__ = ["plugin"]
