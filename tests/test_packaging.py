"""What is installed is whole: the built wheel holds every file that the code reads beside itself."""

import re
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]


def rooms() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return list(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built by the project's own build backend; nothing is fetched for it."""
    folder = tmp_path_factory.mktemp("wheel")
    built = next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"]))
    return zipfile.ZipFile(built)


def test_every_package_and_its_data_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    in_tree = {
        str(path.relative_to(ROOT))
        for room in rooms()
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert not in_tree - set(wheel.namelist())
    assert {".toml", ".md", ".txt", ".html", ".css", ".js", ".svg"} <= {Path(name).suffix for name in in_tree}


def test_nothing_else_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    top = {name.split("/")[0] for name in wheel.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == set(rooms())


def test_the_wheel_says_who_it_is(wheel: zipfile.ZipFile) -> None:
    information = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    told = wheel.read(information).decode("utf-8")
    assert "Name: callwright\n" in told
    assert "License-Expression: Apache-2.0\n" in told
    assert "Requires-Python: >=3.11\n" in told
    assert any("licenses/LICENSE" in name for name in wheel.namelist())


def test_the_image_is_given_every_package() -> None:
    copied = re.findall(r"(?m)^COPY ([\w ./-]+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"))
    sources = {source for line in copied for source in line.split()}
    let_in = set(re.findall(r"(?m)^!(\S+)$", (ROOT / ".dockerignore").read_text("utf-8")))

    assert set(rooms()) <= sources
    assert sources == let_in
    assert not [source for source in sources if not (ROOT / source).exists()]
