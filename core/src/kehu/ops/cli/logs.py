"""Logs: on standard error, `key=value` for people at a terminal, JSON for machines."""

from __future__ import annotations

import logging
import sys
from contextlib import AbstractContextManager
from typing import TextIO

import structlog

QUIET = ("alembic", "sqlalchemy")


def configured_logs(level: str, *, request_id: str) -> AbstractContextManager[object]:
    """Send the logs of kehu and of all libraries to standard error.

    Until the context ends, each line names the request; a server binds another one for each of its own.
    """
    before: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    _to_standard_error(level, before)
    return structlog.contextvars.bound_contextvars(request_id=request_id)


class StandardError(logging.StreamHandler[TextIO]):
    """Writes to whatever standard error is at that moment; tests and embedders exchange it."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # looked up each time instead of kept
        """Standard error, now."""
        return sys.stderr


def _to_standard_error(level: str, before: list[structlog.typing.Processor]) -> None:
    handler = StandardError()
    finish = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering()]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=finish, foreign_pre_chain=before))
    root = logging.getLogger()
    root.handlers = [*(other for other in root.handlers if not isinstance(other, StandardError)), handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _rendering() -> list[structlog.typing.Processor]:
    if sys.stderr.isatty():
        order = ["timestamp", "level", "event"]
        return [
            structlog.processors.ExceptionRenderer(),
            structlog.processors.LogfmtRenderer(key_order=order),
        ]
    tracebacks = structlog.tracebacks.ExceptionDictTransformer(
        show_locals=False
    )  # They hold passwords and people.
    return [
        structlog.processors.ExceptionRenderer(tracebacks),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
