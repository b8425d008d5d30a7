"""Command lines in processes of their own, which start at once: forked from one that is warm."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SERVER = """
import json, os, signal, sys
from xorbench import cli, store, reading, statistics, verifying
from xorbench.block import Block, nothing
from xorbench.encoding import Grid
from xorbench.seeding import starting_weights
from xorbench.settings import make_settings
grid = Grid(make_settings())
for variant in grid.variants():
    Block().advance(nothing(variant), 0, 0, drain=False)
for init in grid.settings.init:
    starting_weights([], init)
for line in sys.stdin:
    arguments, said = json.loads(line)
    child = os.fork()
    if child == 0:
        file = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, 1)
        os.dup2(file, 2)
        sys.argv = ["xorbench", *arguments]
        try:
            cli.main()
        except SystemExit as end:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(end.code)
        os._exit(99)
    print(child, flush=True)
    sys.stdin.readline()  # not before: until then, the number belongs to no other process
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass
class Starter:
    """Starts command lines, one after another."""

    server: "subprocess.Popen[str]"
    said: Path

    def start(self, arguments: Sequence[str]) -> int:
        """Start a command line; return the number of its process."""
        self._ask(json.dumps([list(arguments), str(self.said)]))
        return self._answer()

    def end(self) -> int:
        """Wait until it has ended; return its exit code, or the number of a signal below 0."""
        self._ask("")
        return self._answer()

    def run(self, arguments: Sequence[str]) -> tuple[int, str]:
        """Run a command line; return its exit code and what it said."""
        self.start(arguments)
        return self.end(), self.said.read_text()

    def _ask(self, line: str) -> None:
        assert self.server.stdin
        self.server.stdin.write(f"{line}\n")
        self.server.stdin.flush()

    def _answer(self) -> int:
        assert self.server.stdout
        return int(self.server.stdout.readline())


def stopped(warm: Starter, location: object, begun: Callable[[], object], sent: int) -> str:
    """Stop a sweep of which 1,024 of 4,000 runs end; return what it said."""
    endless = ["--seeds=0:2000", "--learning-rate=0,1e-9", "--stop=mse<1e-12", "--max-epochs=1e12"]
    process = warm.start(["sweep", *endless, f"--out={location}"])
    while not begun():
        time.sleep(0.01)
    os.kill(process, sent)
    start = time.monotonic()
    assert warm.end() == 130
    assert time.monotonic() - start < 3  # one on a machine of its own
    return warm.said.read_text()


@contextmanager
def starter(folder: Path) -> Iterator[Starter]:
    """Start the warm process; it ends with the block."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            yield Starter(server, folder / "said")
        finally:
            server.kill()
