"""The MetaData and registry of sfa's entities."""

from sqlalchemy.orm import DeclarativeBase

import kehu


class Base(kehu.Model, DeclarativeBase):
    """The declarative base of this plugin."""
