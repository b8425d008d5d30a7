"""Libraries that not everyone needs: which are missing, and the command that adds them."""

from importlib.util import find_spec

from xorbench.problems import SettingsError


def require(extra: str, *modules: str) -> None:
    """Refuse to go on without some libraries.

    Raises
    ------
    SettingsError
        With the command that adds them.
    """
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise SettingsError(
            [
                f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not installed;"
                f" pip install 'xorbench[{extra}]' adds what is missing."
            ]
        )
