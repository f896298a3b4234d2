"""Who may see and do what: principals, levels and the row scope."""

from kehu.access.principal import ANONYMOUS, EVERYTHING, SYSTEM, Principal
from kehu.access.remembered import RememberedPrincipals
from kehu.access.scope import row_scope
from kehu.people.models import Level

__all__ = ["ANONYMOUS", "EVERYTHING", "SYSTEM", "Level", "Principal", "RememberedPrincipals", "row_scope"]
