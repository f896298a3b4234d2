"""What an installation may set about core: `KEHU_CORE_<FIELD>` in the environment, and `[core]` in kehu.toml."""

from __future__ import annotations

import pydantic


class CoreSettings(pydantic.BaseModel):
    """Settings of core.

    `webhook_private_targets` lets webhooks reach this machine and its network, and http: only where everybody who may
    subscribe is trusted. The rest say for how many days what is done is kept, to be looked at and replayed.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    webhook_private_targets: bool = False
    event_retention_days: int = pydantic.Field(default=30, ge=1)
    parked_retention_days: int = pydantic.Field(default=180, ge=1)
