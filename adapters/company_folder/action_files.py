"""The company's actions: `actions.yaml`, and every `actions/*.yaml` after it, in the order of their names."""

from pathlib import Path

from adapters.company_folder.action_shapes import ActionsShape
from adapters.company_folder.problems import Findings
from adapters.company_folder.yaml_file import SplitFile, YamlFile, parse, read_text, shape

FILE = "actions.yaml"


def read_actions(folder: Path, findings: Findings) -> tuple[ActionsShape | None, YamlFile]:
    """All of them as if they stood in one file; None where one of the files has another shape."""
    more = sorted(path.relative_to(folder).as_posix() for path in (folder / "actions").glob("*.yaml"))
    files, shapes = list[YamlFile](), list[ActionsShape]()
    for name in (FILE, *more):
        text = read_text(folder, name, findings, f"{name}; companies/sample/{FILE} is an example")
        file = None if text is None else parse(text, name, findings)
        if file is not None and (declared := shape(file, ActionsShape, findings)) is not None:
            files.append(file)
            shapes.append(declared)
    if len(shapes) <= len(more):
        return None, YamlFile(FILE, {})
    return ActionsShape(actions=[action for each in shapes for action in each.actions]), SplitFile(
        FILE, "actions", files
    )
