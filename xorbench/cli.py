"""The command line: arguments in, library calls, texts and exit codes out.

Heavy modules are imported inside the commands, so that ``--help`` answers at once.
"""

import json
import os
import re
import sys
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from cyclopts import App, CycloptsError, Parameter, UnknownOptionError, UnusedCliTokensError

from xorbench import __version__
from xorbench.problems import (
    OtherSettingsError,
    SettingsError,
    all_of,
    refuse,
    shown,
    unknown_word,
)

if TYPE_CHECKING:
    import pandas as pd

    from xorbench.bench.results import Result
    from xorbench.bench.session import Plan
    from xorbench.claims import reproducing
    from xorbench.settings import Settings
    from xorbench.store import Folder

DONE = 0
FAILED = 1
BAD_USAGE = 2
OTHER_SETTINGS = 4
INTERRUPTED = 130

FORMATS = ("parquet", "csv")
DEFAULT_LEARNING_RATES = "log:0.05:50:16"

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

Text = Annotated[str | None, Parameter(allow_leading_hyphen=True, negative="")]
Flag = Annotated[bool, Parameter(negative="")]

Job: TypeAlias = Callable[[], int]
"""What is left of a command once all it was given has been checked; returns the exit code."""


@app.command
def sweep(
    experiment: Path | None = None,
    /,
    *,
    seeds: Text = None,
    learning_rate: Text = None,
    update: Text = None,
    optimizer: Text = None,
    momentum: Text = None,
    activation: Text = None,
    error: Text = None,
    targets: Text = None,
    init: Text = None,
    stop: Text = None,
    measured: Text = None,
    max_epochs: Text = None,
    precision: Text = None,
    rprop_increase: Text = None,
    rprop_decrease: Text = None,
    rprop_smallest_step: Text = None,
    rprop_largest_step: Text = None,
    adam_beta1: Text = None,
    adam_beta2: Text = None,
    adam_epsilon: Text = None,
    quickprop_growth: Text = None,
    initial_weights: Text = None,
    weights: bool | None = None,
    out: Path | None = None,
    format: Text = "parquet",
    threads: Text = None,
    quiet: Flag = False,
    json: Annotated[bool, Parameter(name="--json", negative="")] = False,
    dry_run: Flag = False,
) -> Job:
    """Train one network for every combination of the settings, and summarise.

    Every setting may be a list, such as 0.1,0.5,2 or log:0.01:10:25 or linear:0:1:11; options
    override the experiment file. Without any, 1,000 seeds x 16 learning rates from 0.05 to 50.
    Runs that are stored in the folder already are not trained again.

    Parameters
    ----------
    experiment
        A TOML file of settings, with title, question and reference.
    seeds
        START:STOP (half-open), or a list. Default 0:1000.
    learning_rate
        Numbers of 0 or more.
    update
        batch (default), online or shuffled.
    optimizer
        gradient_descent (default), nesterov, rprop, adam or quickprop.
    momentum
        Numbers from 0 up to, but not including, 1. Default 0.
    activation
        Of the hidden units: sigmoid (default), tanh or relu.
    error
        mse (default), sse, half_mse, half_sse or cross_entropy.
    targets
        LOW,HIGH: what the output should be for false and true. Default 0,1. A list: 0,1;0.1,0.9.
    init
        Distribution of the starting weights: uniform:LOW,HIGH (default uniform:0,1), normal:STD or
        xavier.
    stop
        When a run has converged, such as "mse < 0.001" (default) or "max_error < 0.1".
    measured
        after_epoch (default) or during_epoch.
    max_epochs
        Where a run is given up (censored). Default 100000.
    precision
        double (default) or single.
    rprop_increase
        Of the step of a weight whose slope keeps its sign. Default 1.2.
    rprop_decrease
        Of the step of a weight whose slope has changed its sign. Default 0.5.
    rprop_smallest_step
        Default 1e-6. The first step is the learning rate; published: 0.1.
    rprop_largest_step
        Default 50.
    adam_beta1
        The share of its mean gradient that Adam keeps. Default 0.9.
    adam_beta2
        The share of its mean squared gradient that Adam keeps. Default 0.999.
    adam_epsilon
        Added to what Adam divides by. Default 1e-8.
    quickprop_growth
        How many times as long as the one before a step may be. Default 1.75.
    initial_weights
        A .csv or .npy file of starting weights, nine a row, instead of seeds and init.
    weights
        Store the final weights too (default), or not.
    out
        The folder for the results. Default results/NAME.
    format
        parquet (default), csv, or both: csv,parquet.
    threads
        Default: as many as there are processors.
    quiet
        No progress and no messages; the summary is printed all the same.
    json
        Print the summary as JSON.
    dry_run
        Say what would be trained and where it would be stored, and do nothing.
    """
    from xorbench.experiment import Experiment, examine
    from xorbench.places import usable_folder
    from xorbench.settings import make_settings
    from xorbench.threads import read_threads

    options = {
        "seeds": seeds,
        "learning_rate": learning_rate,
        "update": update,
        "optimizer": optimizer,
        "momentum": momentum,
        "activation": activation,
        "error": error,
        "targets": targets,
        "init": init,
        "stop": stop,
        "measured": measured,
        "max_epochs": max_epochs,
        "precision": precision,
        "rprop_increase": rprop_increase,
        "rprop_decrease": rprop_decrease,
        "rprop_smallest_step": rprop_smallest_step,
        "rprop_largest_step": rprop_largest_step,
        "adam_beta1": adam_beta1,
        "adam_beta2": adam_beta2,
        "adam_epsilon": adam_epsilon,
        "quickprop_growth": quickprop_growth,
        "initial_weights": initial_weights,
        "weights": weights,
    }
    overrides = {name: value for name, value in options.items() if value is not None}
    file = Experiment(None, None, None, {"learning_rate": DEFAULT_LEARNING_RATES})
    problems: list[str] = []
    if experiment is not None:
        file, problems = examine(experiment)
    _, settings, number_of_threads, formats, _ = all_of(
        lambda: refuse(problems),
        lambda: make_settings(**(file.settings | overrides)),
        lambda: read_threads(threads),
        lambda: read_formats(format),
        lambda: out and usable_folder(out),
    )
    name = experiment.stem if experiment else "sweep"
    if overrides:
        name += f"-{settings.fingerprint[:8]}"
    folder = out or Path("results", name)
    if dry_run:
        return partial(print_plan, settings, folder)
    about = {
        "name": folder.absolute().name,
        "title": file.title,
        "question": file.question,
        "reference": file.reference,
    }
    return partial(run_sweep, settings, folder, about, formats, number_of_threads, quiet, json)


def read_formats(given: str | None) -> list[str]:
    """Read a list of formats."""
    formats = [word.strip() for word in (given or "").split(",")]
    refuse(
        [
            f"format: {shown(word)} {unknown_word(word, FORMATS)}"
            for word in formats
            if word not in FORMATS
        ]
    )
    return formats


def print_plan(settings: "Settings", folder: Path) -> int:
    """Say what a sweep would do."""
    print(
        f"{settings.rows:,} runs: {settings.point_count:,} points of the grid x "
        f"{settings.seed_count:,} seeds.\n"
        + "".join(f"  {name}: {value}\n" for name, value in settings.as_dict().items())
        + f"They would be stored in {folder}. Nothing was trained or written."
    )
    return DONE


def run_sweep(
    settings: "Settings",
    path: Path,
    about: dict[str, Any],
    formats: list[str],
    threads: int,
    quiet: bool,
    as_json: bool,
) -> int:
    """Train, store and summarise a sweep."""
    from xorbench.progress import progress_bar
    from xorbench.store import Folder

    folder = Folder(path, settings)
    try:
        with progress_bar(folder.missing, shown=sys.stderr.isatty() and not quiet) as show:
            report = folder.train(about, threads=threads, progress=show)
    except KeyboardInterrupt:
        say(
            f"interrupted; {settings.rows - folder.missing:,} of {settings.rows:,} runs are stored "
            f"in {path}. Give the same command again to go on from there."
        )
        return INTERRUPTED
    table = folder.write_tables(formats)
    if not quiet:
        known = settings.rows - report.runs
        print(
            f"Trained {report.runs:,} runs, {report.network_epochs:,} network-epochs, in "
            f"{report.train_seconds:.1f} s on {report.threads} "
            f"thread{'s' if report.threads > 1 else ''} "
            f"(and {report.compile_seconds:.1f} s to compile or load the kernel)."
            + (f" {known:,} were stored already." if known else "")
            + f"\nResults: {path}",
            file=sys.stderr,
        )
    return print_summary(table, path, as_json)


def print_summary(table: "pd.DataFrame", path: Path, as_json: bool) -> int:
    """Print the summary of a stored sweep."""
    from xorbench.statistics import format_summary, summary_records
    from xorbench.store import read_manifest, summarise_stored

    manifest = read_manifest(path)
    summary = summarise_stored(table, manifest)
    if as_json:
        print(json.dumps({**manifest, "summary": summary_records(summary)}, indent=2))
        return DONE
    for key in ("title", "question", "reference"):
        if manifest.get(key):
            print(manifest[key])
    print(format_summary(summary))
    return DONE


@app.command
def train(
    *,
    seed: Text = None,
    learning_rate: Text = "0.6",
    update: Text = "online",
    optimizer: Text = None,
    momentum: Text = None,
    activation: Text = None,
    error: Text = None,
    targets: Text = None,
    init: Text = None,
    stop: Text = None,
    measured: Text = None,
    max_epochs: Text = None,
    precision: Text = None,
    rprop_increase: Text = None,
    rprop_decrease: Text = None,
    rprop_smallest_step: Text = None,
    rprop_largest_step: Text = None,
    adam_beta1: Text = None,
    adam_beta2: Text = None,
    adam_epsilon: Text = None,
    quickprop_growth: Text = None,
    initial_weights: Text = None,
    history: Path | None = None,
    explain: Flag = False,
) -> Job:
    """Train one network and show what it learned.

    Without options, it is the network of the tutorial: seed 27, learning rate 0.6, online.

    Parameters
    ----------
    seed
        A whole number from 0 to 4294967295. Default 27.
    learning_rate
        A number of 0 or more. Default 0.6.
    update
        batch, online (default) or shuffled.
    optimizer
        gradient_descent (default), nesterov, rprop, adam or quickprop.
    momentum
        A number from 0 up to, but not including, 1. Default 0.
    activation
        Of the hidden units: sigmoid (default), tanh or relu.
    error
        mse (default), sse, half_mse, half_sse or cross_entropy.
    targets
        LOW,HIGH: what the output should be for false and true. Default 0,1.
    init
        Distribution of the starting weights: uniform:LOW,HIGH (default uniform:0,1), normal:STD or
        xavier.
    stop
        When the run has converged, such as "mse < 0.001" (default).
    measured
        after_epoch (default) or during_epoch.
    max_epochs
        Where the run is given up. Default 100000.
    precision
        double (default) or single.
    rprop_increase
        Of the step of a weight whose slope keeps its sign. Default 1.2.
    rprop_decrease
        Of the step of a weight whose slope has changed its sign. Default 0.5.
    rprop_smallest_step
        Default 1e-6. The first step is the learning rate; published: 0.1.
    rprop_largest_step
        Default 50.
    adam_beta1
        The share of its mean gradient that Adam keeps. Default 0.9.
    adam_beta2
        The share of its mean squared gradient that Adam keeps. Default 0.999.
    adam_epsilon
        Added to what Adam divides by. Default 1e-8.
    quickprop_growth
        How many times as long as the one before a step may be. Default 1.75.
    initial_weights
        A .csv or .npy file with the nine starting weights, instead of seed and init.
    history
        Write the weights and errors after every epoch to this CSV file.
    explain
        Explain the whole computation step by step, as a tutorial does.
    """
    from xorbench.explain import unexplained
    from xorbench.places import usable_file
    from xorbench.settings import make_settings

    settings, _ = all_of(
        lambda: make_settings(
            seeds=27 if seed is None and initial_weights is None else seed,
            learning_rate=learning_rate,
            update=update,
            optimizer=optimizer,
            momentum=momentum,
            activation=activation,
            error=error,
            targets=targets,
            init=init,
            stop=stop,
            measured=measured,
            max_epochs=max_epochs,
            precision=precision,
            rprop_increase=rprop_increase,
            rprop_decrease=rprop_decrease,
            rprop_smallest_step=rprop_smallest_step,
            rprop_largest_step=rprop_largest_step,
            adam_beta1=adam_beta1,
            adam_beta2=adam_beta2,
            adam_epsilon=adam_epsilon,
            quickprop_growth=quickprop_growth,
            initial_weights=initial_weights,
        ),
        lambda: history and usable_file(history, "history"),
    )
    if explain:
        refuse(unexplained(settings))
    return partial(run_train, settings, history, explain)


def run_train(settings: "Settings", history: Path | None, explain: bool) -> int:
    """Train one network and say what became of it."""
    from xorbench.training import describe_run, explain_run, train_settings

    run = train_settings(settings)
    print(explain_run(run) if explain else describe_run(run))
    if history is not None:
        run.history.to_csv(history, index=False)
        say(f"wrote {history}.")
    return DONE


@app.command
def read(
    folder: Path,
    /,
    *,
    to: Path | None = None,
    json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> Job:
    """Print the summary of a stored sweep again, or export its table.

    Parameters
    ----------
    folder
        The folder of the sweep.
    to
        Write the table to this file, .csv or .parquet, instead.
    json
        Print the summary as JSON.
    """
    from xorbench.places import usable_file
    from xorbench.store import read

    if to and to.suffix not in (".csv", ".parquet"):
        refuse([f"to: {to} is not allowed; give a file name in .csv or .parquet."])
    _, table = all_of(lambda: to and usable_file(to, "to"), lambda: read(folder))
    return partial(print_summary, table, folder, json) if to is None else partial(export, table, to)


def export(table: "pd.DataFrame", file: Path) -> int:
    """Write the table of a stored sweep to a file."""
    from xorbench import store

    store.export(table, file)
    say(f"wrote {len(table):,} runs to {file}.")
    return DONE


@app.command
def reproduce(
    *names: str, quick: Flag = False, out: Path | None = None, threads: Text = None
) -> Job:
    """Run the experiments that have published claims, and write the ledger of what holds.

    The sweeps are stored, and resumed, in results/NAME as sweep does it; the ledger in
    results/ledger.md and ledger.csv. A claim that does not hold is a finding, and no failure: the
    exit code is 1 only where an exact claim, which leaves nothing to chance, does not hold.

    Parameters
    ----------
    names
        Of files in experiments/, without .toml. Default: all that publish claims.
    quick
        A tenth of the seeds, in results/quick: to try, not to quote.
    out
        The folder of the results. Default results, or results/quick.
    threads
        Default: as many as there are processors.
    """
    from xorbench.claims.ledger import read_ledger
    from xorbench.claims.reproducing import make_plans
    from xorbench.threads import read_threads

    root = out or Path("results", "quick" if quick else "")
    plans, number_of_threads, _ = all_of(
        lambda: make_plans(names, quick),
        lambda: read_threads(threads),
        lambda: read_ledger(root),
    )
    return partial(run_reproduce, plans, root, number_of_threads)


def run_reproduce(plans: "list[reproducing.Plan]", root: Path, threads: int) -> int:
    """Run experiments and write the ledger after each."""
    from xorbench.claims import ledger, reproducing
    from xorbench.progress import progress_bar

    def train(folder: "Folder", about: dict[str, Any]) -> None:
        say(f"{folder.path}: {folder.settings.rows:,} runs, {folder.missing:,} to train.")
        with progress_bar(folder.missing, shown=sys.stderr.isatty()) as show:
            folder.train(about, threads=threads, progress=show)

    failed = []
    # All are opened first: results of other settings are refused before anything is trained.
    opened = [(plan, plan.folders(root)) for plan in plans]
    try:
        for plan, folders in opened:
            entries = reproducing.reproduce(plan, folders, train)
            experiments = reproducing.known_experiments()
            whole = ledger.merged(ledger.read_ledger(root), entries, experiments)
            ledger.write_ledger(root, whole)
            failed += reproducing.failed(entries)
            print(f"{plan.name}: {ledger.count(entries)}")
            for entry in entries:
                print(f"  {entry.name}: {entry.verdict}\n    {entry.measured}")
    except KeyboardInterrupt:
        say(
            "interrupted; what is trained is stored. Give the same command again"
            " to go on from there."
        )
        return INTERRUPTED
    say(f"wrote {root / ledger.PAGE} and {ledger.CSV}.")
    for entry in failed:
        say(f"{entry.experiment}: the exact claim {entry.name} does not hold.")
    return FAILED if failed else DONE


@app.command
def bench(
    *,
    quick: Flag = False,
    rounds: Text = None,
    threads: Text = None,
    no_peers: Flag = False,
    json: Annotated[bool, Parameter(name="--json", negative="")] = False,
    out: Path | None = None,
    from_: Annotated[Path | None, Parameter(name="--from")] = None,
    readme: Path | None = None,
) -> Job:
    """Measure how fast this machine trains, how near to its limits, and beside what else.

    Takes about three minutes; the machine should do nothing else meanwhile.

    Parameters
    ----------
    quick
        Shorter and fewer turns, in half a minute: to try, not to quote.
    rounds
        How often each contestant takes its turn. Default 11, or 3 if quick.
    threads
        Of the sweeps and the kernel on all threads. Default: as many as there are processors.
    no_peers
        Leave out other libraries' ways to do the same.
    json
        Print everything as JSON.
    out
        Store the result in this file, as JSON.
    from_
        Measure nothing, and print this stored result again.
    readme
        Write the result into the performance table of this README.
    """
    from xorbench.bench.readme import parts
    from xorbench.bench.results import read_result
    from xorbench.bench.session import make_plan, read_rounds
    from xorbench.places import usable_file
    from xorbench.threads import read_threads

    measuring = {
        "quick": quick,
        "rounds": rounds,
        "threads": threads,
        "no-peers": no_peers,
        "out": out,
    }
    too_much = [
        f"{name}: nothing is measured with --from; leave out --{name}."
        for name, value in measuring.items()
        if from_ and value
    ]
    _, number_of_rounds, number_of_threads, stored, *_ = all_of(
        lambda: refuse(too_much),
        lambda: read_rounds(rounds),
        lambda: read_threads(threads),
        lambda: from_ and read_result(from_),
        lambda: out and usable_file(out, "out"),
        lambda: readme and parts(readme) and usable_file(readme, "readme"),
    )
    if stored is not None:
        return partial(print_result, stored, readme, json)
    plan = make_plan(quick, number_of_rounds, number_of_threads)
    return partial(run_bench, plan, not no_peers, out, readme, json)


def run_bench(
    plan: "Plan", with_peers: bool, out: Path | None, readme: Path | None, as_json: bool
) -> int:
    """Measure, store and print."""
    from xorbench.bench.report import record
    from xorbench.bench.session import measure_beside
    from xorbench.peers import PEERS
    from xorbench.store import write_json

    result = measure_beside(plan, PEERS if with_peers else (), say)
    if out is not None:
        write_json(record(result), out)
        say(f"wrote {out}.")
    return print_result(result, readme, as_json)


def print_result(result: "Result", readme: Path | None, as_json: bool) -> int:
    """Print a benchmark, and write the table of a README."""
    from xorbench.bench.readme import write_table
    from xorbench.bench.report import record, report

    print(json.dumps(record(result), indent=2) if as_json else report(result))
    if readme is not None:
        write_table(readme, result)
        say(f"wrote the performance table of {readme}.")
    return DONE


def say(text: str) -> None:
    """Write a message to standard error."""
    print(f"xorbench: {text}", file=sys.stderr)


def check(arguments: list[str]) -> Job | None:
    """Check a command line and all it names; None where only help was asked for.

    Raises
    ------
    SettingsError
    """
    problems: list[str] = []
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
    return " ".join(str(error).split())


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
    except BrokenPipeError:
        # Whoever read the output, such as `head`, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        say(f"{error}.")
        return BAD_USAGE
    except KeyboardInterrupt:
        say("interrupted.")
        return INTERRUPTED
    return code


def main() -> None:
    """Run the command line of this process."""
    warnings.showwarning = lambda message, *_: say(str(message))
    code = run(sys.argv[1:])
    if code == INTERRUPTED:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # without waiting for a kernel that is being compiled
    sys.exit(code)
