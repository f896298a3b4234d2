"""Core as a plugin: the base of its tables, its settings, and the object that its nouns declare themselves on."""

from __future__ import annotations

from typing import Literal

import pydantic
from sqlalchemy.orm import DeclarativeBase

from kehu.kernel.model import Model
from kehu.kernel.plugin import Plugin


class Base(Model, DeclarativeBase):
    """Core's declarative base; plugins make their own."""


class CoreSettings(pydantic.BaseModel):
    """Settings of core: `KEHU_CORE_<FIELD>` in the environment, and `[core]` in kehu.toml.

    `webhook_private_targets` lets webhooks reach this machine and its network, and http: only where everybody who may
    subscribe is trusted. `..._retention_days` say for how many days what is done is kept, to be looked at and replayed.
    `attachment_max_bytes` is the size of the largest file, `attachment_media_types` the kinds that are taken: `*`
    stands for anything. `default_country` is the ISO 3166 code of the country whose rules hold for telephone numbers
    where neither the customer nor the clock of who types them says. `introspection` says who is told the GraphQL
    schema.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    webhook_private_targets: bool = False
    default_country: str | None = pydantic.Field(default=None, pattern="^[A-Z]{2}$")
    event_retention_days: int = pydantic.Field(default=30, ge=1)
    parked_retention_days: int = pydantic.Field(default=180, ge=1)
    introspection: Literal["everybody", "signed_in", "nobody"] = "everybody"
    attachment_max_bytes: int = pydantic.Field(default=10_000_000, ge=1, le=100_000_000)
    attachment_media_types: tuple[str, ...] = (
        *("audio/*", "image/*", "video/*", "message/rfc822", "text/calendar", "text/csv", "text/plain"),
        *("text/vcard", "application/json", "application/msword", "application/pdf", "application/rtf"),
        *("application/vnd.*", "application/xml", "application/zip"),
    )


plugin = Plugin("core")
plugin.settings(CoreSettings)
READ_METRICS = plugin.permission("metrics:read", "Read the figures of the server at /metrics")
