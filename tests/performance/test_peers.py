"""The peers of the bench that need JAX or PyTorch (the extra `peers`): the same training too.

The others are tested in `tests/test_peers.py`.
"""

from pathlib import Path

import numpy as np
import pytest

from tests.peer_runs import check, load, peers
from xorbench.peers import Peer, PeerMissingError

# PyTorch's compiler still uses what PyTorch deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")


@pytest.mark.parametrize("peer", peers("JAX", "PyTorch"), ids=lambda peer: peer.name)
def test_a_peer_trains_as_plain_numpy_does(peer: Peer) -> None:
    check(load(peer))


def test_jax_stays_in_single_precision_for_others() -> None:
    peer = peers("JAX")[0]
    load(peer)
    import jax

    assert jax.numpy.zeros(1).dtype == np.float32


def test_where_pytorch_cannot_compile_a_sentence_says_what_may_be_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    peer = peers("PyTorch")[0]
    load(peer)
    import torch
    import torch._inductor.config

    monkeypatch.setattr(torch._inductor.config.cpp, "cxx", (None, str(tmp_path / "g++")))
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    torch.compiler.reset()
    with pytest.raises(PeerMissingError, match=r"^torch\.compile fails here.*python3-dev\)\.$"):
        peer.load()
