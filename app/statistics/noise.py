"""Blurring: OpenDP's exact discrete Laplace noise on every cell, zeros included, and the threshold after it.

OpenDP weighs 264 MB and takes a second to load, so it is imported where a release is made and nowhere else. The noise
is the discrete Laplace mechanism on integers, sampled exactly (Canonne, Kamath, Steinke 2020, "The Discrete Gaussian
for Differential Privacy", algorithm 2), which no rounding of floating-point numbers betrays (Mironov 2012).
"""

from collections.abc import Callable, Sequence

from app.statistics.declaring import Table
from app.statistics.errors import Overdrawn

# Exact numbers of a table in, blurred ones out.
Mechanism = Callable[[Table, Sequence[int]], list[int]]


def laplace(table: Table, exact: Sequence[int]) -> list[int]:
    """Blur the cells of a table; OpenDP itself is asked whether this keeps within what the table declares.

    Neighbours are two sets of facets of which one has one person more; that person adds at most ``answers`` to the
    table, so the L1 distance of the cells is at most that.

    Raises: :class:`Overdrawn`.
    """
    import opendp.prelude as dp  # noqa: PLC0415 - See above: only where a release is made.

    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
    mechanism = dp.m.make_laplace(*space, scale=float(table.scale))
    lost: float = mechanism.map(table.answers)  # type: ignore[no-untyped-call]
    if lost * 1000 > table.epsilon_milli + 1e-6:
        raise Overdrawn(table.code)
    return [int(value) for value in mechanism(list(exact))]


def shown(table: Table, blurred: Sequence[int]) -> list[int | None]:
    """The figures that are shown: after the noise, so that hiding one tells nothing that the noise does not."""
    return [value if value >= table.threshold else None for value in blurred]
