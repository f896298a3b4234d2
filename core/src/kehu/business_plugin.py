"""What the business services declare, as part of core: calendars and approvals."""

from __future__ import annotations

from kehu.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalRule, ApprovalStep
from kehu.calendars.models import Calendar, CalendarException, CalendarHours, PublicHoliday
from kehu.platform_plugin import plugin

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
