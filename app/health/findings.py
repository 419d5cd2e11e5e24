"""What was found, and what to do about it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something that is not as it must be (``bad``) or as it should be, and what to do."""

    what: str
    remedy: str
    bad: bool = True


Check = Callable[[], Iterable[Finding]]


def examine(checks: Iterable[tuple[str, Check]]) -> Iterator[tuple[str, list[Finding]]]:
    """Run every check, whatever another runs into; one that fails is a finding itself."""
    for area, check in checks:
        try:
            yield area, list(check())
        except Exception as error:  # noqa: BLE001 - the operator needs the other answers most when one cannot be had.
            # The error's own words may carry what a statement carried; its class does not.
            yield (
                area,
                [Finding(f"this could not be looked at: {type(error).__name__}", "mend the other findings first")],
            )
