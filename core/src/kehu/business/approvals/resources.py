"""Approvals in the API."""

from __future__ import annotations

from kehu.business.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalRule, ApprovalStep
from kehu.platform.core import plugin

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
