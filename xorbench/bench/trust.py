"""Which numbers of a benchmark not to believe, why, and what to do about it."""

from xorbench.bench.results import Result

FEWEST_ROUNDS = 7
LARGEST_SPREAD = 0.05
LARGEST_LOAD = 0.5
SMALLEST_SHARE = 0.95
MOST_DIFFERENT = 0.01


def warnings(result: Result) -> list[str]:
    """Say what is wrong with a benchmark, a sentence or two for each kind of trouble."""
    return [*troubles(result), *instabilities(result)]


def troubles(result: Result) -> list[str]:
    """Say what makes all numbers of a benchmark doubtful."""
    found = []
    if result.rounds < FEWEST_ROUNDS:
        found.append(
            f"{result.rounds} rounds are too few to see how far the numbers vary; "
            f"use --rounds {FEWEST_ROUNDS} or more."
        )
    if result.load_average is not None and result.load_average > LARGEST_LOAD:
        found.append(
            f"Other programs were running before the start (load average "
            f"{result.load_average:.1f}); close them, or wait until the machine is idle."
        )
    if result.threads > result.usable_threads:
        found.append(
            f"{result.threads} threads share {result.usable_threads} processors; "
            f"use --threads {result.usable_threads}."
        )
    if crowded := [
        f"{timing.label} ({timing.processors:.0%} of the time)"
        for timing in result.timings.values()
        if timing.threads == 1 and timing.processors < SMALLEST_SHARE
    ]:
        found.append(
            f"Had to wait for a processor: {'; '.join(crowded)}. Other programs were running; "
            "close them, or wait until the machine is idle."
        )
    return found


def instabilities(result: Result) -> list[str]:
    """Say which numbers of a benchmark are doubtful."""
    found = []
    if unstable := [
        f"{timing.label} ({timing.per_second.spread:.0%})"
        for timing in result.timings.values()
        if is_unstable(timing.per_second.spread)
    ]:
        found.append(
            f"Unstable, with the spread of the middle half of the rounds: {'; '.join(unstable)}. "
            "Close other programs, wait until the machine is idle, "
            f"and use --rounds {max(FEWEST_ROUNDS, 2 * result.rounds)}."
        )
    found += [
        f"{rival.label} does not do the same training: for {rival.compared - rival.equal:,} of "
        f"{rival.compared:,} networks its epochs at convergence differ from the kernel's, so that "
        "its speed means little."
        for rival in result.rivals
        if rival.equal < (1 - MOST_DIFFERENT) * rival.compared
    ]
    return found


def is_unstable(spread: float) -> bool:
    """Tell whether a number varies too much between rounds."""
    return spread > LARGEST_SPREAD
