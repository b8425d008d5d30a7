"""Maps: one network trained for each pixel of a plane that two continuous settings span.

``axis`` (what may be an axis, and its range) -> ``plan`` (a validated map) -> ``pixels`` (its
pixels as rows of a grid) -> ``folder`` (trained, stored, resumed) -> ``ending`` (how each run
ended) -> ``summary``, ``dimension`` (numbers), ``colouring`` (colours) -> ``drawing``.
"""
