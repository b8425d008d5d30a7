"""The progress bar of a sweep."""

from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from xorbench.runner import Progress


@contextmanager
def progress_bar(runs: int, *, shown: bool) -> Iterator[Progress | None]:
    """Show finished runs, runs and network-epochs a second, and the time left on standard error.

    Parameters
    ----------
    runs : int
        How many runs there are to train.
    shown : bool
        Without it, nothing is shown.
    """
    if not shown:
        yield None
        return
    with tqdm(
        desc="preparing the kernel",
        total=runs,
        unit=" runs",
        unit_scale=True,
        leave=False,
        dynamic_ncols=True,
    ) as bar:

        def show(finished: int, network_epochs: int) -> None:
            seconds = bar.format_dict["elapsed"]
            if bar.desc:  # training has just begun, and with it the time that rates are of
                bar.set_description_str(refresh=False)
                bar.reset()
            elif seconds:
                bar.set_postfix_str(
                    f"{network_epochs / seconds / 1e6:.0f} M network-epochs/s", refresh=False
                )
            bar.update(finished - bar.n)
            bar.refresh()

        yield show
