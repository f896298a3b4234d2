"""The ledger: what each plugin has put into this database, known even when its code is gone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kehu.kernel.model import column
from kehu.platform.core import Base


class PluginRecord(Base):
    """What a plugin left in the database when it was last migrated; `kehu plugin purge` reads it.

    `custom_fields` holds the keys of custom fields by table: `{"core_customer": ["acme.region"]}`.
    """

    __tablename__ = "core_plugin_record"
    plugin: Mapped[str] = column(sa.String(64), primary_key=True)
    version: Mapped[str | None] = column(sa.String(64))
    distribution: Mapped[str | None] = column(sa.String(200))
    tables: Mapped[list[str]] = column()
    permissions: Mapped[list[str]] = column()
    settings_keys: Mapped[list[str]] = column()
    custom_fields: Mapped[dict[str, Any]] = column()
    migrated_at: Mapped[datetime] = column()


LEDGER: sa.Table = PluginRecord.metadata.tables[PluginRecord.__tablename__]
