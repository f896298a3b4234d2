"""The secrets that two systems share: one at a time, and for a while two, when one replaces the other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Mapped

from kehu.kernel.errors import BadInput
from kehu.kernel.model import column
from kehu.platform.webhooks.signatures import new_secret

LONGEST_OVERLAP_HOURS = 7 * 24


class HasSecrets:
    """The mixin of what messages are signed for. Secrets are never shown with the record, nor audited."""

    secrets: Mapped[dict[str, Any]] = column(default=dict, expose=False, audit=False)

    def secrets_at(self, moment: datetime) -> list[str]:
        """The secrets that are valid, the newest first; one that was replaced is so until its last moment."""
        valid = (
            secret
            for secret, until in self.secrets.items()
            if until is None or datetime.fromisoformat(until) > moment
        )
        return sorted(valid, key=lambda secret: self.secrets[secret] is not None)

    def give_first_secret(self) -> None:
        """The secret of a new record, unless it has one."""
        self.secrets = self.secrets or {new_secret(): None}

    def rotate_secret(self, *, at: datetime, overlap_hours: int) -> str:
        """A new secret, from `at` on; those before it stay valid for some hours. Raises BadInput beyond a week."""
        if not 0 <= overlap_hours <= LONGEST_OVERLAP_HOURS:
            raise BadInput("The old secret stays valid for 0 to 168 hours.", field="overlap_hours")
        secret = new_secret()
        until = (at + timedelta(hours=overlap_hours)).isoformat()
        valid = {old: self.secrets[old] or until for old in self.secrets_at(at)}
        self.secrets = {secret: None, **valid}
        return secret
