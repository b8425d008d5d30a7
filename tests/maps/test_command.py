"""The command `map`: what it writes, that it goes on, and how it refuses."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from xorbench import chunk_files, cli
from xorbench.maps import folder as map_folder
from xorbench.maps.experiment import overridden
from xorbench.maps.folder import MapFolder
from xorbench.table import Results

SMALL = ("--size=40x32", "--max-epochs=300", "--stop=mse < 0.2", "--y=start_scale=linear:0:4")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def draw(*arguments: str) -> int:
    return cli.run(["map", *arguments])


def test_it_writes_a_picture_and_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert draw(*SMALL, "--out=here", "--json") == 0
    output, messages = capsys.readouterr()
    summary = json.loads(output)
    assert summary == json.loads(Path("here/summary.json").read_text())
    assert "wrote here/map.png" in messages
    table = pd.read_parquet("here/runs")
    assert len(table) == summary["runs"] == 40 * 32
    assert (table.outcome == "converged").sum() == summary["outcomes"]["converged"] > 100
    assert list(table.columns[:5]) == ["seed", "learning_rate", "start_scale", "outcome", "epochs"]
    assert json.loads(Path("here/manifest.json").read_text())["complete"] is True


def test_each_run_is_a_square_of_dots(monkeypatch: pytest.MonkeyPatch) -> None:
    from xorbench.maps.colouring import paint
    from xorbench.maps.plan import make_plan

    assert draw(*SMALL, "--out=here") == 0
    options = dict(part[2:].split("=", 1) for part in SMALL)
    plan = make_plan({name.replace("-", "_"): value for name, value in options.items()})
    image = paint(MapFolder(Path("here"), plan).endings(), "epochs")[::-1]
    picture = np.asarray(Image.open("here/map.png").convert("RGB"))
    expected = np.kron(image, np.ones((18, 18, 1), np.uint8))
    # Somewhere in the picture the map itself is found, but for its frame and the ticks.
    height, width, _ = expected.shape
    inner = expected[20:-20, 20:-20]
    assert any(
        (picture[top + 20 : top + height - 20, left + 20 : left + width - 20] == inner).all()
        for top in range(60, 75)
        for left in range(88, 104)
    )


def test_the_bytes_are_the_same_each_time() -> None:
    for name in ("one", "two"):
        assert draw(*SMALL, f"--out={name}", "--quiet", "--colour=pairs") == 0
    files = [path.relative_to("one") for path in Path("one").rglob("*") if path.is_file()]
    assert Path("map-pairs.png") in files
    for file in files:
        same = Path("one", file).read_bytes() == Path("two", file).read_bytes()
        assert same or file.name == "manifest.json"


def test_it_goes_on_where_it_was_interrupted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(map_folder, "CHUNK", 400)
    store = map_folder.MapFolder._store
    stored: list[range] = []

    def interrupted(folder: MapFolder, results: Results) -> None:
        if len(stored) == 2:
            raise KeyboardInterrupt
        store(folder, results)
        stored.append(results.rows)

    with monkeypatch.context() as once:
        once.setattr(map_folder.MapFolder, "_store", interrupted)
        assert draw(*SMALL, "--out=here", "--threads=1") == 130
    message = "xorbench: interrupted; 800 of 1,280 runs are stored in here. Give the same command"
    assert message in capsys.readouterr().err
    assert not Path("here/map.png").exists()
    assert draw(*SMALL, "--out=here") == 0
    assert "trained 480 runs" in (said := capsys.readouterr().err)
    assert "800 were stored already." in said
    whole = pd.read_parquet("here/runs")
    assert draw(*SMALL, "--out=here", "--colour=pairs") == 0
    assert "trained 0 runs" in capsys.readouterr().err  # for other colours
    manifest = Path("here/manifest.json").read_bytes()
    assert json.loads(manifest)["runs_trained"] == 480

    first = min(Path("here/runs").iterdir())
    first.write_bytes(first.read_bytes()[:-20])
    Path("here/runs/notes.txt").write_text("mine")
    assert draw(*SMALL, "--out=here") == 0
    assert capsys.readouterr().err.splitlines()[:2] == [
        f"xorbench: here: 1 file is in runs/ damaged, and 400 runs are trained again: {first.name}"
        " (it is not a whole parquet file).",
        "xorbench: here: 1 file is in runs/ not of this map, and moved to here/set-aside:"
        " notes.txt.",
    ]
    pd.testing.assert_frame_equal(pd.read_parquet("here/runs"), whole, check_exact=True)


def test_a_folder_of_another_map_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert draw(*SMALL, "--out=here", "--quiet") == 0
    assert draw(*SMALL, "--out=here", "--momentum=0.5") == 4
    assert capsys.readouterr().err.splitlines() == [
        "xorbench: The folder here holds another map:",
        "  momentum: 0.0 there, 0.5 here",
        "Give another folder with --out, or remove that one.",
    ]
    Path("there").mkdir()
    Path("there/manifest.json").write_text('{"settings": {}, "rows": 1}')
    assert draw(*SMALL, "--out=there") == 2
    assert capsys.readouterr().err == (
        "xorbench: out: the folder there holds no map; give a new or an empty folder.\n"
    )


def test_a_map_file_and_options_that_override_it() -> None:
    Path("slice.toml").write_text(
        "title = 'A slice: $\\frac$'\n"
        'x = "w1"\ny = "w4"\nsize = "40x32"\nseed = 3\nmax_epochs = 20\n'
    )
    assert draw("slice.toml", "--quiet") == 0
    manifest = json.loads(Path("results/maps/slice/manifest.json").read_text())
    assert manifest["title"] == r"A slice: $\frac$"
    assert manifest["map"]["x"] == "w1=linear:-10:10"
    weights = ",".join(["0.5"] * 9)
    assert draw("slice.toml", f"--weights={weights}", "--x=w2=linear:0:1", "--quiet") == 0
    (other,) = Path("results/maps").glob("slice-*")
    described = json.loads((other / "manifest.json").read_text())["map"]
    assert described["weights"] == [0.5] * 9
    assert described["x"] == "w2=linear:0:1"
    assert "seed" not in described


def test_what_is_wrong_with_a_map_file_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("slice.toml").write_text('title = 3\nx = "w1"\ny = "w10"\nsice = 16\n')
    assert draw("slice.toml", "--colour=red") == 2
    assert capsys.readouterr().err.splitlines() == [
        "xorbench: slice.toml: title: 3 is not allowed; give a text.",
        "xorbench: slice.toml: sice is not a setting; did you mean size?",
        'xorbench: y: "w10" is not known; did you mean "w1"? Allowed: learning_rate, output_rate,'
        " output_rate_ratio, momentum, start_scale, stop_threshold, rprop_increase,"
        " rprop_decrease, rprop_smallest_step, rprop_largest_step, adam_beta1, adam_beta2,"
        " adam_epsilon, quickprop_growth, w1, w2, w3, w4, w5, w6, w7, w8, w9.",
        'xorbench: colour: "red" is not known; allowed: epochs, pairs.',
    ]


def test_a_lost_file_is_trained_again() -> None:
    assert draw(*SMALL, "--out=here", "--quiet") == 0
    before = Path("here/map.png").read_bytes()
    shutil.rmtree("here/runs")
    assert draw(*SMALL, "--out=here", "--quiet") == 0
    assert Path("here/map.png").read_bytes() == before


@pytest.mark.parametrize("name", ["rate_and_start", "two_weights", "rates_of_layers"])
def test_the_committed_maps_are_those_of_their_files(name: str) -> None:
    from xorbench.maps.experiment import read_map
    from xorbench.maps.plan import make_plan

    project = Path(__file__).parents[2]
    description, words, problems = read_map(project / "experiments" / "maps" / f"{name}.toml")
    assert problems == []
    results = project / "results" / "maps" / name
    manifest = json.loads((results / "manifest.json").read_text())
    assert manifest["map"] == make_plan(description).as_dict()
    assert manifest["title"] == words["title"]
    assert json.loads((results / "summary.json").read_text())["runs"] == 1024**2


def test_a_manifest_that_was_not_finished_is_finished() -> None:
    assert draw(*SMALL, "--out=here", "--quiet") == 0
    manifest = json.loads(Path("here/manifest.json").read_text())
    Path("here/manifest.json").write_text(json.dumps(manifest | {"complete": False}))
    assert draw(*SMALL, "--out=here", "--quiet") == 0
    assert json.loads(Path("here/manifest.json").read_text())["complete"] is True


def test_a_map_of_another_version_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert draw(*SMALL, "--out=here", "--quiet") == 0
    capsys.readouterr()
    before = {path: path.read_bytes() for path in Path("here").rglob("*.*")}
    for module in (map_folder, chunk_files):
        monkeypatch.setattr(module, "kernel_hash", lambda: "another")
    assert draw(*SMALL, "--out=here") == 4
    assert capsys.readouterr().err == (
        "xorbench: here was made by another version of xorbench or its libraries. Give another"
        " folder with --out, or remove that one.\n"
    )
    assert {path: path.read_bytes() for path in Path("here").rglob("*.*")} == before


def test_a_picture_that_cannot_be_written_loses_no_runs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert draw(*SMALL, "--out=here", "--quiet") == 0
    Path("here/map.png").unlink()
    Path("here/map.png").mkdir()
    assert draw(*SMALL, "--out=here") == 3
    assert capsys.readouterr().err == (
        "xorbench: here cannot be written (is a directory); 1,280 of 1,280 runs are stored in"
        " here. Give the same command again to go on.\n"
    )


def test_options_leave_out_what_they_replace() -> None:
    file = {
        "x": "w1",
        "y": "w2",
        "learning_rate": 3,
        "stop": "rms < 1",
        "seed": 1,
        "init": "xavier",
    }
    assert overridden(file, {"x": "learning_rate", "y": "stop_threshold"}) == {
        "x": "learning_rate", "y": "stop_threshold", "stop": "rms < 1", "seed": 1, "init": "xavier",
    }  # fmt: skip
    weights = [0.5] * 9
    assert overridden(file, {"weights": weights}) == {
        "x": "w1", "y": "w2", "learning_rate": 3, "stop": "rms < 1", "weights": weights,
    }  # fmt: skip
    assert overridden({"weights": weights}, {"seed": 2}) == {"seed": 2}
