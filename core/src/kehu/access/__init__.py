"""Who may see and do what: principals, levels and the row scope."""

from kehu.access.levels import Level
from kehu.access.principal import ANONYMOUS, EVERYTHING, SYSTEM, Principal
from kehu.access.scope import row_scope

__all__ = ["ANONYMOUS", "EVERYTHING", "SYSTEM", "Level", "Principal", "row_scope"]
