"""One self-contained page about a stored sweep."""
