"""A quote as a page: HTML with a style sheet for print, in the language of the customer. Everything is escaped."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from kehu_sfa.money.totals import TaxMode
from kehu_sfa.quotes.models import Quote, QuoteLine

Tell = Callable[[str], str]
STYLE = """
@page { size: A4; margin: 20mm 18mm 22mm; @bottom-right { content: counter(page) " / " counter(pages); } }
body { font: 10.5pt/1.45 "Noto Sans", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; color: #1b1f24; }
h1 { font-size: 18pt; margin: 12mm 0 2mm; } address { font-style: normal; white-space: pre-line; }
dl { display: grid; grid-template-columns: max-content auto; gap: 1mm 6mm; margin: 4mm 0 8mm; }
dt { color: #57606a; } dd { margin: 0; } p.terms { white-space: pre-line; margin-top: 8mm; }
table { border-collapse: collapse; width: 100%; } thead { display: table-header-group; } tr { break-inside: avoid; }
th { text-align: left; border-bottom: 1pt solid #1b1f24; } td { border-bottom: .4pt solid #d0d7de; }
th, td { padding: 1.6mm 1.5mm; vertical-align: top; } .n { text-align: right; white-space: nowrap; }
tfoot td { border: 0; } tfoot tr:last-child td { font-weight: 700; border-top: 1pt solid #1b1f24; }
@media screen { body { max-width: 190mm; margin: 10mm auto; } }
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the page: the quote, its lines, and to whom it goes; `tell` translates a label."""

    quote: Quote
    lines: Sequence[QuoteLine]
    customer: str
    attention: str | None
    locale: str
    tell: Tell

    def html(self) -> str:
        """The whole page."""
        title = escaped(f"{self.tell('Quotation')} {self.quote.title}")
        language = self.locale.replace("_", "-")
        return (
            f'<!DOCTYPE html>\n<html lang="{escaped(language)}"><head><meta charset="utf-8">'
            f"<title>{title}</title><style>{STYLE}</style></head><body>\n"
            f"<address>{escaped(self._addressee())}</address>\n<h1>{title}</h1>\n"
            f"<p>{escaped(self.quote.name)}</p>\n{self._facts()}\n{self._table()}\n{self._terms()}</body></html>\n"
        )

    def _addressee(self) -> str:
        return "\n".join(filter(None, (self.customer, self.attention)))

    def _facts(self) -> str:
        quote = self.quote
        sent_on = quote.sent_at.date() if quote.sent_at else None
        facts = [
            ("Date", self._day(sent_on) if sent_on else None),
            ("Valid until", self._day(quote.valid_until_on)),
        ]
        told = "".join(
            f"<dt>{escaped(self.tell(label))}</dt><dd>{escaped(value)}</dd>"
            for label, value in facts
            if value
        )
        return f"<dl>{told}</dl>"

    def _table(self) -> str:
        labels = ("Description", "Quantity", "Unit price", "Discount", "Tax", "Amount")
        head = f"<th>#</th><th>{escaped(self.tell(labels[0]))}</th>" + "".join(
            f'<th class="n">{escaped(self.tell(label))}</th>' for label in labels[1:]
        )
        rows = "\n".join(map(self._row, self.lines))
        return f"<table><thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody>\n<tfoot>{self._totals()}</tfoot></table>"

    def _row(self, line: QuoteLine) -> str:
        figures = (
            f"{self._number(line.quantity)} {line.unit}",
            format_currency(
                line.unit_price, self.quote.currency, locale=self.locale, decimal_quantization=False
            ),
            self._percent(line.discount_percent) if line.discount_percent else "",
            self._percent(line.tax_percent),
            self._money(line.gross_amount - line.discount_amount),
        )
        cells = "".join(f'<td class="n">{escaped(figure)}</td>' for figure in figures)
        return f"<tr><td>{line.position}</td><td>{escaped(line.description)}</td>{cells}</tr>"

    def _totals(self) -> str:
        quote = self.quote
        tax = "Tax included" if quote.tax_mode is TaxMode.INCLUDED else "Tax"
        rows = [
            ("Subtotal", quote.subtotal_amount),
            ("Discount", -quote.total_discount_amount if quote.total_discount_amount else None),
            (tax, quote.tax_amount),
            ("Total", quote.total_amount),
        ]
        return "".join(
            f'<tr><td colspan="6" class="n">{escaped(self.tell(label))}</td>'
            f'<td class="n">{escaped(self._money(amount))}</td></tr>'
            for label, amount in rows
            if amount is not None
        )

    def _terms(self) -> str:
        return f'<p class="terms">{escaped(self.quote.terms)}</p>\n' if self.quote.terms else ""

    def _day(self, day: date) -> str:
        return format_date(day, format="long", locale=self.locale)

    def _number(self, number: Decimal) -> str:
        return format_decimal(number, locale=self.locale)

    def _percent(self, percent: Decimal) -> str:
        return f"{format_decimal(percent, locale=self.locale)} %"

    def _money(self, amount: Decimal) -> str:
        return format_currency(amount, self.quote.currency, locale=self.locale)


def escaped(text: str) -> str:
    """The text as it can stand in HTML, between tags and in attributes."""
    return html.escape(text, quote=True)
