"""Core as a plugin: what is always there, at a glance. Rules and actions stand with their nouns."""

from __future__ import annotations

from kehu.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalRule, ApprovalStep
from kehu.attachments.models import CONTENTS, Attachment
from kehu.audit.models import AuditEntry
from kehu.calendars.models import Calendar, CalendarException, CalendarHours, PublicHoliday
from kehu.contacts.models import Address, Contact, ContactPoint, ContactRole
from kehu.core_settings import CoreSettings
from kehu.customers.models import Customer
from kehu.events.models import EventDelivery
from kehu.inbound.models import InboundEndpoint, InboundMessage
from kehu.interactions.models import Interaction, InteractionParticipant
from kehu.jobs.models import Job
from kehu.ledger.models import LEDGER
from kehu.people.models import Grant, Membership, Role, RoleAssignment, Team, User
from kehu.plugin import Plugin
from kehu.products.models import CurrencyRate, PriceList, PriceListItem, Product, ProductCategory
from kehu.webhooks.models import WebhookDelivery, WebhookSubscription

plugin = Plugin("core")
plugin.settings(CoreSettings)
READ_METRICS = plugin.permission("metrics:read", "Read the figures of the server at /metrics")

user = plugin.resource(User, default_order=[User.name])
team = plugin.resource(Team, default_order=[Team.name])
membership = plugin.resource(Membership, operations=["list", "get", "create", "delete"])
role = plugin.resource(Role, default_order=[Role.name])
grant = plugin.resource(Grant)
role_assignment = plugin.resource(RoleAssignment, operations=["list", "get", "create", "delete"])
audit_entry = plugin.resource(
    AuditEntry,
    plural_name="AuditEntries",
    operations=["list", "get", "aggregate"],
    default_order=[AuditEntry.created_at.desc()],
)

job = plugin.resource(
    Job, operations=["list", "get", "watch", "aggregate"], default_order=[Job.created_at.desc()]
)
event_delivery = plugin.resource(
    EventDelivery,
    plural_name="EventDeliveries",
    operations=["list", "get", "aggregate"],
    default_order=[EventDelivery.created_at.desc()],
)
webhook_subscription = plugin.resource(WebhookSubscription, default_order=[WebhookSubscription.name])
webhook_delivery = plugin.resource(
    WebhookDelivery,
    plural_name="WebhookDeliveries",
    operations=["list", "get", "aggregate"],
    default_order=[WebhookDelivery.created_at.desc()],
)
plugin.relation(
    WebhookSubscription,
    "deliveries",
    WebhookDelivery.subscription_id,
    description="What was sent, newest first.",
)

calendar = plugin.resource(Calendar, default_order=[Calendar.name])
calendar_hours = plugin.resource(
    CalendarHours,
    plural_name="CalendarHoursList",
    default_order=[CalendarHours.created_at],
)
calendar_exception = plugin.resource(CalendarException, default_order=[CalendarException.falls_on])
public_holiday = plugin.resource(PublicHoliday, default_order=[PublicHoliday.falls_on])
plugin.relation(Calendar, "hours", CalendarHours.calendar_id, description="Its opening hours, by weekday.")
plugin.relation(
    Calendar, "exceptions", CalendarException.calendar_id, description="Single days with hours of their own."
)
inbound_endpoint = plugin.resource(InboundEndpoint, default_order=[InboundEndpoint.name])
inbound_message = plugin.resource(
    InboundMessage, operations=["list", "get", "aggregate"], default_order=[InboundMessage.created_at.desc()]
)
plugin.relation(
    InboundEndpoint, "messages", InboundMessage.endpoint_id, description="What came, newest first."
)

customer = plugin.resource(Customer, default_order=[Customer.sorting_name])
plugin.relation(
    Customer, "subsidiaries", Customer.parent_id, description="The customers right below this one."
)

contact = plugin.resource(Contact, default_order=[Contact.sorting_name])
contact_role = plugin.resource(
    ContactRole, row_scope=ContactRole.customer_id, default_order=[ContactRole.created_at]
)
contact_point = plugin.resource(
    ContactPoint,
    row_scope=(ContactPoint.customer_id, ContactPoint.contact_id),
    default_order=[ContactPoint.created_at],
)
address = plugin.resource(
    Address, plural_name="Addresses", row_scope=Address.customer_id, default_order=[Address.created_at]
)
plugin.relation(
    Customer, "contact_roles", ContactRole.customer_id, description="Who works there, and who did."
)
plugin.relation(Contact, "roles", ContactRole.contact_id, description="Where the person works, and worked.")
plugin.relation(
    Customer, "contact_points", ContactPoint.customer_id, description="How to reach the customer."
)
plugin.relation(Contact, "contact_points", ContactPoint.contact_id, description="How to reach the person.")
plugin.relation(Customer, "addresses", Address.customer_id, description="Where the customer is.")

interaction = plugin.resource(Interaction, default_order=[Interaction.created_at.desc()])
interaction_participant = plugin.resource(
    InteractionParticipant,
    row_scope=InteractionParticipant.interaction_id,
    operations=["list", "get", "create", "delete"],
)
plugin.relation(
    Customer, "interactions", Interaction.customer_id, description="What passed between us, newest first."
)
plugin.relation(
    Contact, "interactions", Interaction.contact_id, description="What passed between us, newest first."
)
plugin.relation(
    Interaction, "participants", InteractionParticipant.interaction_id, description="Who takes part."
)
plugin.relation(Interaction, "follow_ups", Interaction.follow_up_of_id, description="What it led to.")

attachment = plugin.resource(
    Attachment,
    operations=["list", "get", "update", "delete", "watch", "aggregate"],
    default_order=[Attachment.created_at],
)

product_category = plugin.resource(ProductCategory, default_order=[ProductCategory.name])
product = plugin.resource(Product, default_order=[Product.code])
price_list = plugin.resource(PriceList, default_order=[PriceList.name])
price_list_item = plugin.resource(PriceListItem, default_order=[PriceListItem.min_quantity])
currency_rate = plugin.resource(CurrencyRate, default_order=[CurrencyRate.as_of.desc()])
plugin.relation(
    ProductCategory, "subcategories", ProductCategory.parent_id, description="The categories right below."
)
plugin.relation(ProductCategory, "products", Product.category_id, description="The products of this kind.")
plugin.relation(Product, "prices", PriceListItem.product_id, description="What it costs, in all lists.")
plugin.relation(PriceList, "items", PriceListItem.price_list_id, description="The prices of the list.")

approval_rule = plugin.resource(ApprovalRule, default_order=[ApprovalRule.kind, ApprovalRule.position])
approval_request = plugin.resource(
    ApprovalRequest,
    operations=["list", "get", "watch", "aggregate"],
    default_order=[ApprovalRequest.requested_at.desc()],
)
approval_step = plugin.resource(
    ApprovalStep,
    operations=["list", "get", "watch", "aggregate"],
    row_scope=ApprovalStep.request_id,
    default_order=[ApprovalStep.position],
)
approval_decision = plugin.resource(
    ApprovalDecision,
    operations=["list", "get"],
    row_scope=ApprovalDecision.step_id,
    default_order=[ApprovalDecision.decided_at],
)
plugin.relation(ApprovalRequest, "steps", ApprovalStep.request_id, description="Who must agree, in order.")
plugin.relation(ApprovalStep, "decisions", ApprovalDecision.step_id, description="What was decided, and why.")

plugin.relation(Team, "subteams", Team.parent_id, description="The teams right below.")
plugin.relation(Team, "memberships", Membership.team_id, description="Who is in the team.")
plugin.relation(User, "memberships", Membership.user_id, description="In which teams the person is.")
plugin.relation(User, "role_assignments", RoleAssignment.user_id, description="Which roles the person has.")
plugin.relation(Role, "grants", Grant.role_id, description="What the role may do.")
plugin.relation(Role, "assignments", RoleAssignment.role_id, description="Who has the role.")

plugin.table(LEDGER)
plugin.table(CONTENTS)
