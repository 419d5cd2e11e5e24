"""``make faults``: every fault under load on each kind of database, and a table of what came of it."""

import argparse
import secrets
import tempfile
from pathlib import Path

from tests.faults.enduring import endure

KINDS = ("sqlite", "postgresql")


def main() -> None:
    """Read what is wished, and end with an error where a report was lost, came twice, or was not answered clearly."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--database", choices=KINDS, action="append", help="without it: both, one after the other")
    words.add_argument("--reports", type=int, default=10_000, help="how many are acknowledged at the least")
    words.add_argument("--times", type=int, default=5, help="how often each fault happens that is a matter of chance")
    words.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="what the dice begin with")
    wish = words.parse_args()
    for kind in wish.database or KINDS:
        print(f"{kind}, seed {wish.seed}", flush=True)
        with tempfile.TemporaryDirectory(prefix="rodyna-faults-") as folder:
            lines = endure(kind, wish.reports, wish.times, wish.seed, Path(folder))
        print(*lines, sep="\n", flush=True)


if __name__ == "__main__":
    main()
