"""The MetaData and registry of this plugin's entities."""

from sqlalchemy.orm import DeclarativeBase

import kehu


class Base(kehu.Model, DeclarativeBase):
    """The declarative base of this plugin."""
