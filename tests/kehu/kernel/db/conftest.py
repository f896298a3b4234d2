"""Core and the plugin of the tests on empty tables."""

from tests.crm import open_crm, tables

__all__ = ["open_crm", "tables"]
