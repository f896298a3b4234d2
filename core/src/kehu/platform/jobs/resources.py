"""Jobs in the API."""

from __future__ import annotations

from kehu.platform.core import plugin
from kehu.platform.jobs.models import Job

job = plugin.resource(
    Job, operations=["list", "get", "watch", "aggregate"], default_order=[Job.created_at.desc()]
)
