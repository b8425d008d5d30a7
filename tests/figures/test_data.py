"""The small tables, beside the same made of the whole table by pandas."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import xorbench
from tests.stored_sweeps import SMALL, store
from xorbench.figures import data
from xorbench.figures.data import read_sweep
from xorbench.problems import SettingsError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store(tmp_path_factory.mktemp("sweep") / "here", momentum=[0.0, 0.5], seeds=range(43))


def quantile(runs: pd.DataFrame, percent: int) -> float:
    epochs = runs["epochs"].where(runs["outcome"] == "converged", np.inf).sort_values().to_list()
    return float(epochs[-(-percent * len(epochs) // 100) - 1])


def test_points_are_those_of_the_table(folder: Path) -> None:
    sweep, table = read_sweep(folder), xorbench.read(folder)
    learning_rates = SMALL["learning_rate"]
    assert sweep.totals["runs"] == len(table)
    assert (
        sweep.totals["and_or"]
        == (table["learned_and_or"] & (table["outcome"] == "converged")).sum()
    )
    for point in sweep.points.to_dict("records"):
        chosen = table[
            (table["learning_rate"] == learning_rates[point["place"]])
            & (table["momentum"] == sweep.view.series[point["series"]]["momentum"])
        ]
        assert point["runs"] == len(chosen) == 43
        for outcome in ("converged", "max_epochs", "stalled", "nonfinite"):
            assert point[outcome] == (chosen["outcome"] == outcome).sum()
        assert point["low"] < point["share"] == point["converged"] / 43 < point["high"] or (
            point["share"] in (0, 1)
        )
        for percent in (10, 50, 90):
            assert point[f"q{percent}"] == quantile(chosen, percent)
        pairs = sweep.pairs[
            (sweep.pairs["series"] == point["series"]) & (sweep.pairs["place"] == point["place"])
        ]
        converged = chosen[chosen["outcome"] == "converged"]
        counted = converged.groupby(["h1_gate", "h2_gate"], observed=True).size()
        found = pairs.set_index(["h1_gate", "h2_gate"])["runs"]
        assert found.to_dict() == counted.to_dict()


def test_quantiles_are_exact_where_steps_are_rounded(folder: Path) -> None:
    sweep = read_sweep(folder)
    assert (sweep.points["q10"] > 1000).any()
    steps = sweep.survival["epochs"]
    assert (steps[steps.between(1000, 9999)] % 10 == 0).all()


def test_survival_is_the_share_of_the_table(folder: Path) -> None:
    sweep, table = read_sweep(folder), xorbench.read(folder)
    learning_rates = SMALL["learning_rate"]
    for step in sweep.survival.to_dict("records"):
        chosen = table[
            (table["learning_rate"] == learning_rates[step["place"]])
            & (table["momentum"] == sweep.view.series[step["series"]]["momentum"])
        ]
        done = (chosen["outcome"] == "converged") & (chosen["epochs"] <= step["epochs"])
        assert step["survival"] == pytest.approx(1 - done.mean())


def test_sample_is_rows_of_the_table(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "MOST_SAMPLED", 60)
    sweep, table = read_sweep(folder), xorbench.read(folder)
    assert len(sweep.sample) == 60
    assert sweep.sample["seed"].nunique() == 10
    rows = table.iloc[sweep.sample["row"]]
    for name in ("seed", "outcome", "epochs", "mse", "h1_gate", "output_gate"):
        assert sweep.sample[name].to_list() == rows[name].to_list()


def test_csv_alone_gives_the_same(folder: Path, tmp_path: Path) -> None:
    xorbench.read(folder).to_csv(tmp_path / "runs.csv", index=False)
    (tmp_path / "manifest.json").write_bytes((folder / "manifest.json").read_bytes())
    one, other = read_sweep(folder), read_sweep(tmp_path)
    for name in ("points", "survival", "pairs", "sample"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def test_an_incomplete_sweep_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(
        json.dumps(
            {
                "rows": 258,
                "settings": json.loads((folder / "manifest.json").read_text())["settings"],
            }
        )
    )
    with pytest.raises(SettingsError, match=r"has 0 of 1 files of runs; .* --resume"):
        read_sweep(tmp_path)
    with pytest.raises(SettingsError, match="is not the folder of a sweep"):
        read_sweep(tmp_path / "nowhere")


def test_given_starting_weights(tmp_path: Path) -> None:
    weights = np.linspace(-1, 1, 27).reshape(3, 9)
    settings = {name: value for name, value in SMALL.items() if name != "seeds"}
    xorbench.sweep(**settings, initial_weights=weights, out=tmp_path / "here")
    sweep = read_sweep(tmp_path / "here")
    assert sweep.sample["seed"].unique().tolist() == [0, 1, 2]
