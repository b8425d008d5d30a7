"""Hand chunks to the workers of a cluster, a few at a time, and note what is stored."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from xorbench.chunks import Chunks
from xorbench.cluster.address import Cluster
from xorbench.cluster.connection import connected
from xorbench.cluster.work import Refusal, Task, compute, identity, other_version
from xorbench.problems import PartialError, refuse
from xorbench.runner import Progress, Report

if TYPE_CHECKING:
    from distributed import Client

RETRIES = 3
"""How often a chunk is tried again that failed, but not by the loss of its worker."""

WAITING = 2
"""How many chunks are with the scheduler for each thread of the workers: enough to keep them busy,
few enough to cost it nothing, however many chunks there are."""

PATIENCE = 1.0  # seconds between two looks at how many workers there are


def refuse_other_workers(client: "Client", task: Task) -> None:
    """Refuse workers that would compute something else, before anything is computed.

    Raises
    ------
    SettingsError
    """
    answers = client.run(identity, on_error="return")
    problems = []
    for worker, answer in sorted(answers.items()):
        if isinstance(answer, BaseException):
            problems.append(
                f"cluster: worker {worker} cannot run xorbench ({answer}); install it there."
            )
        elif tuple(answer) != (task.version, task.kernel):
            version, kernel = answer
            sentence = other_version(f"worker {worker}", version, kernel, task)
            problems.append(f"cluster: {sentence}")
    refuse(problems)


def train_on_cluster(
    cluster: Cluster,
    task: Task,
    missing: Chunks,
    on_chunk: Callable[[int], None],
    progress: Progress | None,
) -> Report:
    """Train chunks on a cluster.

    Parameters
    ----------
    cluster : Cluster
    task : Task
    missing : Chunks
    on_chunk : callable
        Called with the number of each chunk that is stored.
    progress : callable, optional

    Raises
    ------
    SettingsError
        If the cluster cannot be used.
    PartialError
        If a chunk could not be computed; the others that were stay stored.
    """
    from distributed import as_completed

    with connected(cluster) as client:
        refuse_other_workers(client, task)
        waiting = map(int, missing.numbers)
        running = as_completed(with_results=True, raise_errors=False)
        begun = looked = time.perf_counter()
        threads = sum(client.nthreads().values())
        runs = epochs = in_flight = 0
        compile_seconds = 0.0

        def submit() -> int:
            number = next(waiting, None)
            if number is None:
                return 0
            running.add(client.submit(compute, task, number, retries=RETRIES, pure=False))
            return 1

        while True:
            while in_flight < max(WAITING * threads, 1) and submit():
                in_flight += 1
            if not in_flight:
                break
            future, result = next(running)
            in_flight -= 1
            if future.status != "finished":
                raise PartialError(
                    f"a chunk could not be computed on the cluster ({told(result)})."
                )
            if isinstance(result, Refusal):
                raise PartialError(result.sentence)
            on_chunk(result.number)
            runs += result.runs
            epochs += result.network_epochs
            compile_seconds = max(compile_seconds, result.compile_seconds)
            if progress:
                progress(runs, epochs)
            if time.perf_counter() - looked > PATIENCE:
                looked = time.perf_counter()
                threads = sum(client.nthreads().values())
        return Report(runs, epochs, threads, compile_seconds, time.perf_counter() - begun, 0.0)


def told(result: object) -> str:
    """Tell an exception of a worker in a line."""
    error = result[1] if isinstance(result, tuple) else result
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
