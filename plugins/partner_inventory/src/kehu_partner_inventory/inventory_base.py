"""The MetaData and registry of this plugin's entities."""

from sqlalchemy.orm import DeclarativeBase

import kehu


class Base(kehu.Model, DeclarativeBase):
    """The declarative base of this plugin."""


def set_by_a_rule() -> None:
    """The default of a column that a before_write rule fills: the API may leave it out, the database needs it."""
