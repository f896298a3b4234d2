"""Interactions: calls, visits, mails and the like, planned or done."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.core_base import Base
from kehu.customers.models import Customer
from kehu.model import column, ref
from kehu.ownership import Owned


class Interaction(Owned, Base):
    """A contact with a customer: a call, visit, meeting, mail or message, planned or done."""

    __tablename__ = "core_interaction"
    customer_id: Mapped[uuid.UUID] = ref(Customer, doc="With which customer.")
    subject: Mapped[str] = column(sa.String(200), doc="What it is about, in a line.")
