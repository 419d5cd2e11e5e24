"""One request is one transaction, committed before its answer is sent."""

from collections.abc import Generator
from typing import Annotated

from fastapi import Depends, Request

from app.storage.sessions import Session
from app.web.bodies import Body
from app.web.site import site_of

# How many requests work at once. It stays below the size of the connection pool (24) and of the thread pool (40): a
# request that has a connection never waits for a thread, and one that has a thread never waits for a connection.
WORKING_AT_ONCE = 16


def transaction(request: Request, _body: Body) -> Generator[Session]:
    """Yield the session of this request; commit when the route returned, roll back when it raised.

    The body is read first, so that a slow sender keeps neither a place nor a connection.
    """
    with site_of(request).scope() as session:
        yield session


# With the scope "function" the commit stands between the route's return and the first byte of the answer.
Db = Annotated[Session, Depends(transaction, scope="function", max_concurrency=WORKING_AT_ONCE)]
