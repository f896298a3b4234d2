"""What must hold of the ledger: it is only added to, and only by itself."""

from __future__ import annotations

import kehu
from kehu_partner_inventory.plugin import stock_balance, stock_layer, stock_layer_use, stock_move
from kehu_partner_inventory.stock.models import (
    LedgerIsAppendOnly,
    StockBalance,
    StockLayer,
    StockLayerUse,
    StockMove,
)


@stock_move.before_write
async def moves_stay(_ctx: kehu.Context, change: kehu.Change[StockMove]) -> None:
    """A move is written once, as it was posted, and neither changed nor deleted."""
    if not change.creating:
        raise LedgerIsAppendOnly(kehu.text("A stock move stays as it is; reverse it."))
    if not change.obj.is_sealed:
        raise LedgerIsAppendOnly(kehu.text("Stock moves are posted, not written; use the verbs of stock."))


@stock_balance.before_write
async def balances_follow(_ctx: kehu.Context, _change: kehu.Change[StockBalance]) -> None:
    """A balance follows from moves and reservations."""
    raise LedgerIsAppendOnly(kehu.text("A balance is the sum of its moves; post a move."))


@stock_layer.before_write
async def layers_follow(_ctx: kehu.Context, _change: kehu.Change[StockLayer]) -> None:
    """A layer of cost follows from moves."""
    raise LedgerIsAppendOnly(kehu.text("Cost follows from moves; post a move."))


@stock_layer_use.before_write
async def uses_follow(_ctx: kehu.Context, _change: kehu.Change[StockLayerUse]) -> None:
    """The use of a layer follows from a move."""
    raise LedgerIsAppendOnly(kehu.text("Cost follows from moves; post a move."))
