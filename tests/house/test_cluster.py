"""The tests' own PostgreSQL."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.cluster import Cluster, running_cluster

CHECKOUT = Path(__file__).parents[2]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def server_pid(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def test_a_cluster_is_gone_with_its_folder_when_its_block_ends(cluster: Cluster) -> None:
    # The shared cluster is asked for only so that machines without PostgreSQL skip or fail in one way.
    with running_cluster() as own:
        assert own.port != cluster.port
        with psycopg.connect(own.conninfo()) as connection:
            assert connection.execute("SHOW log_statement").fetchone() == ("none",)
        pid = server_pid(own.folder)
        assert is_alive(pid)
    assert not is_alive(pid)
    assert not own.folder.exists()


def test_a_durable_cluster_waits_for_the_disk(cluster: Cluster) -> None:
    with running_cluster(durable=True) as own, psycopg.connect(own.conninfo()) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)


def test_a_cluster_is_gone_when_its_tests_are_killed(cluster: Cluster) -> None:
    script = (
        "from tests.cluster import running_cluster\n"
        "with running_cluster() as own:\n"
        "    print(own.folder, flush=True)\n"
        "    input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as tests:
        assert tests.stdout is not None
        folder = Path(tests.stdout.readline().strip())
        pid = server_pid(folder)
        tests.send_signal(signal.SIGKILL)

    for _ in range(200):
        if not is_alive(pid) and not folder.exists():
            return
        time.sleep(0.1)
    pytest.fail(f"process {pid} or its folder outlived the tests")
