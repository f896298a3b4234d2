"""How plugins are written and found."""

from kehu.kernel.plugin.custom_fields import CustomField
from kehu.kernel.plugin.declarations import Origin, annotations_of
from kehu.kernel.plugin.discovery import installed, installed_names, load_directory, load_file
from kehu.kernel.plugin.plugin import Plugin
from kehu.kernel.plugin.resource import Resource

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
