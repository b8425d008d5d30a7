"""The command `bench`: how fast, how near to the machine's limits, and beside what else."""

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from xorbench.commands import DONE, Job, say
from xorbench.commands.options import Flag, Json, Text
from xorbench.problems import all_of, refuse

if TYPE_CHECKING:
    from xorbench.bench.results import Result
    from xorbench.bench.session import Plan


def bench(
    *,
    quick: Flag = False,
    rounds: Text = None,
    threads: Text = None,
    no_peers: Flag = False,
    json: Json = False,
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
    from xorbench.places import write_json

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
