"""The peers of the bench: the same training in each, and a sentence where one is missing.

Those of JAX and PyTorch are tested in `tests/performance`, where these need to be installed.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.peer_runs import check, load, peers
from xorbench.peers import PEERS, Peer, PeerMissingError, c_lanes


@pytest.fixture
def no_library() -> Iterator[None]:
    """Forget the compiled C, so that it is to be compiled anew, and forget that again."""
    c_lanes.library.cache_clear()
    yield
    c_lanes.library.cache_clear()


def test_peers_can_be_told_apart_and_are_described() -> None:
    assert len({peer.name for peer in PEERS}) == len(PEERS) == 8
    for peer in PEERS:
        assert len(peer.name) < 20
        assert len(peer.description) < 90
        assert "\n" not in peer.description
        assert peer.networks > 0
        assert peer.threads in ("one", "all")


def test_the_list_imports_no_library() -> None:
    code = "import json, sys, xorbench.peers; print(json.dumps(list(sys.modules)))"
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert {"jax", "torch", "numba", "pandas"}.isdisjoint(json.loads(output))


@pytest.mark.parametrize("peer", peers("NumPy", "Numba", "C"), ids=lambda peer: peer.name)
def test_a_peer_trains_as_plain_numpy_does(peer: Peer) -> None:
    check(load(peer))


def test_the_c_peer_leaves_subnormal_numbers_alone() -> None:
    smallest = np.nextafter(0, 1)
    load(*peers("C"))
    assert smallest + np.zeros(1) > 0


@pytest.mark.parametrize(("package", "name"), [("jax", "JAX"), ("torch", "PyTorch")])
def test_without_its_package_a_peer_says_what_to_install(
    package: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, f"xorbench.peers.with_{package}", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    for peer in peers(name):
        with pytest.raises(PeerMissingError) as missing:
            peer.load()
        assert str(missing.value) == (
            f"{name} is not installed; pip install 'xorbench[peers]' adds it."
        )


def test_another_missing_module_is_not_taken_for_the_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "xorbench.peers.numpy_arrays", raising=False)
    monkeypatch.setitem(sys.modules, "xorbench.network", None)
    (peer,) = peers("NumPy, arrays")
    with pytest.raises(ModuleNotFoundError, match=r"xorbench\.network"):
        peer.load()


@pytest.mark.usefixtures("no_library")
def test_without_a_compiler_the_c_peer_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda command: None)
    (peer,) = peers("C")
    with pytest.raises(PeerMissingError, match=r"^There is no C compiler; .*apt install gcc\)\.$"):
        peer.load()


@pytest.mark.usefixtures("no_library")
def test_without_a_checkout_the_c_peer_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(c_lanes, "SOURCE", tmp_path / "lanes.c")
    (peer,) = peers("C")
    with pytest.raises(PeerMissingError, match=r"run the bench in a clone of the repository"):
        peer.load()


@pytest.mark.usefixtures("no_library")
@pytest.mark.skipif(not (shutil.which("gcc") or shutil.which("cc")), reason="no C compiler")
def test_what_the_compiler_refuses_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "lanes.c"
    source.write_text("#error Not here")
    monkeypatch.setattr(c_lanes, "SOURCE", source)
    (peer,) = peers("C")
    with pytest.raises(PeerMissingError, match=r"cc cannot compile lanes\.c .*libc6-dev\)\.$"):
        peer.load()
