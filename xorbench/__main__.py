"""``python -m xorbench``."""

from xorbench.cli import main

main()
