"""What a plugin has declared so far: one list for each kind of declaration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from kehu.kernel.plugin import declarations as d
from kehu.kernel.plugin.custom_fields import CustomField


class Declared:
    """The lists that composing a plugin set reads; `conditional` are the blocks of `plugin.when(...)`."""

    name: str

    def __init__(self) -> None:
        self.conditional: list[tuple[str, Callable[[Any], None]]] = []
        self.resources: list[d.ResourceDeclaration] = []
        self.fields: list[d.FieldDeclaration] = []
        self.relations: list[d.RelationDeclaration] = []
        self.custom_fields: list[CustomField[Any, Any]] = []
        self.actions: list[d.ActionDeclaration] = []
        self.roots: list[d.RootDeclaration] = []
        self.hooks: list[d.HookDeclaration] = []
        self.hook_objects: list[d.HookObjectDeclaration] = []
        self.extensions: list[d.ExtensionDeclaration] = []
        self.choices: list[d.ChoiceDeclaration] = []
        self.interfaces: list[d.InterfaceDeclaration] = []
        self.implementations: list[d.ImplementationDeclaration] = []
        self.permissions: list[d.PermissionDeclaration] = []
        self.grants: list[d.GrantDeclaration] = []
        self.settings_classes: list[d.SettingsDeclaration] = []
        self.examples: list[d.ExampleDeclaration] = []
        self.jobs: list[d.JobDeclaration] = []
        self.commands: list[d.CommandDeclaration] = []
        self.events: list[d.EventDeclaration] = []
        self.handlers: list[d.HandlerDeclaration] = []
        self.inbounds: list[d.InboundDeclaration] = []
        self.tables: list[sa.Table] = []

    def _here(self) -> d.Origin:
        return d.Origin(self.name, d.caller())

    def _at(self, function: Callable[..., Any]) -> d.Origin:
        return d.Origin(self.name, d.place_of(function))
