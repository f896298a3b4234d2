"""What core supplies the kernel with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kehu.audit import entries
from kehu.core import plugin
from kehu.deliveries import Deliveries
from kehu.events import trail
from kehu.events.catalogue import EventCatalogue
from kehu.jobs.embedded import EmbeddedJobs
from kehu.people import owners
from kehu.people.models import SignInSession
from kehu.ports import Platform

if TYPE_CHECKING:
    from kehu.app import App


def platform_of(app: App) -> Platform:
    """The platform of an App. Raises CompositionError where events of its plugins do not fit together."""
    app.composition.derived(EventCatalogue)
    return Platform(
        audit=entries,
        outbox=trail,
        owners=owners,
        jobs=EmbeddedJobs(),
        deliveries=Deliveries(app),
        told=(SignInSession,),
    )


plugin.platform(platform_of)
