"""The command line: find the command, check all that was given, run it; errors become codes."""

import errno
import itertools
import os
import re
import signal
import sys
import warnings

from cyclopts import App, CycloptsError, Parameter, UnknownOptionError, UnusedCliTokensError

from xorbench import __version__
from xorbench.commands import (
    BAD_USAGE,
    DONE,
    INTERRUPTED,
    OTHER_SETTINGS,
    PARTIAL,
    Job,
    say,
)
from xorbench.commands.bench import bench
from xorbench.commands.doctor import doctor
from xorbench.commands.map import draw_map
from xorbench.commands.plan import plan
from xorbench.commands.read import read
from xorbench.commands.report import report
from xorbench.commands.reproduce import reproduce
from xorbench.commands.sweep import sweep
from xorbench.commands.train import train
from xorbench.commands.verify import verify
from xorbench.problems import OtherSettingsError, PartialError, SettingsError, all_of, refuse

app = App(
    name="xorbench",
    help="Train thousands of 2-2-1 networks on XOR, and read when each converged and which "
    "Boolean functions its hidden units learned.",
    version=__version__,
    help_format="markdown",
    default_parameter=Parameter(show_default=False),  # the descriptions tell
    version_flags=["--version"],
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
for command in (sweep, plan, train, read, verify, report, reproduce, bench, doctor):
    app.command(command)
app.command(draw_map, name="map")


def check(arguments: list[str]) -> Job | None:
    """Check a command line and all it names; None where only help was asked for.

    Raises
    ------
    SettingsError
    """
    refuse(blanks_in_lists(arguments))
    try:
        job: Job | None = app(arguments, exit_on_error=False, print_error=False)
    except UnknownOptionError as error:
        problems = [sentence(error)]
        rest = without(arguments, error.token.keyword or error.token.value)
        if len(rest) < len(arguments):
            all_of(lambda: refuse(problems), lambda: check(rest))
    except UnusedCliTokensError as error:
        words = " ".join(error.unused_tokens or [])
        problems = [f"{words} is too much here; a text with blanks needs quotes."]
    except CycloptsError as error:
        problems = [sentence(error)]
    else:
        return job
    raise SettingsError(problems)


def sentence(error: CycloptsError) -> str:
    """Say in one line what is wrong with a command line."""
    text = " ".join(str(error).split())
    if not isinstance(error, UnknownOptionError):
        return text
    given = (error.token.keyword or error.token.value).lstrip("-")
    names = [name for argument in error.argument_collection for name in argument.names]
    meant = [name for name in names if initials(name) == given]
    return f"Unknown option: --{given}. Did you mean {meant[0]}?" if len(meant) == 1 else text


def initials(option: str) -> str:
    """Give the first letters of the words of an option.

    Examples
    --------
    >>> initials("--learning-rate")
    'lr'
    """
    return "".join(word[0] for word in re.findall("[a-z0-9]+", option))


def blanks_in_lists(arguments: list[str]) -> list[str]:
    """Say where a blank has made two arguments of one list."""
    return [
        f'"{first} {second}" has a blank, which a list must not have; give {first}{second}.'
        for first, second in itertools.pairwise(arguments)
        if (first[-1:] == "," or second[:1] == ",")
        and not (re.match("--?[a-z][^=]*$", first) or re.match("--?[a-z]", second))
    ]


def without(arguments: list[str], option: str) -> list[str]:
    """Leave out an option and what may be its value: the words up to the next option."""
    rest = []
    left_out = False
    for argument in arguments:
        if re.match("--?[a-z]", argument):
            left_out = argument == option or argument.startswith(f"{option}=")
        if not left_out:
            rest.append(argument)
    return rest


def run(arguments: list[str]) -> int:
    """Run a command line and return its exit code."""
    try:
        job = check(arguments)
        code = job() if job else DONE
        sys.stdout.flush()
    except SettingsError as error:
        for problem in error.problems:
            say(problem)
        return BAD_USAGE
    except OtherSettingsError as error:
        say(str(error))
        return OTHER_SETTINGS
    except PartialError as error:
        say(str(error))
        return PARTIAL
    except BrokenPipeError:
        # Whoever read the output, such as `head`, has seen enough.
        discard_output()
        return DONE
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            from xorbench.places import reason

            say(f"not all could be written: {reason(error)}.")
            return PARTIAL
        say(f"{error}.")
        return BAD_USAGE
    except KeyboardInterrupt:
        say("interrupted.")
        return INTERRUPTED
    return code


def discard_output() -> None:
    """Let nothing more be written to standard output, nor Python complain of it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """Run the command line of this process."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C does
    warnings.showwarning = lambda message, *_: say(str(message))
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError:
        # Which has been told; at the end Python would tell it once more.
        discard_output()
    if code == INTERRUPTED:
        sys.stderr.flush()
        os._exit(code)  # without waiting for a kernel that is being compiled
    sys.exit(code)
