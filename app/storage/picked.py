"""Questions about few rows that another table has picked."""

from collections.abc import Collection
from typing import cast

from sqlalchemy import ColumnElement, String, literal_column, type_coerce


def among(column: object, values: Collection[str]) -> ColumnElement[bool]:
    """Whether the text in ``column`` is one of these, asked without any index of the column.

    SQLite knows nothing of how many rows there are: by its index it would begin with every case of a queue, where the
    table beside it has three rows.
    """
    return type_coerce(cast("ColumnElement[str]", column).concat(literal_column("''")), String).in_(values)
