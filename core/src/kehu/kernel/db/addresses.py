"""Addresses of PostgreSQL: what may stand in one, and what the second driver takes for it.

psycopg hands an address to libpq, which is how the world writes them; asyncpg, which executes planned statements, has
its own arguments. Both have to come to the same server, the same schema and the same security, or kehu does not start.
"""

from __future__ import annotations

import os
import urllib.parse
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from kehu.kernel.errors import SetupError

_PLACES = ("host", "port", "user", "password", "dbname")
_TLS = (
    "sslmode",
    "sslcert",
    "sslkey",
    "sslpassword",
    "sslrootcert",
    "sslcrl",
    "ssl_min_protocol_version",
    "ssl_max_protocol_version",
)
_SAME = ("passfile", "target_session_attrs", "krbsrvname", "gsslib")
# Sent to the server when a connection begins.
_SETTINGS = ("options", "application_name")
_TIMEOUT = "connect_timeout"
UNDERSTOOD = (*_PLACES, *_TLS, *_SAME, *_SETTINGS, _TIMEOUT)
# Where libpq, and so its programs, find what no address says; sslpassword has no such place.
_ENVIRONMENT = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcrl": "PGSSLCRL",
    "ssl_min_protocol_version": "PGSSLMINPROTOCOLVERSION",
    "ssl_max_protocol_version": "PGSSLMAXPROTOCOLVERSION",
    "passfile": "PGPASSFILE",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "krbsrvname": "PGKRBSRVNAME",
    "gsslib": "PGGSSLIB",
    "options": "PGOPTIONS",
    "application_name": "PGAPPNAME",
    _TIMEOUT: "PGCONNECT_TIMEOUT",
}
# asyncpg looks for the others there by itself.
_NOT_SEEN = (*_SETTINGS, _TIMEOUT)


def check_address(url: sa.URL) -> None:
    """Raise SetupError for an address of PostgreSQL with a parameter that only one of the drivers would honour."""
    unknown = sorted(set(url.query) - set(UNDERSTOOD))
    if unknown:
        raise SetupError(
            f"The address of the database says {' and '.join(unknown)}, which kehu cannot honour; leave it out. "
            f"It may say {', '.join(UNDERSTOOD)}."
        )
    for name in ("port", _TIMEOUT):
        given = str(url.query.get(name, ""))
        if not all(number.isdecimal() for number in given.split(",") if number):
            raise SetupError(f"The address of the database says {name}={given}, which is no number.")


def asyncpg_arguments(libpq: Mapping[str, Any], settings: Mapping[str, str]) -> dict[str, Any]:
    """What asyncpg.connect takes to come where libpq comes with these keywords; `settings` are more of the server."""
    given = {name: os.environ[_ENVIRONMENT[name]] for name in _NOT_SEEN if _ENVIRONMENT[name] in os.environ}
    given |= {name: str(value) for name, value in libpq.items() if value is not None}
    tls = {name: given[name] for name in _TLS if name in given}
    places = {
        "host": given["host"].split(",") if "host" in given else None,
        "port": [int(port or 5432) for port in given["port"].split(",")] if "port" in given else None,
        "user": given.get("user"),
        "password": given.get("password"),
        "database": given.get("dbname"),
        "timeout": float(given[_TIMEOUT]) if float(given.get(_TIMEOUT, 0)) > 0 else None,
        "dsn": f"postgresql:///?{urllib.parse.urlencode(tls)}" if tls else None,
    }
    places |= {name: given[name] for name in _SAME if name in given}
    found: dict[str, Any] = {name: value for name, value in places.items() if value is not None}
    found["server_settings"] = {name: given[name] for name in _SETTINGS if name in given} | dict(settings)
    return found


def libpq_environment(libpq: Mapping[str, Any]) -> dict[str, str]:
    """The variables with which a program of PostgreSQL comes where libpq comes with these keywords."""
    return {
        _ENVIRONMENT[n]: str(value) for n, value in libpq.items() if n in _ENVIRONMENT and value is not None
    }
