"""What the platform declares, as part of core: people, rights, jobs, events, webhooks, files."""

from __future__ import annotations

from kehu.attachments.models import CONTENTS, Attachment
from kehu.audit.models import AuditEntry
from kehu.core_settings import CoreSettings
from kehu.events.models import EventDelivery
from kehu.inbound.models import InboundEndpoint, InboundMessage
from kehu.jobs.models import Job
from kehu.ledger.models import LEDGER
from kehu.people.models import Grant, Membership, Role, RoleAssignment, Team, User
from kehu.plugin import Plugin
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

inbound_endpoint = plugin.resource(InboundEndpoint, default_order=[InboundEndpoint.name])
inbound_message = plugin.resource(
    InboundMessage, operations=["list", "get", "aggregate"], default_order=[InboundMessage.created_at.desc()]
)
plugin.relation(
    InboundEndpoint, "messages", InboundMessage.endpoint_id, description="What came, newest first."
)

attachment = plugin.resource(
    Attachment,
    operations=["list", "get", "update", "delete", "watch", "aggregate"],
    default_order=[Attachment.created_at],
)
plugin.relation(Team, "subteams", Team.parent_id, description="The teams right below.")
plugin.relation(Team, "memberships", Membership.team_id, description="Who is in the team.")
plugin.relation(User, "memberships", Membership.user_id, description="In which teams the person is.")
plugin.relation(User, "role_assignments", RoleAssignment.user_id, description="Which roles the person has.")
plugin.relation(Role, "grants", Grant.role_id, description="What the role may do.")
plugin.relation(Role, "assignments", RoleAssignment.role_id, description="Who has the role.")

plugin.table(LEDGER)
plugin.table(CONTENTS)
