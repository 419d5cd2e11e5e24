"""What the tests of storage share."""

from collections.abc import Callable
from threading import Thread

import pytest

PATIENCE_SECONDS = 60.0


@pytest.fixture
def beside() -> Callable[[Callable[[], object]], None]:
    """Run something in a thread of its own, and fail if it does not end in time or raises."""

    def run(action: Callable[[], object]) -> None:
        raised: list[BaseException] = []

        def act() -> None:
            try:
                action()
            except BaseException as error:  # noqa: BLE001 - It is raised again, in the test's own thread.
                raised.append(error)

        thread = Thread(target=act, daemon=True)
        thread.start()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive(), "it waits for something that does not come"
        if raised:
            raise raised[0]

    return run
