"""Maps: one network trained for each pixel of a plane that two continuous settings span.

``axis`` (what may be an axis, and its range) -> ``plan`` (a validated map: its pixels, and how
they become rows of grids) -> ``folder`` (trained in bands, stored, resumed) -> ``summary``,
``dimension`` (numbers), ``colouring`` (pixels -> colours) -> ``drawing`` (the picture).
"""
