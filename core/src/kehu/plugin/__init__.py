"""How plugins are written and found."""

from kehu.plugin.custom_fields import CustomField
from kehu.plugin.declarations import Origin, annotations_of
from kehu.plugin.discovery import installed, installed_names, load_directory, load_file
from kehu.plugin.plugin import Plugin
from kehu.plugin.resource import Resource

__all__ = [
    "CustomField",
    "Origin",
    "Plugin",
    "Resource",
    "annotations_of",
    "installed",
    "installed_names",
    "load_directory",
    "load_file",
]
