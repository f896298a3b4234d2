"""Logs: on standard error, `key=value` for people at a terminal, JSON for machines."""

from __future__ import annotations

import logging
import sys

import structlog

QUIET = ("alembic", "sqlalchemy")


def configure_logs(level: str, *, request_id: str) -> None:
    """Send the logs of kehu and of all libraries to standard error, each line with the request it belongs to."""
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
    structlog.contextvars.bind_contextvars(request_id=request_id)
    _to_standard_error(level, before)


def _to_standard_error(level: str, before: list[structlog.typing.Processor]) -> None:
    handler = logging.StreamHandler(sys.stderr)
    finish: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if sys.stderr.isatty():
        order = ["timestamp", "level", "event"]
        finish += [
            structlog.processors.ExceptionRenderer(),
            structlog.processors.LogfmtRenderer(key_order=order),
        ]
    else:
        finish += [
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=finish, foreign_pre_chain=before))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
