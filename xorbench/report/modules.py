"""Join ECMAScript modules into one script, so that a page needs no other file.

What a file of modules may look like is kept simple: imports are one statement each, with names in
braces, from files beside it; exports stand before a declaration.
"""

import re
from pathlib import Path

IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"(\.[^"]+)";?[ \t]*\n', re.MULTILINE)
EXPORT = re.compile(r"^export\s+(?=(async\s+)?(function|class|const|let)\b)", re.MULTILINE)
DECLARED = re.compile(
    r"^(?:async\s+)?(?:function\*?|class|const|let)\s+([A-Za-z_$][\w$]*)", re.MULTILINE
)


def joined(*entries: Path) -> str:
    """Write modules and all that they import as one script, each after what it imports.

    Parameters
    ----------
    *entries : Path

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If two modules declare the same name, or have imports or exports of another form.
    """
    done: dict[Path, str] = {}
    owners: dict[str, Path] = {}

    def add(path: Path) -> None:
        if path in done:
            return
        done[path] = ""
        source = path.read_text("utf-8")
        for match in IMPORT.finditer(source):
            if " as " in match[1]:
                raise ValueError(f"{path}: an import that renames cannot be joined: {match[1]}")
            add((path.parent / match[2]).resolve())
        source = EXPORT.sub("", IMPORT.sub("", source))
        if re.search(r"^(import|export)\b", source, re.MULTILINE):
            raise ValueError(f"{path}: an import or export of another form cannot be joined.")
        for name in DECLARED.findall(source):
            if name in owners:
                raise ValueError(f"{path}: {name} is declared in {owners[name]} too.")
            owners[name] = path
        del done[path]  # to stand after what it imports
        done[path] = source.strip()

    for entry in entries:
        add(entry.resolve())
    return "\n\n".join(done.values()) + "\n"
