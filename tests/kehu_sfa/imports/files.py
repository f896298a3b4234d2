"""A small set of the four files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

HEADS = {
    "accounts.csv": "account,sector,year_established,revenue,employees,office_location,subsidiary_of",
    "products.csv": "product,series,sales_price",
    "sales_teams.csv": "sales_agent,manager,regional_office",
    "sales_pipeline.csv": (
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
    ),
}
ROWS = {
    # The parent stands after its child; the sector and one country are misspelt as in the real file.
    "accounts.csv": [
        "Codehow,software,1998,2714.9,2641,United States,Acme Corporation",
        "Bioholding,medical,2012,587.34,1356,Philipines,",
        "Acme Corporation,technolgy,1996,1100.04,2822,United States,",
    ],
    "products.csv": ["GTX Pro,GTX,4821", "MG Special,MG,55"],
    "sales_teams.csv": [
        "Moses Frase,Dustin Brinkmann,Central",
        "Darcel Schlecht,Melvin Marxen,Central",
        "Carol Thompson,Celia Rouche,West",
    ],
    "sales_pipeline.csv": [
        "1C1I7A6R,Moses Frase,GTXPro,Codehow,Won,2016-10-20,2017-03-01,4514",
        "Z063OYW0,Darcel Schlecht,MG Special,Bioholding,Lost,2016-10-25,2017-03-11,0",
        "EC4QE1BX,Darcel Schlecht,MG Special,,Engaging,2016-11-01,,",
        "MV1LWRNH,Moses Frase,GTX Pro,Bioholding,Prospecting,,,",
    ],
}


def write_files(folder: Path, rows: Mapping[str, list[str]] = ROWS) -> Path:
    """Write the four files into `folder`, those of ROWS where `rows` has none."""
    for name, head in HEADS.items():
        lines = [head, *rows.get(name, ROWS[name])]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
