"""Core, complete: importing this module has run all of its declarations."""

from __future__ import annotations

from kehu.business.approvals import actions as approval_actions
from kehu.business.approvals import rules as approval_rules
from kehu.business.calendars import fields as calendar_fields
from kehu.business.calendars import rules as calendar_rules
from kehu.crm.contacts import actions as contact_actions
from kehu.crm.contacts import rules as contact_rules
from kehu.crm.customers import fields as customer_fields
from kehu.crm.customers import rules as customer_rules
from kehu.crm.demo import data as demo_data
from kehu.crm.demo import examples as demo_examples
from kehu.crm.interactions import actions as interaction_actions
from kehu.crm.interactions import fields as interaction_fields
from kehu.crm.interactions import rules as interaction_rules
from kehu.crm.products import rules as product_rules
from kehu.ops.cli.states import states_command
from kehu.platform.assembly import platform_of
from kehu.platform.attachments import fields as attachment_fields
from kehu.platform.attachments import rules as attachment_rules
from kehu.platform.audit import resources as audit_resources
from kehu.platform.core import plugin
from kehu.platform.identity import actions as people_actions
from kehu.platform.identity import roles
from kehu.platform.identity import rules as people_rules
from kehu.platform.inbound import actions as inbound_actions
from kehu.platform.inbound import rules as inbound_rules
from kehu.platform.jobs import actions as job_actions
from kehu.platform.jobs import retention as job_retention
from kehu.platform.ledger import resources as ledger_resources
from kehu.platform.localization import queries as translating_queries
from kehu.platform.outbox import actions as event_actions
from kehu.platform.retention import clear_what_is_done
from kehu.platform.webhooks import actions as webhook_actions
from kehu.platform.webhooks import rules as webhook_rules

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
    "job_retention",
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
