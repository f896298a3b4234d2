"""Databases with the tables of core and deals, as the tests of core use them."""

from __future__ import annotations

from tests.crm import open_crm, tables

__all__ = ["open_crm", "tables"]
