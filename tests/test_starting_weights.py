import io
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xorbench.problems import SettingsError
from xorbench.starting_weights import HEADER, read_initial_weights

WEIGHTS = np.arange(18).reshape(2, 9) / 7
ALLOWED = (
    "is not allowed; give real numbers in an array of shape (n, 9), or the name of a .csv or"
    " .npy file."
)


def refusal(given: object) -> str:
    with pytest.raises(SettingsError) as error:
        read_initial_weights(given)
    return str(error.value)


@pytest.mark.parametrize("given", [WEIGHTS, WEIGHTS.tolist(), np.asfortranarray(WEIGHTS)])
def test_a_read_only_copy(given: object) -> None:
    weights = read_initial_weights(given)
    np.testing.assert_array_equal(weights, WEIGHTS)
    assert weights.dtype == np.float64
    assert weights.flags.c_contiguous
    assert not weights.flags.writeable
    assert not np.shares_memory(weights, WEIGHTS)


def test_other_kinds_of_numbers() -> None:
    assert read_initial_weights(WEIGHTS.astype(np.float32)).dtype == np.float64
    assert read_initial_weights(np.ones((1, 9), dtype=np.uint8)).dtype == np.float64


@pytest.mark.parametrize("shape", [(9,), (2, 8), (9, 2), (0, 9), (1, 2, 9), ()])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    assert refusal(np.ones(shape)) == (
        f"initial_weights: the shape {shape} is not allowed;"
        " give (n, 9), one row of w1..w9 for each run."
    )


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_the_first_bad_row_is_named(value: float) -> None:
    weights = np.ones((5, 9))
    weights[[3, 4], 8] = value
    assert refusal(weights) == (
        "initial_weights: row 3 (counted from 0) holds nan or an infinity; give finite numbers."
    )


def test_an_overflow_is_an_infinity() -> None:
    if np.finfo(np.longdouble).max > np.finfo(np.float64).max:
        assert "row 0" in refusal(np.full((1, 9), np.longdouble("1e400")))


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ([[1], [2, 3]], "[[1], [2, 3]]"),
        ({"a": 1}, '{"a": 1}'),
        ("weights", '"weights"'),
        ("weights.txt", '"weights.txt"'),
        (True, "True"),
        ([10**400], "[a whole number of 1329 bits]"),
    ],
)
def test_what_is_no_array_of_numbers_is_refused(given: object, text: str) -> None:
    assert refusal(given) == f"initial_weights: {text} {ALLOWED}"


@pytest.mark.parametrize("dtype", [bool, complex, str, object])
def test_arrays_of_something_else_are_refused(dtype: type) -> None:
    assert ALLOWED in refusal(np.ones((1, 9)).astype(dtype))


@pytest.mark.parametrize(
    "header",
    ["", f"{HEADER}\n", f"\ufeff{HEADER}\r\n", HEADER.replace("w1,w2", '"w1", "w2"') + "\n"],
)
def test_csv_files(tmp_path: Path, header: str) -> None:
    path = tmp_path / "weights.csv"
    lines = [",".join(map(repr, row)) for row in WEIGHTS.tolist()]
    path.write_bytes((header + "\n".join(lines) + "\n\n").encode())
    np.testing.assert_array_equal(read_initial_weights(path), WEIGHTS)
    np.testing.assert_array_equal(read_initial_weights(str(path)), WEIGHTS)


def test_npy_files(tmp_path: Path) -> None:
    np.save(tmp_path / "weights.npy", WEIGHTS)
    np.testing.assert_array_equal(read_initial_weights(tmp_path / "weights.npy"), WEIGHTS)


def test_an_array_in_a_file_is_checked_too(tmp_path: Path) -> None:
    np.save(tmp_path / "weights.npy", WEIGHTS[:, :8])
    assert "the shape (2, 8)" in refusal(tmp_path / "weights.npy")
    np.save(tmp_path / "weights.npy", WEIGHTS > 0)
    assert ALLOWED in refusal(tmp_path / "weights.npy")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.csv", b"", "it holds no numbers"),
        ("header.csv", HEADER.encode(), "it holds no numbers"),
        ("words.csv", b"a,b", "could not convert string 'a' to float64 at row 0, column 1"),
        ("binary.csv", b"\xff\xfe", "'utf-8' codec can't decode byte 0xff in position 0"),
        ("ragged.csv", b"1,2\n1", "the number of columns changed from 2 to 1 at row 2"),
        ("empty.npy", b"", ""),
        ("words.npy", b"w1,w2", ""),
        ("pickle.npy", pickle.dumps(WEIGHTS), ""),
    ],
)
def test_files_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(content)
    assert refusal(name).startswith(f'initial_weights: "{name}" cannot be read: {reason}')
    assert len(refusal(name).splitlines()) == 1


def test_missing_files_and_folders(tmp_path: Path) -> None:
    assert refusal("none.csv") == (
        'initial_weights: "none.csv" cannot be read: No such file or directory.'
    )
    (tmp_path / "folder.npy").mkdir()
    assert refusal(tmp_path / "folder.npy").endswith("cannot be read: Is a directory.")


def test_pickles_are_not_loaded(tmp_path: Path) -> None:
    np.save(tmp_path / "weights.npy", WEIGHTS.astype(object), allow_pickle=True)
    assert "cannot be read: Object arrays cannot be loaded" in refusal(tmp_path / "weights.npy")


def npy_bytes() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, WEIGHTS)
    return buffer.getvalue()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    suffix=st.sampled_from([".csv", ".npy"]),
    content=st.binary(max_size=200) | st.text("0123456789,.-enaif\n #\"'w").map(str.encode),
    damage=st.none()
    | st.tuples(
        st.integers(0, 120), st.sampled_from(b"(),'{}0:<>fOV\n \0\xff"), st.integers(1, 400)
    ),
)
def test_damaged_files_are_refused_and_never_crash(
    tmp_path: Path, suffix: str, content: bytes, damage: tuple[int, int, int] | None
) -> None:
    path = tmp_path / f"weights{suffix}"
    if damage is not None:
        position, byte, length = damage
        array = bytearray(npy_bytes())
        array[position] = byte
        content = bytes(array[:length])
    path.write_bytes(content)
    try:
        columns = read_initial_weights(path).shape[1]
    except SettingsError:
        columns = 9
    assert columns == 9
