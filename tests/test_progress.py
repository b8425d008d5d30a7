"""The progress bar."""

import pytest

from xorbench.progress import progress_bar


def test_the_bar_tells_runs_and_rates_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar(2000, shown=True) as show:
        assert show is not None
        show(500, 10**6)
        show(1500, 10**12)
    output, messages = capsys.readouterr()
    assert output == ""
    first, *_, last = (state for state in messages.split("\r") if state.strip())
    assert first.startswith("preparing the kernel:   0%")
    assert last.startswith(" 75%")
    assert "1.50k/2.00k" in last
    assert " runs/s, " in last
    assert last.rstrip().endswith(" M network-epochs/s]")
    # It is wiped away in the end.
    assert messages.endswith("\r")


def test_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar(2000, shown=False) as show:
        assert show is None
    assert capsys.readouterr() == ("", "")
