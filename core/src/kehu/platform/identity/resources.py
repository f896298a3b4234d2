"""Users, teams and rights in the API."""

from __future__ import annotations

from kehu.platform.core import plugin
from kehu.platform.identity.models import Grant, Membership, Role, RoleAssignment, Team, User

user = plugin.resource(User, default_order=[User.name])
team = plugin.resource(Team, default_order=[Team.name])
membership = plugin.resource(Membership, operations=["list", "get", "create", "delete"])
role = plugin.resource(Role, default_order=[Role.name])
grant = plugin.resource(Grant)
role_assignment = plugin.resource(RoleAssignment, operations=["list", "get", "create", "delete"])
plugin.relation(Team, "subteams", Team.parent_id, description="The teams right below.")
plugin.relation(Team, "memberships", Membership.team_id, description="Who is in the team.")
plugin.relation(User, "memberships", Membership.user_id, description="In which teams the person is.")
plugin.relation(User, "role_assignments", RoleAssignment.user_id, description="Which roles the person has.")
plugin.relation(Role, "grants", Grant.role_id, description="What the role may do.")
plugin.relation(Role, "assignments", RoleAssignment.role_id, description="Who has the role.")
