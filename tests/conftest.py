"""What holds for all tests."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from xorbench import cli

# The first call of a compiled function takes seconds, all later ones microseconds. In continuous
# integration the same examples are drawn each time; a run by hand goes on looking for new ones.
settings.register_profile("compiled", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("compiled")

# A shell starts what it runs in the background with Ctrl-C ignored: so would be the command lines
# that the tests start and stop.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class Answer:
    """What a command line did."""

    code: int
    output: str
    messages: list[str]


Command = Callable[..., Answer]


@pytest.fixture
def xorbench(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Run command lines in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Answer:
        code = cli.run([str(argument) for argument in arguments])
        output, messages = capsys.readouterr()
        return Answer(code, output, messages.splitlines())

    return run
