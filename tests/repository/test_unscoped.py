"""The census of what rules read whoever asks: which modules do, and why; one that is not here is a mistake."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Sequence
from pathlib import Path

CENSUS = {
    "kehu.business.approvals.requests": "who must agree does not depend on who asks",
    "kehu.platform.attachments.actions": "a record keeps all of its files",
    "kehu.business.calendars.queries": "hours count for who may not read the calendar",
    "kehu.crm.contacts.queries": "one contact, address and number is the primary one",
    "kehu.kernel.context": "the verb is asked for, and not reading",
    "kehu.kernel.db.committed": "the system asks for itself",
    "kehu.crm.interactions.rules": "an interaction belongs to the customer of its contact",
    "kehu.platform.jobs.actions": "one job of a key waits",
    "kehu.platform.identity.owners": "who is given a record works here, or does not",
    "kehu.platform.identity.principals": "rights are what they are",
    "kehu.crm.products.queries": "rates and prices are what they are",
    "kehu.kernel.reading.reach": "the verb is asked for, and not reading",
    "kehu.kernel.trees": "a circle is one, whoever sees what is in it",
    "kehu.kernel.writing.archived": "archived is archived",
    "kehu.kernel.writing.bulk": "who wrote a record was told that it may be",
    "kehu.kernel.writing.money": "an amount is in the currency of what it belongs to",
    "kehu.kernel.writing.offers": "what is not sold is sold to nobody",
    "kehu_partner_inventory.alerts.watching": "who is responsible for an alert need not be who causes it",
    "kehu_partner_inventory.availability.queries": "goods have left wherever they went",
    "kehu_partner_inventory.billing.invoicing": "a payment goes to all that is open",
    "kehu_partner_inventory.credit.queries": "a partner owes what it owes",
    "kehu_partner_inventory.deals.queries": "a deal is protected for one partner",
    "kehu_partner_inventory.evaluation.figures": "a partner is judged by all that it bought and paid",
    "kehu_partner_inventory.funds.queries": "no more is granted and claimed of a fund than there is",
    "kehu_partner_inventory.locations.queries": "a location stays while goods are there, and goods may go to any",
    "kehu_partner_inventory.lots.queries": "a number is given once for each product",
    "kehu_partner_inventory.orders.queries": "an order has all its lines, and takes what is there in its turn",
    "kehu_partner_inventory.partners.currencies": "amounts are in their currency, whoever sees them",
    "kehu_partner_inventory.partners.rules": "a territory and a sign-in belong to one partner",
    "kehu_partner_inventory.pricing.queries": "a price is the same for all who buy for a partner",
    "kehu_partner_inventory.rebates.counting": "a rebate counts all that was bought and paid",
    "kehu_partner_inventory.replenishment.queries": "what is short is short for everybody",
    "kehu_partner_inventory.reservations.queries": "goods are held back once",
    "kehu_partner_inventory.reviews.actions": "partners are reviewed by all rules of their programme",
    "kehu_partner_inventory.sellout.figures": "a partner sells what it has, once",
    "kehu_partner_inventory.stock.facts": "stock is what it is",
    "kehu_partner_inventory.stocking.quantities": "a product is counted in one unit",
    "kehu_partner_inventory.stocktakes.queries": "a count is of all that is there",
    "kehu_partner_inventory.transfers.actions": "a transfer has all its lines",
    "kehu_sfa.assignment.assigning": "leads are shared out among all who take them",
    "kehu_sfa.commissions.actions": "what an order earns follows from all shares and earlier earnings",
    "kehu_sfa.competitors.rules": "the outcome of an opportunity is that of all its competitors",
    "kehu_sfa.conversion.mapping": "a lead is converted as a whole, and adds nothing twice",
    "kehu_sfa.discount_limits.queries": "a limit binds who may not read it",
    "kehu_sfa.feeds.actions": "who has the token reads the feed, signed in or not",
    "kehu_sfa.history.actions": "the history has every change of every opportunity",
    "kehu_sfa.leads.queries": "a policy binds who may not read it",
    "kehu_sfa.lines.rules": "a document has one currency and the default tax",
    "kehu_sfa.money.rules": "one tax rate is the default",
    "kehu_sfa.opportunities.copying": "a copy has all that the original has",
    "kehu_sfa.opportunities.exit_criteria": "a stage asks for the same of everybody",
    "kehu_sfa.opportunities.rules": "an opportunity is in one stage at a time",
    "kehu_sfa.opportunity_contacts.rules": "an opportunity has one primary contact",
    "kehu_sfa.opportunity_lines.rules": "an opportunity is the sum of all its lines",
    "kehu_sfa.orders.rules": "an order is the sum of all its lines",
    "kehu_sfa.pipelines.rules": "one pipeline is the default, and no stage goes that is in use",
    "kehu_sfa.quotas.sales": "who may see a quota sees all that counts for it",
    "kehu_sfa.quotes.deals": "a won deal is worth all that was accepted",
    "kehu_sfa.quotes.rules": "a quote is the sum of all its lines, and waits for who decides",
    "kehu_sfa.reports.selection": "a team has all teams below it",
    "kehu_sfa.scoring.rules": "a score follows from all rules",
    "kehu_sfa.splits.rules": "the parts of an opportunity are whole together",
}
"""The reason of each module."""

TABLES = {
    "kehu_partner_inventory.orders.numbering": "counters",
    "kehu_partner_inventory.partners.portal": "the row scope itself",
    "kehu_partner_inventory.partners.queries": "the tree of partners, walked whole",
    "kehu_partner_inventory.product_groups.queries": "the tree of categories, walked whole",
    "kehu_partner_inventory.stock.books": "balances, written by the ledger alone",
    "kehu_partner_inventory.stock.layers": "layers, written by the ledger alone",
    "kehu_sfa.assignment.assigning": "whose turn it was last",
    "kehu_sfa.numbering.models": "counters",
}
"""The modules of plugins that name a table, which has no row scope, instead of its class; and what for."""

NAME = "whoever_asks"
AT_THE_CONSOLE = {"commands", "demo"}
"""The modules of commands, where the system asks."""


@functools.cache
def modules(repository: Path) -> Sequence[tuple[str, ast.Module]]:
    """Every module with what is in it; those that cannot name any of this are not parsed."""
    found = []
    for source in sorted(repository.glob("*/src")) + sorted(repository.glob("plugins/*/src")):
        for path in sorted(source.rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if any(word in text for word in ("Unscoped", NAME, "kehu_unscoped", ".context(", "__table__")):
                name = ".".join(path.relative_to(source).with_suffix("").parts)
                found.append((name, ast.parse(text)))
    return found


def reasons(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What is declared, and why."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"kehu.Unscoped", "Unscoped"}:
            owner = next(
                (each for each in tree.body if isinstance(each, ast.Assign) and each.value is node), None
            )
            yield ast.unparse(owner.targets[0]) if owner else "", ast.literal_eval(node.args[0])


def test_every_module_that_reads_whoever_asks_says_why(repository: Path) -> None:
    declared = [(name, *each) for name, tree in modules(repository) for each in reasons(tree)]

    assert {name: reason for name, _, reason in declared} == CENSUS
    assert [name for name, variable, _ in declared if variable != NAME] == []
    assert len(declared) == len(CENSUS)


def test_a_reason_holds_for_one_noun(repository: Path) -> None:
    borrowed = [
        f"{name} from {node.module}"
        for name, tree in modules(repository)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and any(each.name == NAME for each in node.names)
        if (node.module or "").rpartition(".")[0] != name.rpartition(".")[0]
    ]

    assert borrowed == []


def test_there_is_no_other_way_past_the_row_scope(repository: Path) -> None:
    by_option = {
        name
        for name, tree in modules(repository)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value == "kehu_unscoped"
    }
    as_the_system = [
        name
        for name, tree in modules(repository)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr == "context" and not node.args
        if name.partition(".")[0] not in {"kehu", "kehu_graphql"}
        and name.rpartition(".")[2] not in AT_THE_CONSOLE
    ]

    by_table = {
        name
        for name, tree in modules(repository)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "__table__"
        if name.partition(".")[0] not in {"kehu", "kehu_graphql"} and ".versions." not in name
    }

    # An outbox is no record of anybody's; its long statement is not even looked at.
    assert by_option == {"kehu.kernel.db.session", "kehu.kernel.db.unscoped", "kehu.platform.outbox.rows"}
    assert as_the_system == []
    assert by_table == TABLES.keys()
