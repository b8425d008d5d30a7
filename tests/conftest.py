"""What holds for all tests."""

from hypothesis import settings

# The first call of a compiled function takes seconds, all later ones microseconds.
settings.register_profile("compiled", deadline=None)
settings.load_profile("compiled")
