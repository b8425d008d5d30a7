"""A Dask scheduler and workers as processes of their own, on the loopback interface."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
WAIT = 60.0  # seconds until a process that says nothing has failed


class Process:
    """A process whose standard error is read from a file."""

    def __init__(self, log: Path, module: str, *arguments: str, path: Path = ROOT) -> None:
        self.log = log
        with log.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdout=subprocess.DEVNULL,
                stderr=errors,
                cwd=log.parent,  # where there is no package that would go before `path`
                env={**os.environ, "PYTHONPATH": str(path), "PYTHONWARNINGS": "ignore"},
            )

    def wait_for(self, pattern: str) -> str:
        """Wait until the process has written something; return the first group of the pattern."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            if found := re.search(pattern, self.log.read_text("utf-8", "replace")):
                return found.group(1)
            assert self.process.poll() is None, self.log.read_text("utf-8", "replace")
            time.sleep(0.05)
        raise AssertionError(self.log.read_text("utf-8", "replace"))

    def kill(self) -> None:
        """End the process without a warning."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Scheduler:
    """A scheduler, and the workers that join it."""

    def __init__(self, folder: Path, tls: Sequence[str] = ()) -> None:
        self.folder = folder
        self.tls = tls
        self.workers: list[Process] = []
        protocol = "tls" if tls else "tcp"
        self.process = Process(
            folder / "scheduler.log",
            "distributed.cli.dask_scheduler",
            *("--host", f"{protocol}://127.0.0.1", "--port", "0", "--no-dashboard", *tls),
        )
        self.address = self.process.wait_for(rf"Scheduler at:\s+({protocol}://127.0.0.1:\d+)")

    def add_worker(self, path: Path = ROOT) -> Process:
        """Start a worker with one thread, and wait until it has joined."""
        worker = Process(
            self.folder / f"worker-{len(self.workers)}.log",
            "distributed.cli.dask_worker",
            *(self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard"),
            *("--host", "127.0.0.1", "--local-directory", str(self.folder), *self.tls),
            path=path,
        )
        self.workers.append(worker)
        worker.wait_for(r"(Registered to)")
        return worker


@contextmanager
def scheduler(folder: Path, tls: Sequence[str] = ()) -> Iterator[Scheduler]:
    """Start a scheduler, and end it and its workers."""
    started = Scheduler(folder, tls)
    try:
        yield started
    finally:
        for process in (*started.workers, started.process):
            process.kill()
