"""The application asked as a server asks it, in one loop that goes on from one request to the next.

The framework's own client begins a thread with a loop for each request, and the application's threads with it: that
took a quarter of what a request takes here.
"""

import asyncio
import threading

import anyio
import httpx2
import uvloop
from anyio.abc import TaskGroup
from fastapi import FastAPI


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

    def answer(self, transport: httpx2.ASGITransport, request: httpx2.Request) -> httpx2.Response:
        """Run the application until it has answered to the last byte."""
        assert self._group is not None
        answered: asyncio.Future[httpx2.Response] = self._loop.create_future()
        answered.add_done_callback(lambda _: self._loop.stop())
        self._loop.call_soon(self._group.start_soon, _answer, transport, request, answered)
        self._loop.run_forever()
        return answered.result()

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


async def _answer(
    transport: httpx2.ASGITransport, request: httpx2.Request, answered: "asyncio.Future[httpx2.Response]"
) -> None:
    try:
        response = await transport.handle_async_request(request)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        content = b"".join([part async for part in response.stream])
        answered.set_result(
            httpx2.Response(response.status_code, headers=response.headers, stream=httpx2.ByteStream(content))
        )
    except Exception as error:  # noqa: BLE001 - whoever asked gets it.
        answered.set_exception(error)


class _Asked(httpx2.BaseTransport):
    """Leads requests to an application; what it raises is raised where it was asked."""

    def __init__(self, application: FastAPI) -> None:
        self._transport = httpx2.ASGITransport(application, client=("testclient", 50_000))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask, and wait for the answer."""
        return _loop().answer(self._transport, request)


class Client(httpx2.Client):
    """A client of the application; its cookies and redirects are those of any other."""

    def __init__(self, application: FastAPI, address: str, **headers: str) -> None:
        """A client that knows the application by an address, and sends some headers always."""
        super().__init__(transport=_Asked(application), base_url=address, headers=headers, follow_redirects=True)


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
