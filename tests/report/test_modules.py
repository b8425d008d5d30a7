"""Modules joined into one script."""

import subprocess
from pathlib import Path

import pytest

from xorbench.report.modules import joined
from xorbench.report.page import PAGE


def write(folder: Path, **sources: str) -> None:
    for name, source in sources.items():
        (folder / f"{name}.js").write_text(source)


def test_what_is_imported_stands_first_and_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        main='import { b } from "./b.js";\nimport { a } from "./a.js";\nconsole.log(a + b());\n',
        b='import {\n  a,\n} from "./a.js";\nexport function b() {\n  return a + 1;\n}\n',
        a="export const a = 20;\n",
    )
    script = tmp_path / "joined.mjs"
    script.write_text(joined(tmp_path / "main.js"))
    assert script.read_text().count("const a = 20") == 1
    ran = subprocess.run(["node", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "41\n"


@pytest.mark.parametrize(
    ("other", "complaint"),
    [
        ("const a = 1;\n", "a is declared in"),
        ("export default 1;\n", "another form"),
        ('import * as all from "./a.js";\n', "another form"),
        ('import { a as b } from "./a.js";\n', "renames"),
    ],
)
def test_what_cannot_be_joined_is_refused(tmp_path: Path, other: str, complaint: str) -> None:
    write(tmp_path, a="export const a = 1;\n", b=other)
    with pytest.raises(ValueError, match=complaint):
        joined(tmp_path / "a.js", tmp_path / "b.js")


def test_the_scripts_of_the_page_can_be_joined(tmp_path: Path) -> None:
    script = tmp_path / "page.mjs"
    script.write_text(joined(PAGE / "main.js"))
    subprocess.run(["node", "--check", script], check=True)
