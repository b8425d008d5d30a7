"""The ledger's two files."""

import csv
import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xorbench.claims.ledger import Entry, count, merged, page, read_ledger, row, write_ledger
from xorbench.problems import SettingsError


def entry(experiment: str = "rates", name: str = "pace", verdict: str = "reproduced") -> Entry:
    return Entry(experiment, name, "It is fast.", "Someone", "trend", "rises", "1", 1000, verdict)


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.just("\n"), max_size=9)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.builds(Entry, *[texts] * 7, st.integers(0), texts), max_size=3))
def test_what_is_written_is_read_back(tmp_path: Path, entries: list[Entry]) -> None:
    write_ledger(tmp_path, entries)
    assert read_ledger(tmp_path) == entries


def test_there_may_be_no_ledger(tmp_path: Path) -> None:
    assert read_ledger(tmp_path / "none") == []


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", b"\xff"])
def test_another_file_of_that_name_is_refused(tmp_path: Path, content: str | bytes) -> None:
    data = content.encode() if isinstance(content, str) else content
    (tmp_path / "ledger.csv").write_bytes(data)
    with pytest.raises(SettingsError) as error:
        read_ledger(tmp_path)
    assert str(error.value) == (
        f"{tmp_path / 'ledger.csv'} is not a ledger; remove it to begin a new one."
    )


def test_a_damaged_row_is_refused(tmp_path: Path) -> None:
    write_ledger(tmp_path, [entry()])
    path = tmp_path / "ledger.csv"
    path.write_text(path.read_text().replace("1000", "many"))
    with pytest.raises(SettingsError, match="is not a ledger"):
        read_ledger(tmp_path)
    path.unlink()
    path.mkdir()
    with pytest.raises(SettingsError, match=r"cannot be read \(is a directory\)\.$"):
        read_ledger(tmp_path)


def test_measured_anew_the_rows_of_an_experiment_are_replaced_and_others_kept() -> None:
    old = [entry("c"), entry("a", "old"), entry("gone")]
    new = [entry("b"), entry("a", "one"), entry("a", "two")]
    names = [(one.experiment, one.name) for one in merged(old, new, ["a", "b", "c"])]
    assert names == [("a", "one"), ("a", "two"), ("b", "pace"), ("c", "pace")]


def test_the_page_has_a_table_for_each_experiment() -> None:
    another = dataclasses.replace(entry("b", verdict="not reproduced"), source="Another")
    text = page([entry("a"), entry("b", verdict="differs: x"), another])
    assert "3 claims: 1 reproduced, 1 with differences, 1 not reproduced." in text
    assert text.index("## a") < text.index("Source: Someone.") < text.index("## b")
    assert "| It is fast. (trend) | rises | 1 | 1,000 | **reproduced** |" in text
    assert "| It is fast. (trend; Someone) | rises | 1 | 1,000 | **differs: x** |" in text
    assert "| It is fast. (trend; Another) | rises | 1 | 1,000 | **not reproduced** |" in text


def test_a_cell_cannot_break_its_row() -> None:
    assert row("one\ntwo", "a|b") == "| one two | a\\|b |"


def test_the_committed_ledger_has_a_row_for_every_claim() -> None:
    from xorbench.claims.reproducing import make_plans

    committed = read_ledger(Path("results"))
    published = [
        (plan.name, claim.name) for plan in make_plans([], quick=False) for claim in plan.claims
    ]
    assert [(one.experiment, one.name) for one in committed] == published
    page_of_it = Path("results/ledger.md").read_text("utf-8")
    assert page_of_it == page(committed)
    with Path("results/ledger.csv").open(newline="", encoding="utf-8") as file:
        assert len(list(csv.reader(file))) == len(published) + 1
    assert f"{len(committed)} claims: {count(committed)}" in " ".join(
        Path("README.md").read_text("utf-8").split()
    )
