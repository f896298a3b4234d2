"""Languages and time zones as people choose them."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from kehu.kernel.context import Context
from kehu.kernel.errors import Refusal
from kehu.kernel.texts import text
from kehu.platform.core import CoreSettings


class UnknownLanguage(Refusal):
    """No language is called so."""

    code = "UNKNOWN_LANGUAGE"


class UnknownTimeZone(Refusal):
    """The time zone database has no such zone."""

    code = "UNKNOWN_TIME_ZONE"


def normalise_language(given: str) -> str:
    """The language in `given` as CLDR writes it: `zh-cn` becomes `zh_CN`. Raises UnknownLanguage."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415  # a server starts without Babel
    from babel.core import get_locale_identifier, parse_locale  # noqa: PLC0415

    typed = given.strip().replace("-", "_")
    try:
        Locale.parse(typed)
        return get_locale_identifier(parse_locale(typed))
    except (ValueError, UnknownLocaleError):
        message = text("{given!r} is no language; write it like en, pt_BR or zh_CN.", given=given)
        raise UnknownLanguage(message) from None


def check_time_zone(name: str) -> None:
    """Raise UnknownTimeZone unless the IANA time zone database has `name`."""
    if name not in _time_zones():
        raise UnknownTimeZone(
            text("{name!r} is no time zone; write it like Asia/Shanghai or UTC.", name=name),
            field="time_zone",
        )


def country_of_time_zone(name: str) -> str | None:
    """The ISO 3166 code of the country in which clocks show this zone, or None: `Asia/Shanghai` is in CN."""
    from babel.core import get_global  # noqa: PLC0415

    country = get_global("zone_territories").get(name)
    return country if country and country.isalpha() else None


def dialling_country(ctx: Context) -> str | None:
    """The country of a number that names none: where the clock of who types shows the time, else the default."""
    return country_of_time_zone(ctx.principal.time_zone) or ctx.settings(CoreSettings).default_country


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())
