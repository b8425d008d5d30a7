"""The pictures: all are drawn, of any sweep, and are the same each time."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import xorbench
from tests.stored_sweeps import store
from xorbench import training
from xorbench.figures import gallery, mix, pairs
from xorbench.figures import run as picture_of_run
from xorbench.figures.data import read_sweep
from xorbench.problems import SettingsError
from xorbench.settings import make_settings


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store(tmp_path_factory.mktemp("sweep") / "here")


def digests(folder: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.iterdir())
    }


def test_all_pictures_have_the_same_bytes_each_time(folder: Path, tmp_path: Path) -> None:
    for name in ("one", "other"):
        gallery.write_pictures(read_sweep(folder), tmp_path / name)
    one = digests(tmp_path / "one")
    assert one == digests(tmp_path / "other")
    assert sorted(one) == sorted(
        f"{name}.{kind}"
        for name in ("converged", "epochs", "survival", "seeds", "pairs", "mix")
        for kind in ("png", "svg")
    )


def test_the_users_own_style_changes_nothing(folder: Path, tmp_path: Path) -> None:
    import matplotlib as mpl

    sweep = read_sweep(folder)
    gallery.write_pictures(sweep, tmp_path / "one", ["converged"])
    with mpl.rc_context({"axes.facecolor": "black", "font.size": 30}):
        gallery.write_pictures(sweep, tmp_path / "other", ["converged"])
    assert digests(tmp_path / "one") == digests(tmp_path / "other")


@pytest.mark.parametrize(
    "settings",
    [
        {"learning_rate": 5.0, "seeds": 3},
        {"learning_rate": 1.0, "seeds": range(5), "max_epochs": 1},
        {"learning_rate": 5.0, "error": ["mse", "sse"]},
        {"learning_rate": [0.0, 5.0], "momentum": [0.0, 0.3, 0.6, 0.9]},
        {"max_epochs": [100, 1000], "learning_rate": 5.0},
    ],
)
def test_any_sweep_has_its_pictures(settings: dict[str, Any], tmp_path: Path) -> None:
    sweep = read_sweep(store(tmp_path / "here", **settings))
    assert len(gallery.write_pictures(sweep, tmp_path / "figures")) == 12


def test_the_matrix_counts_every_run_that_converged(folder: Path) -> None:
    sweep = read_sweep(folder)
    counts = pairs.matrix(sweep)
    table = xorbench.read(folder)
    table = table[table["outcome"] == "converged"]
    assert counts.shape == (14, 14)
    assert counts.sum() == len(table)
    row, column = map(pairs.LEARNABLE.index, ("AND", "OR"))
    assert counts[row, column] == ((table["h1_gate"] == "AND") & (table["h2_gate"] == "OR")).sum()
    assert counts[row, column] + counts[column, row] == table["learned_and_or"].sum()


def test_the_mix_is_all_of_the_converged(folder: Path) -> None:
    shares = mix.shares(read_sweep(folder))
    assert shares.groupby(["series", "place"])["share"].sum().to_list() == pytest.approx([1, 1, 1])
    assert len(shares["pair"].unique()) <= mix.MOST_PAIRS + 1
    assert shares["pair"].iloc[0] == "AND & OR"


def test_unknown_pictures_are_refused() -> None:
    with pytest.raises(SettingsError, match='only: "pears" is not known; did you mean "pairs"'):
        gallery.read_names("pears")


@pytest.fixture(scope="module")
def run() -> training.Run:
    return xorbench.train(seed=27, learning_rate=5.0, max_epochs=3000)


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_a_run_has_the_same_picture_each_time(run: training.Run, kind: str, tmp_path: Path) -> None:
    one, other = (tmp_path / f"{name}.{kind}" for name in ("one", "other"))
    picture_of_run.write(run, one)
    picture_of_run.write(run, other)
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize(
    "settings",
    [
        {"activation": "relu", "stop": "max_error < 0.1"},
        {"activation": "tanh", "stop": "rms < 0.05"},
        {"initial_weights": [[0.0] * 9]},
    ],
)
def test_any_run_has_its_picture(
    run: training.Run, settings: dict[str, Any], tmp_path: Path
) -> None:
    # Drawn as if it had been trained so, for want of time to compile other kernels.
    changed = replace(
        run,
        settings=make_settings(
            learning_rate=5.0, seeds=None if "initial_weights" in settings else 27, **settings
        ),
    )
    picture_of_run.write(changed, tmp_path / "run.png")


def test_a_run_of_no_epoch_has_its_picture(run: training.Run, tmp_path: Path) -> None:
    nothing = replace(run, epochs=0, history=run.history.iloc[:1], weights=np.zeros(9))
    picture_of_run.write(nothing, tmp_path / "run.png")


def test_activations_at_the_corners_are_those_of_the_network(run: training.Run) -> None:
    x1, x2 = (run.hidden[name].to_numpy(dtype=float) for name in ("x1", "x2"))
    for unit, values in zip(
        ("h1", "h2", "y"), picture_of_run.activations(run, x1, x2), strict=True
    ):
        np.testing.assert_allclose(values, run.hidden[unit])
