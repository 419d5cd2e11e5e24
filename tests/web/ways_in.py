"""Every way into the program, as its own routes tell."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant

from app.accounts.permissions import Permission
from app.web.desk.access import Needs
from app.web.family.visit import visit_of

# FastAPI itself serves the description, whatever there is to describe.
API_DESCRIPTION = "/api/v1/openapi.json"
LOG_OUT = ("POST", "/desk/logout")


@dataclass(frozen=True)
class Found:
    """One way into the program, and what it asks for."""

    method: str
    path: str
    permissions: tuple[Permission, ...]
    needs_visit: bool

    @property
    def place(self) -> tuple[str, str]:
        """Method and path."""
        return self.method, self.path

    @property
    def side(self) -> str:
        """Whose it is: "family", "desk", "api" or "other"."""
        first = self.path.split("/")[1]
        if self.path == API_DESCRIPTION:
            return "other"
        sides = {"{lang}": "family", "": "family", "admin": "desk", "statistics": "desk", "desk": "desk", "api": "api"}
        return sides.get(first, "other")


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    for part in dependant.dependencies:
        if part.call is not None:
            yield part.call
        yield from _calls(part)


def _walk(routes: Any) -> Iterator[Found]:
    for route in routes:
        # Routers that were included stay what they are, inside one another.
        if hasattr(route, "effective_candidates"):
            yield from _walk(route.effective_candidates())
            continue
        dependant = getattr(route, "dependant", None)
        calls = list(_calls(dependant)) if dependant is not None else []
        permissions = tuple(call.permission for call in calls if isinstance(call, Needs))
        for method in sorted(route.methods - {"HEAD"}):
            yield Found(method, route.path, permissions, visit_of in calls)


def walked(application: FastAPI) -> list[Found]:
    """Every way in, logging out last."""
    # The session is needed by every other request, so logging out comes last.
    return sorted(_walk(application.routes), key=lambda found: found.place == LOG_OUT)
