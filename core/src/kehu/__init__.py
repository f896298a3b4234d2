"""kehu (客户): a CRM framework made of plugins. What plugin authors and embedders use is here."""

from kehu.access import ANONYMOUS, SYSTEM, Level, Principal
from kehu.app import App
from kehu.contacts.models import Address, Contact, ContactPoint, ContactRole
from kehu.context import Context
from kehu.customers.models import Customer, CustomerKind
from kehu.database import unscoped
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
from kehu.interactions.models import Interaction, InteractionStatus
from kehu.model import Archivable, Entity, GlobalId, Model, choice, column, ref
from kehu.ownership import Owned
from kehu.people.models import Team, User
from kehu.plugin import CustomField, Plugin, Resource, installed, load_directory, load_file
from kehu.products.models import CurrencyRate, PriceList, PriceListItem, Product, ProductCategory
from kehu.reading.connections import Connection, ListOf
from kehu.translating.texts import Text, text
from kehu.writing.changes import Change

__all__ = [
    "ANONYMOUS",
    "SYSTEM",
    "Address",
    "App",
    "Archivable",
    "BadInput",
    "Change",
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
    "Entity",
    "FieldError",
    "Forbidden",
    "GlobalId",
    "Interaction",
    "InteractionStatus",
    "KehuError",
    "Level",
    "ListOf",
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
    "User",
    "choice",
    "column",
    "global_id",
    "hookimpl",
    "installed",
    "load_directory",
    "load_file",
    "ref",
    "text",
    "unscoped",
    "uuid7",
    "veto",
]
