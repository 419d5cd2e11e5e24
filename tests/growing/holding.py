"""``python -m tests.growing.holding URL``: locks the record's head as a process of the desk does, and keeps it."""

import sys
import time

from app.storage.engine import make_engine


def main() -> None:
    """Take the lock, say so, and do nothing more."""
    with make_engine(sys.argv[1]).begin() as connection:
        connection.exec_driver_sql("SELECT 1 FROM trail_head FOR UPDATE").one()
        sys.stdout.write("held\n")
        sys.stdout.flush()
        time.sleep(600)


if __name__ == "__main__":
    main()
