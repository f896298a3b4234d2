"""Identifiers in one form: codes, phones, addresses and names, as pure functions of text."""

from kehu.business.identifiers.addresses import Divisions, recognise_divisions
from kehu.business.identifiers.countries import country_code
from kehu.business.identifiers.credit_code import InvalidCreditCode, parse_credit_code
from kehu.business.identifiers.names import bigrams, pinyin_initials, sorting_name
from kehu.business.identifiers.phones import InvalidPhone, normalise_phone
from kehu.business.identifiers.web import InvalidUrl, InvalidWechatId, normalise_url, normalise_wechat_id
from kehu.kernel.currencies import UnknownCurrency, is_currency, minor_digits
from kehu.kernel.text.folding import fold
from kehu.kernel.text.normalisation import lines, one_line, refused_in, shows_something
from kehu.platform.identity.emails import InvalidEmail, normalise_email

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
