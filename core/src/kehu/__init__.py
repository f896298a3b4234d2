"""kehu (客户): a CRM framework made of plugins. What plugin authors and embedders use is here.

A name is imported when it is first used, so that `kehu --help` does not wait for a database library.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kehu.access import ANONYMOUS, SYSTEM, Level, Principal
    from kehu.app import App
    from kehu.attachments.models import Attachment
    from kehu.composition import Composition, compose
    from kehu.contacts.models import Address, Contact, ContactPoint, ContactRole
    from kehu.context import Context
    from kehu.customers.models import Customer, CustomerKind
    from kehu.database import UNTOLD, Unscoped
    from kehu.errors import (
        BadInput,
        CompositionError,
        Conflict,
        FieldError,
        Forbidden,
        KehuError,
        NotFound,
        Refusal,
        Rejected,
        SetupError,
        Unauthenticated,
        veto,
    )
    from kehu.hookspecs import hookimpl
    from kehu.ids import global_id, uuid7
    from kehu.inbound.models import InboundMessage
    from kehu.interactions.models import Interaction, InteractionStatus
    from kehu.model import Archivable, Deprecation, Entity, GlobalId, Model, Upload, choice, column, ref
    from kehu.model.borders import is_within_border
    from kehu.ownership import Owned
    from kehu.people.models import Team, User
    from kehu.plugin import CustomField, Plugin, Resource, installed, load_directory, load_file
    from kehu.products.models import CurrencyRate, PriceList, PriceListItem, Product, ProductCategory
    from kehu.reading.bounds import Longest
    from kehu.reading.connections import Connection, ListOf
    from kehu.translating.texts import Label, Text, label, money, text
    from kehu.writing.changes import Change

__all__ = [
    "ANONYMOUS",
    "SYSTEM",
    "UNTOLD",
    "Address",
    "App",
    "Archivable",
    "Attachment",
    "BadInput",
    "Change",
    "Composition",
    "CompositionError",
    "Conflict",
    "Connection",
    "Contact",
    "ContactPoint",
    "ContactRole",
    "Context",
    "CurrencyRate",
    "CustomField",
    "Customer",
    "CustomerKind",
    "Deprecation",
    "Entity",
    "FieldError",
    "Forbidden",
    "GlobalId",
    "InboundMessage",
    "Interaction",
    "InteractionStatus",
    "KehuError",
    "Label",
    "Level",
    "ListOf",
    "Longest",
    "Model",
    "NotFound",
    "Owned",
    "Plugin",
    "PriceList",
    "PriceListItem",
    "Principal",
    "Product",
    "ProductCategory",
    "Refusal",
    "Rejected",
    "Resource",
    "SetupError",
    "Team",
    "Text",
    "Unauthenticated",
    "Unscoped",
    "Upload",
    "User",
    "choice",
    "column",
    "compose",
    "global_id",
    "hookimpl",
    "installed",
    "is_within_border",
    "label",
    "load_directory",
    "load_file",
    "money",
    "ref",
    "text",
    "uuid7",
    "veto",
]

_HOMES = {
    "kehu.access": (
        "ANONYMOUS",
        "SYSTEM",
        "Level",
        "Principal",
    ),
    "kehu.app": ("App",),
    "kehu.attachments.models": ("Attachment",),
    "kehu.composition": (
        "Composition",
        "compose",
    ),
    "kehu.contacts.models": (
        "Address",
        "Contact",
        "ContactPoint",
        "ContactRole",
    ),
    "kehu.context": ("Context",),
    "kehu.customers.models": (
        "Customer",
        "CustomerKind",
    ),
    "kehu.database": (
        "UNTOLD",
        "Unscoped",
    ),
    "kehu.errors": (
        "BadInput",
        "CompositionError",
        "Conflict",
        "FieldError",
        "Forbidden",
        "KehuError",
        "NotFound",
        "Refusal",
        "Rejected",
        "SetupError",
        "Unauthenticated",
        "veto",
    ),
    "kehu.hookspecs": ("hookimpl",),
    "kehu.ids": (
        "global_id",
        "uuid7",
    ),
    "kehu.inbound.models": ("InboundMessage",),
    "kehu.interactions.models": (
        "Interaction",
        "InteractionStatus",
    ),
    "kehu.model": (
        "Archivable",
        "Deprecation",
        "Entity",
        "GlobalId",
        "Model",
        "Upload",
        "choice",
        "column",
        "ref",
    ),
    "kehu.model.borders": ("is_within_border",),
    "kehu.ownership": ("Owned",),
    "kehu.people.models": (
        "Team",
        "User",
    ),
    "kehu.plugin": (
        "CustomField",
        "Plugin",
        "Resource",
        "installed",
        "load_directory",
        "load_file",
    ),
    "kehu.products.models": (
        "CurrencyRate",
        "PriceList",
        "PriceListItem",
        "Product",
        "ProductCategory",
    ),
    "kehu.reading.bounds": ("Longest",),
    "kehu.reading.connections": (
        "Connection",
        "ListOf",
    ),
    "kehu.translating.texts": (
        "Label",
        "Text",
        "label",
        "money",
        "text",
    ),
    "kehu.writing.changes": ("Change",),
}
_MODULES = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name from its module, once."""
    if name not in _MODULES:
        raise AttributeError(f"module 'kehu' has no attribute {name!r}")
    value: object = getattr(importlib.import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, whether or not they have been used."""
    return sorted({*globals(), *__all__})
