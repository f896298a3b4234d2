"""Jobs in the API."""

from __future__ import annotations

from kehu.core import plugin
from kehu.jobs.models import Job

job = plugin.resource(
    Job, operations=["list", "get", "watch", "aggregate"], default_order=[Job.created_at.desc()]
)
