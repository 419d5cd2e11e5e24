"""Questions about few rows that another table has picked."""

from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import BindParameter, ColumnElement, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Bare(FunctionElement[str]):
    """A column of text for which SQLite looks into no index."""

    type = String()
    inherit_cache = True


def among(column: object, values: Collection[str] | BindParameter[Any]) -> ColumnElement[bool]:
    """Whether the text in ``column`` is one of these, asked of SQLite without any index of the column.

    ``values`` are the texts, or the place for them (``bindparam(name, expanding=True)``).

    SQLite knows nothing of how many rows there are: by its index it would begin with every case of a queue, where the
    table beside it has three rows. PostgreSQL knows, and is not kept from it.
    """
    return _Bare(cast("ColumnElement[str]", column)).in_(values)


@compiles(_Bare)
def _as_it_is(element: _Bare, compiler: SQLCompiler, **how: Any) -> str:
    return compiler.process(element.clauses, **how)


@compiles(_Bare, "sqlite")
def _without_index(element: _Bare, compiler: SQLCompiler, **how: Any) -> str:
    return f"({compiler.process(element.clauses, **how)} || '')"
