"""Who may see and do what: principals, levels and the row scope."""

from kehu.kernel.access.levels import Level
from kehu.kernel.access.principal import ANONYMOUS, EVERYTHING, SYSTEM, Principal
from kehu.kernel.access.scope import row_scope

__all__ = ["ANONYMOUS", "EVERYTHING", "SYSTEM", "Level", "Principal", "row_scope"]
