"""Core, complete: importing this module has run all of its declarations."""

from __future__ import annotations

from kehu.approvals import actions as approval_actions
from kehu.approvals import rules as approval_rules
from kehu.assembly import platform_of
from kehu.attachments import fields as attachment_fields
from kehu.attachments import rules as attachment_rules
from kehu.audit import resources as audit_resources
from kehu.calendars import fields as calendar_fields
from kehu.calendars import rules as calendar_rules
from kehu.cli.states import states_command
from kehu.contacts import actions as contact_actions
from kehu.contacts import rules as contact_rules
from kehu.core import plugin
from kehu.customers import fields as customer_fields
from kehu.customers import rules as customer_rules
from kehu.demo import data as demo_data
from kehu.demo import examples as demo_examples
from kehu.events import actions as event_actions
from kehu.inbound import actions as inbound_actions
from kehu.inbound import rules as inbound_rules
from kehu.interactions import actions as interaction_actions
from kehu.interactions import fields as interaction_fields
from kehu.interactions import rules as interaction_rules
from kehu.jobs import actions as job_actions
from kehu.jobs import forgetting as job_forgetting
from kehu.ledger import resources as ledger_resources
from kehu.people import actions as people_actions
from kehu.people import roles
from kehu.people import rules as people_rules
from kehu.products import rules as product_rules
from kehu.retention import clear_what_is_done
from kehu.translating import queries as translating_queries
from kehu.webhooks import actions as webhook_actions
from kehu.webhooks import rules as webhook_rules

plugin.command(states_command, group="docs")

__all__ = [
    "approval_actions",
    "approval_rules",
    "attachment_fields",
    "attachment_rules",
    "audit_resources",
    "calendar_fields",
    "calendar_rules",
    "clear_what_is_done",
    "contact_actions",
    "contact_rules",
    "customer_fields",
    "customer_rules",
    "demo_data",
    "demo_examples",
    "event_actions",
    "inbound_actions",
    "inbound_rules",
    "interaction_actions",
    "interaction_fields",
    "interaction_rules",
    "job_actions",
    "job_forgetting",
    "ledger_resources",
    "people_actions",
    "people_rules",
    "platform_of",
    "plugin",
    "product_rules",
    "roles",
    "translating_queries",
    "webhook_actions",
    "webhook_rules",
]
