"""The kernel's contestants do what is counted."""

from xorbench.bench.rates import MAX_EPOCHS, REGIMES, is_known, settings_of, train
from xorbench.kernel.epoch import LANES


def test_every_lane_trains_for_all_the_epochs() -> None:
    for key, (_, regime) in REGIMES.items():
        if is_known(regime) and key != "single":  # a plateau may be level in single precision
            assert train(settings_of(regime, LANES)) == LANES * MAX_EPOCHS


def test_a_regime_that_this_version_lacks_is_left_out() -> None:
    assert is_known({"precision": "double"})
    assert not is_known({"precision": "half"})
