"""How often XOR is not learned."""

from xorbench.claims.estimates import Measured, converged, each, share_of
from xorbench.claims.registry import Sweeps, measurement


@measurement
def failures(sweeps: Sweeps) -> Measured:
    """Measure how many runs do not converge, in each regime."""
    table = sweeps["main"]
    regimes = ["update", "momentum", "init"]
    return Measured(len(table), each(table, regimes, lambda runs: share_of(~converged(runs))))
