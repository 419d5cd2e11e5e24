"""The application asked as a server asks it, in one loop that goes on from one request to the next.

The framework's own client begins a thread with a loop for each request, and the application's threads with it: that
took a sixth of what a request takes here.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Self, TypeVar

import anyio
import httpx2
import uvloop
from anyio.abc import TaskGroup
from fastapi import FastAPI
from starlette.types import ASGIApp

Done = TypeVar("Done")


class _Loop:
    """The loop of one thread; whatever runs in it is a child of one task, with which its threads end."""

    def __init__(self) -> None:
        """Begin the loop, and the task that stays."""
        self._loop = uvloop.new_event_loop()
        self._over = asyncio.Event()
        self._group: TaskGroup | None = None
        self._staying = self._loop.create_task(self._stay())
        while self._group is None:
            self._turn()

    def run(self, work: Callable[[], Awaitable[Done]]) -> Done:
        """Do some work to its end, and give what came of it."""
        assert self._group is not None
        done: asyncio.Future[Done] = self._loop.create_future()
        done.add_done_callback(lambda _: self._loop.stop())
        self._loop.call_soon(self._group.start_soon, _do, work, done)
        self._loop.run_forever()
        return done.result()

    def close(self) -> None:
        """End the task that stays, and the loop."""
        self._over.set()
        while not self._staying.done():
            self._turn()
        # Now the threads are told, of whom the task was the last.
        self._turn()
        self._loop.close()

    async def _stay(self) -> None:
        async with anyio.create_task_group() as self._group:
            await self._over.wait()

    def _turn(self) -> None:
        self._loop.call_soon(self._loop.stop)
        self._loop.run_forever()


async def _do(work: Callable[[], Awaitable[Done]], done: "asyncio.Future[Done]") -> None:
    try:
        done.set_result(await work())
    except BaseException as error:  # noqa: BLE001 - whoever asked gets it; else they would wait for ever.
        done.set_exception(error)


class _Asked(httpx2.BaseTransport):
    """Leads requests to an application; what it raises is raised where it was asked."""

    def __init__(self, application: ASGIApp) -> None:
        self._transport = httpx2.ASGITransport(application, client=("testclient", 50_000))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask, and wait for the answer to its last byte."""
        return _loop().run(partial(self._answer, request))

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._transport.handle_async_request(request)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        content = httpx2.ByteStream(b"".join([part async for part in response.stream]))
        return httpx2.Response(response.status_code, headers=response.headers, stream=content)


class Client(httpx2.Client):
    """A client of the application; its cookies and redirects are those of any other.

    In a ``with`` block the application is begun and ended as a server does it.
    """

    def __init__(self, application: ASGIApp, address: str, **headers: str) -> None:
        """A client that knows the application by an address, and sends some headers always."""
        super().__init__(transport=_Asked(application), base_url=address, headers=headers, follow_redirects=True)
        self._application = application

    def __enter__(self) -> Self:
        """Begin the application."""
        assert isinstance(self._application, FastAPI)
        self._life = self._application.router.lifespan_context(self._application)
        _loop().run(self._life.__aenter__)
        return super().__enter__()

    def __exit__(self, *raised: Any) -> None:
        """End it."""
        super().__exit__(*raised)
        _loop().run(partial(self._life.__aexit__, None, None, None))


_loops: dict[int, _Loop] = {}


def _loop() -> _Loop:
    """The loop of this thread; of one that ended, the next with its number goes on with it."""
    thread = threading.get_ident()
    if thread not in _loops:
        _loops[thread] = _Loop()
    return _loops[thread]


def close_loops() -> None:
    """End every loop, with the threads that the application worked in."""
    while _loops:
        _loops.popitem()[1].close()
