"""kehu (客户): a CRM framework made of plugins. What plugin authors and embedders use is here.

A name is imported when it is first used, so that `kehu --help` does not wait for a database library.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kehu.crm.contacts.models import Address, Contact, ContactPoint, ContactRole
    from kehu.crm.customers.models import Customer, CustomerKind
    from kehu.crm.interactions.models import Interaction, InteractionStatus
    from kehu.crm.products.models import CurrencyRate, PriceList, PriceListItem, Product, ProductCategory
    from kehu.kernel.access import ANONYMOUS, SYSTEM, Level, Principal
    from kehu.kernel.app import App
    from kehu.kernel.composition import Composition, compose
    from kehu.kernel.context import Context
    from kehu.kernel.currencies import SEVERAL_CURRENCIES
    from kehu.kernel.db import UNTOLD, Unscoped
    from kehu.kernel.errors import (
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
    from kehu.kernel.hooks.specs import hookimpl
    from kehu.kernel.ids import global_id, uuid7
    from kehu.kernel.model import (
        Archivable,
        Deprecation,
        Entity,
        GlobalId,
        Model,
        Upload,
        choice,
        column,
        ref,
    )
    from kehu.kernel.model.borders import is_within_border
    from kehu.kernel.plugin import CustomField, Plugin, Resource, installed, load_directory, load_file
    from kehu.kernel.reading.bounds import Longest
    from kehu.kernel.reading.connections import Connection, ListOf
    from kehu.kernel.texts import Label, Text, label, money, text
    from kehu.kernel.writing.changes import Change
    from kehu.platform.attachments.models import Attachment
    from kehu.platform.identity.models import Team, User
    from kehu.platform.identity.ownership import Owned
    from kehu.platform.inbound.models import InboundMessage

__all__ = [
    "ANONYMOUS",
    "SEVERAL_CURRENCIES",
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
    "kehu.kernel.access": (
        "ANONYMOUS",
        "SYSTEM",
        "Level",
        "Principal",
    ),
    "kehu.kernel.app": ("App",),
    "kehu.platform.attachments.models": ("Attachment",),
    "kehu.kernel.composition": (
        "Composition",
        "compose",
    ),
    "kehu.crm.contacts.models": (
        "Address",
        "Contact",
        "ContactPoint",
        "ContactRole",
    ),
    "kehu.kernel.context": ("Context",),
    "kehu.crm.customers.models": (
        "Customer",
        "CustomerKind",
    ),
    "kehu.kernel.currencies": ("SEVERAL_CURRENCIES",),
    "kehu.kernel.db": (
        "UNTOLD",
        "Unscoped",
    ),
    "kehu.kernel.errors": (
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
    "kehu.kernel.hooks.specs": ("hookimpl",),
    "kehu.kernel.ids": (
        "global_id",
        "uuid7",
    ),
    "kehu.platform.inbound.models": ("InboundMessage",),
    "kehu.crm.interactions.models": (
        "Interaction",
        "InteractionStatus",
    ),
    "kehu.kernel.model": (
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
    "kehu.kernel.model.borders": ("is_within_border",),
    "kehu.platform.identity.ownership": ("Owned",),
    "kehu.platform.identity.models": (
        "Team",
        "User",
    ),
    "kehu.kernel.plugin": (
        "CustomField",
        "Plugin",
        "Resource",
        "installed",
        "load_directory",
        "load_file",
    ),
    "kehu.crm.products.models": (
        "CurrencyRate",
        "PriceList",
        "PriceListItem",
        "Product",
        "ProductCategory",
    ),
    "kehu.kernel.reading.bounds": ("Longest",),
    "kehu.kernel.reading.connections": (
        "Connection",
        "ListOf",
    ),
    "kehu.kernel.texts": (
        "Label",
        "Text",
        "label",
        "money",
        "text",
    ),
    "kehu.kernel.writing.changes": ("Change",),
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
