"""What holds for all tests."""

import os

from hypothesis import settings

# The first call of a compiled function takes seconds, all later ones microseconds. In continuous
# integration the same examples are drawn each time; a run by hand goes on looking for new ones.
settings.register_profile("compiled", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("compiled")
