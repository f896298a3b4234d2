"""Identifiers in one form: codes, phones, addresses and names, as pure functions of text."""

from kehu.identifiers.addresses import Divisions, recognise_divisions
from kehu.identifiers.countries import country_code
from kehu.identifiers.credit_code import InvalidCreditCode, parse_credit_code
from kehu.identifiers.currencies import UnknownCurrency, is_currency, minor_digits
from kehu.identifiers.emails import InvalidEmail, normalise_email
from kehu.identifiers.folding import fold
from kehu.identifiers.names import bigrams, pinyin_initials, sorting_name
from kehu.identifiers.phones import InvalidPhone, normalise_phone
from kehu.identifiers.texts import lines, one_line, refused_in, shows_something
from kehu.identifiers.web import InvalidUrl, InvalidWechatId, normalise_url, normalise_wechat_id

__all__ = [
    "Divisions",
    "InvalidCreditCode",
    "InvalidEmail",
    "InvalidPhone",
    "InvalidUrl",
    "InvalidWechatId",
    "UnknownCurrency",
    "bigrams",
    "country_code",
    "fold",
    "is_currency",
    "lines",
    "minor_digits",
    "normalise_email",
    "normalise_phone",
    "normalise_url",
    "normalise_wechat_id",
    "one_line",
    "parse_credit_code",
    "pinyin_initials",
    "recognise_divisions",
    "refused_in",
    "shows_something",
    "sorting_name",
]
