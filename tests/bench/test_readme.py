"""The performance table: of a stored result, between two marks, and up to date in the README."""

from pathlib import Path

import pytest

from tests.bench.made_up import result, timing, with_timing
from xorbench.bench.readme import BEGIN, END, parts, performance_table, write_table
from xorbench.bench.results import read_result

PROJECT = Path(__file__).parents[2]


def test_only_the_table_is_replaced(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"# Before\n\n{BEGIN}\nold\n{END}\n\nbehind\n")
    for _ in range(2):
        write_table(readme, result())
        text = readme.read_text()
        assert text == f"# Before\n\n{BEGIN}\n{performance_table(result())}\n{END}\n\nbehind\n"


def test_the_table_has_every_way_with_its_rate() -> None:
    lines = performance_table(result()).splitlines()
    assert "| xorbench: batch, momentum | 1 | 90.0 |  |  |" in lines
    assert "| xorbench: sweep of 100,000 runs | 2 | 186 |  |  |" in lines
    assert "| crowd: many at a time | all | 38.0 | 5.00 times as fast | 64 of 64 |" in lines
    notes = " ".join(lines[-3:])
    assert "keeps 0.93 of" in notes
    assert "does 210,000 a second" in notes
    assert "50% of the processor's peak" in notes
    assert "80% of what its own mix" in notes


def test_a_number_that_varied_has_a_question_mark() -> None:
    assert "?" not in performance_table(result())
    wide = timing("batch, momentum", 90e6, slowed=(1.0, 1.0, 1.0, 1.0, 1.1, 1.1, 1.1))
    table = performance_table(with_timing(momentum=wide))
    assert "| xorbench: batch, momentum | 1 | ? 90.0 |  |  |" in table
    assert "\n?: varied between the rounds" in table
    assert "Not to be quoted" not in table


def test_a_table_that_is_not_to_be_quoted_says_so() -> None:
    assert "Not to be quoted" not in performance_table(result())
    assert "**Not to be quoted.** 3 rounds are too few" in performance_table(result(rounds=3))


@pytest.mark.skipif(not (PROJECT / "README.md").exists(), reason="needs the project's folder")
def test_the_readmes_table_is_that_of_the_stored_result() -> None:
    readme = PROJECT / "README.md"
    before, behind = parts(readme)
    table = readme.read_text("utf-8").removeprefix(before).removesuffix(behind)
    stored = read_result(PROJECT / "results/bench/bench.json")
    assert table == f"{BEGIN}\n{performance_table(stored)}\n{END}"
