"""Documents: the records of any plugin that something was moved or reserved for."""

from __future__ import annotations

import kehu
from kehu.kernel.ids import parse_global_id


def checked_document(document: kehu.GlobalId | None) -> kehu.GlobalId | None:
    """The id of a document as it is kept. Raises BadInput (BAD_ID) for what is no id."""
    if document is None:
        return None
    try:
        parse_global_id(document)
    except kehu.BadInput as error:
        raise kehu.BadInput(str(error), code="BAD_ID", field="document") from None
    return kehu.GlobalId(document)


def document_of(kind: str, record: kehu.Entity) -> kehu.GlobalId:
    """The id of a record of ours, of the type `kind`."""
    return kehu.GlobalId(kehu.global_id(kind, record.id))
