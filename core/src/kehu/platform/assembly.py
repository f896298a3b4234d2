"""What core supplies the kernel with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kehu.kernel.ports import Platform
from kehu.platform.audit import entries
from kehu.platform.core import plugin
from kehu.platform.deliveries import Deliveries
from kehu.platform.identity import owners
from kehu.platform.identity.models import SignInSession
from kehu.platform.jobs.embedded import EmbeddedJobs
from kehu.platform.outbox import rows as outbox
from kehu.platform.outbox.catalogue import EventCatalogue

if TYPE_CHECKING:
    from kehu.kernel.app import App


def platform_of(app: App) -> Platform:
    """The platform of an App. Raises CompositionError where events of its plugins do not fit together."""
    app.composition.derived(EventCatalogue)
    return Platform(
        audit=entries,
        outbox=outbox,
        owners=owners,
        jobs=EmbeddedJobs(),
        deliveries=Deliveries(app),
        told=(SignInSession,),
    )


plugin.platform(platform_of)
