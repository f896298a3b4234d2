"""Core as a plugin: the table of contents of what is always there."""

from __future__ import annotations

from kehu.audit.models import AuditEntry
from kehu.customers.models import Customer
from kehu.interactions.models import Interaction
from kehu.people.models import Grant, Membership, Role, RoleAssignment, Team, User
from kehu.plugin import Plugin

plugin = Plugin("core")

user = plugin.resource(User, default_order=[User.name])
team = plugin.resource(Team, default_order=[Team.name])
membership = plugin.resource(Membership, operations=["list", "get", "create", "delete"])
role = plugin.resource(Role, default_order=[Role.name])
grant = plugin.resource(Grant)
role_assignment = plugin.resource(RoleAssignment, operations=["list", "get", "create", "delete"])
audit_entry = plugin.resource(AuditEntry, plural_name="AuditEntries", operations=["list", "get", "aggregate"], default_order=[AuditEntry.created_at.desc()])
customer = plugin.resource(Customer, default_order=[Customer.name])
interaction = plugin.resource(Interaction, default_order=[Interaction.created_at.desc()])
plugin.relation(Customer, "interactions", Interaction.customer_id, description="What passed between us, newest first.")
