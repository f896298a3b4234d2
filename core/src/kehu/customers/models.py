"""Customers: whom we deal with."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.core_base import Base
from kehu.model import column
from kehu.ownership import Owned


class Customer(Owned, Base):
    """An organization or a person that the firm deals with."""

    __tablename__ = "core_customer"
    name: Mapped[str] = column(sa.String(200), doc="What the customer is called.")
