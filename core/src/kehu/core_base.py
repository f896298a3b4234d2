"""The MetaData and registry of core's own entities."""

from sqlalchemy.orm import DeclarativeBase

from kehu.model import Model


class Base(Model, DeclarativeBase):
    """Core's declarative base; plugins make their own."""
