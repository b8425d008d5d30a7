"""The command `sweep`: train a grid of networks, store it and summarise it."""

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xorbench.commands import DONE, INTERRUPTED, PARTIAL, Job, say
from xorbench.commands.options import (
    NO_CLUSTER,
    NONE_GIVEN,
    ClusterOptions,
    Flag,
    Json,
    Options,
    Text,
)
from xorbench.commands.read import print_summary
from xorbench.problems import PartialError, all_of, refuse, shown, unknown_word

if TYPE_CHECKING:
    from xorbench.chunks import Shard
    from xorbench.cluster.address import Cluster
    from xorbench.experiment import Experiment
    from xorbench.locations import Location
    from xorbench.settings import Settings

FORMATS = ("parquet", "csv")
WORDS = ("title", "question", "reference")
DEFAULT_LEARNING_RATES = "log:0.05:50:16"


@dataclass(frozen=True)
class Output:
    """What a sweep is to leave and to say, and what it leaves to another command."""

    formats: list[str]
    quiet: bool
    json: bool
    left: str


def sweep(
    experiment: Path | None = None,
    /,
    *,
    seeds: Text = None,
    options: Options = NONE_GIVEN,
    weights: bool | None = None,
    out: str | None = None,
    resume: str | None = None,
    force: Flag = False,
    shard: Text = None,
    format: Text = None,
    threads: Text = None,
    clustering: ClusterOptions = NO_CLUSTER,
    quiet: Flag = False,
    json: Json = False,
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
    weights
        Store the final weights too (default), or not: then a seventh of the bytes,
        and mse, max_error and margin with seven digits.
    out
        The folder for the results, or s3://BUCKET/PATH. Default results/NAME.
    resume
        Go on with the sweep that is stored in this folder; its settings are known there.
    force
        Remove what is stored in the folder for the results, and start anew.
    shard
        I/N: train only this share, so that N processes or machines do a sweep together.
    format
        parquet (default), csv, or both: csv,parquet.
    threads
        Default: as many as there are processors.
    quiet
        No progress and no messages; the summary is printed all the same.
    json
        Print the summary as JSON.
    """
    from xorbench.chunks import read_shard
    from xorbench.locations import name_of
    from xorbench.places import usable_folder
    from xorbench.settings import make_settings
    from xorbench.threads import read_threads

    overrides = options.given(seeds=seeds, weights=weights)
    if resume is not None:
        others = {"experiment": experiment, **overrides, "out": out, "force": force or None}
        given = [name.replace("_", "-") for name, value in others.items() if value is not None]
        stored, number_of_threads, formats, share, where = all_of(
            lambda: read_stored(resume, given),
            lambda: read_threads(threads),
            lambda: read_formats(format),
            lambda: read_shard(shard),
            lambda: usable_cluster(clustering, threads),
        )
        folder, settings, about, stored_formats = stored
        left = ""
        formats = formats or stored_formats
    else:
        file, problems = examine_or_default(experiment)
        _, settings, number_of_threads, formats, share, where, folder = all_of(
            lambda: refuse(problems),
            lambda: make_settings(**(file.settings | overrides)),
            lambda: read_threads(threads),
            lambda: read_formats(format),
            lambda: read_shard(shard),
            lambda: usable_cluster(clustering, threads),
            lambda: None if out is None else usable_folder(out),
        )
        name = experiment.stem if experiment else "sweep"
        if overrides:
            name += f"-{settings.fingerprint[:8]}"
        folder = folder or Path("results", name)
        about = {key: getattr(file, key) for key in WORDS}
        left = further_sweeps(experiment, list(file.sweeps)) if experiment else ""
    about = {"name": name_of(folder), **about}
    output = Output(formats or ["parquet"], quiet, json, left)
    return partial(
        run_sweep, settings, folder, about, share, force, number_of_threads, where, output
    )


def examine_or_default(path: Path | None) -> "tuple[Experiment, list[str]]":
    """Read an experiment file, or have the default one; problems are for the user."""
    from xorbench.experiment import Experiment, examine

    if path is None:
        return Experiment(None, None, None, {"learning_rate": DEFAULT_LEARNING_RATES}), []
    return examine(path)


def further_sweeps(path: Path, names: list[str]) -> str:
    """Say that the further sweeps of an experiment file are left to `reproduce`."""
    if not names:
        return ""
    further = f"{path}: this is its main sweep; the further ones, {', '.join(names)}, are trained"
    if path.parent == Path("experiments"):
        return f"{further} by: python -m xorbench reproduce {path.stem}"
    return f"{further} by reproduce, which looks for files with claims in experiments/."


def read_stored(
    text: str, given: list[str]
) -> tuple["Location", "Settings", dict[str, Any], list[str]]:
    """Read where a sweep is stored, its settings, what its manifest begins with, its formats."""
    from xorbench.locations import storage_at
    from xorbench.manifest import read_manifest, stored_settings
    from xorbench.places import usable_folder

    refuse(
        [
            f"{name}: cannot be given together with --resume, which finds everything in the"
            " folder; leave one of them out."
            for name in given
        ]
    )
    location = usable_folder(text)
    manifest = read_manifest(location)
    formats = [name for name in FORMATS if name in (manifest.get("formats") or ())]
    about = {key: manifest.get(key) for key in WORDS}
    return location, stored_settings(storage_at(location), manifest), about, formats


def usable_cluster(options: ClusterOptions, threads: str | None) -> "Cluster | None":
    """Read where a cluster is, if one is asked for."""
    from xorbench.cluster.address import read_cluster
    from xorbench.extras import require

    cluster = read_cluster(
        options.cluster, options.cluster_ca, options.cluster_cert, options.cluster_key
    )
    if cluster is not None:
        if threads is not None:
            refuse(["threads: the workers of a cluster have their own; leave it out."])
        require("cluster", "distributed")
    return cluster


def read_formats(given: str | None) -> list[str]:
    """Read a list of formats; it is empty if none is given."""
    if given is None:
        return []
    formats = [word.strip() for word in given.split(",")]
    refuse(
        [
            f"format: {shown(word)} {unknown_word(word, FORMATS)}"
            for word in formats
            if word not in FORMATS
        ]
    )
    return formats


def run_sweep(
    settings: "Settings",
    path: "Location",
    about: dict[str, Any],
    shard: "Shard",
    force: bool,
    threads: int,
    cluster: "Cluster | None",
    output: Output,
) -> int:
    """Train, store and summarise a sweep."""
    from xorbench.manifest import read_manifest
    from xorbench.places import resume_command
    from xorbench.progress import progress_bar
    from xorbench.store import Folder

    folder = Folder(path, settings, shard=shard, anew=force, tell=say)
    if output.left and not output.quiet:
        say(output.left)
    show = partial(progress_bar, shown=sys.stderr.isatty() and not output.quiet)
    try:
        report = folder.train(
            about, formats=output.formats, threads=threads, cluster=cluster, progress=show
        )
    except KeyboardInterrupt:
        say(f"interrupted; {folder.how_far()}. Go on with: {resume_command(path, shard)}")
        return INTERRUPTED
    except PartialError as error:
        say(f"{error} Once that is mended, go on with: {resume_command(path, shard)}")
        return PARTIAL
    if not output.quiet:
        known = folder.mine.runs - report.runs
        print(
            f"Trained {report.runs:,} runs, {report.network_epochs:,} network-epochs, in "
            f"{report.train_seconds:.1f} s on {report.threads} "
            f"thread{'s' if report.threads > 1 else ''} "
            f"(and {report.compile_seconds:.1f} s to compile or load the kernel)."
            + (f" {known:,} were stored already." if known else "")
            + f"\nResults: {path}",
            file=sys.stderr,
        )
    if folder.summary is None:
        say(
            f"shard {shard} is stored. The summary follows once the others are, too: by the last"
            f" of them, or by {resume_command(path)}"
        )
        return DONE
    return print_summary(read_manifest(path), folder.summary, output.json)
