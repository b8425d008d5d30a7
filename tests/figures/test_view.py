"""What of a grid is shown."""

import pytest

from xorbench.figures.view import MOST_SERIES, MOST_VALUES, View
from xorbench.settings import make_settings


@pytest.mark.parametrize(
    ("settings", "x", "names"),
    [
        ({"learning_rate": [0.1, 1, 10]}, "learning_rate", ("",)),
        ({"learning_rate": 1, "update": "batch,online"}, "update", ("",)),
        ({"learning_rate": 1}, "learning_rate", ("",)),
        (
            {"learning_rate": 1, "update": "batch,online", "momentum": "0,0.5,0.9"},
            "momentum",
            ("batch", "online"),
        ),
        (
            {"learning_rate": [1, 2], "targets": "0,1;0.1,0.9", "max_epochs": [10, 20]},
            "learning_rate",
            (
                "targets 0,1, max epochs 10",
                "targets 0,1, max epochs 20",
                "targets 0.1,0.9, max epochs 10",
                "targets 0.1,0.9, max epochs 20",
            ),
        ),
    ],
)
def test_abscissa_and_series(settings: dict[str, object], x: str, names: tuple[str, ...]) -> None:
    view = View.of(make_settings(**settings))
    assert (view.x, view.names, view.left_out) == (x, names, "")


def test_cells_are_the_points_of_the_grid() -> None:
    settings = make_settings(learning_rate=[2, 1], update="batch,online", max_epochs=[10, 20])
    cells = View.of(settings).cells(settings)
    assert sorted(cells["point"]) == list(range(8))
    for cell in cells.to_dict("records"):
        point = settings.point(cell["point"])
        assert point.learning_rate == cell["learning_rate"] == [1, 2][cell["place"]]
        assert point.update == cell["update"]
        assert point.max_epochs == cell["max_epochs"] == cell["most_epochs"]


def test_what_does_not_fit_is_named() -> None:
    settings = make_settings(learning_rate="log:0.1:10:100", momentum="linear:0:0.9:20")
    view = View.of(settings)
    assert (len(view.values), len(view.series)) == (MOST_VALUES, MOST_SERIES)
    assert view.left_out == (
        "40 of the 100 values of learning rate are shown."
        " 8 of the 20 combinations of momentum are shown."
    )
    assert len(view.cells(settings)) == MOST_VALUES * MOST_SERIES


@pytest.mark.parametrize(
    ("rates", "scale"),
    [([0.1, 10], "log"), ([1, 2], "linear"), ([0, 10], "linear"), ([1], "words")],
)
def test_scale(rates: list[float], scale: str) -> None:
    assert View.of(make_settings(learning_rate=rates)).scale == scale


def test_values_that_are_alike_are_written_in_full() -> None:
    view = View.of(make_settings(learning_rate=[0.1, 0.10000001]))
    assert view.value_texts == ("0.1", "0.10000001")
