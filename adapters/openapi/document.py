"""An OpenAPI document, 3.0 or 3.1: its references followed and its operations by name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
READING = frozenset({"get", "head", "options"})
JSON_BODY = "application/json"
FORM_BODY = "application/x-www-form-urlencoded"

_MOST_HOPS = 32
_DEEPEST = 24
Where = Literal["path", "query", "header", "cookie"]


class DocumentRefused(Exception):
    """No OpenAPI document that can be used; says why."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter beside the body."""

    name: str
    where: Where
    required: bool
    schema: Mapping[str, Any]
    description: str
    explode: bool
    """A list becomes one parameter for each of its values, rather than one with commas."""


@dataclass(frozen=True, kw_only=True)
class Body:
    """What a request carries."""

    media_type: str
    schema: Mapping[str, Any]
    required: bool


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing the system offers."""

    id: str
    method: str
    path: str
    server: str
    """The address that the document gives; empty where it gives none that is whole."""
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: Mapping[str, Mapping[str, Any] | None]
    """Status (`200`, `2XX`, `default`) to the schema of its JSON; None where no JSON is described."""
    security: tuple[Mapping[str, Any], ...]
    """Alternatives, each of schemes that are needed together; none means that everybody may."""
    summary: str
    description: str
    tags: tuple[str, ...]
    deprecated: bool

    @property
    def reads(self) -> bool:
        return self.method in READING

    def parameter(self, name: str) -> Parameter | None:
        return next((each for each in self.parameters if each.name == name), None)

    @property
    def key_header(self) -> str | None:
        """The header that makes a repeated write safe, under the name that the document gives it."""
        return next(
            (
                each.name
                for each in self.parameters
                if each.where == "header" and each.name.lower() == "idempotency-key"
            ),
            None,
        )


class Document:
    """The whole; a reference may stand wherever a thing may."""

    def __init__(self, tree: object) -> None:
        """Raises `DocumentRefused`."""
        if not isinstance(tree, dict):
            raise DocumentRefused("this is no OpenAPI document: it holds no keys")
        if "swagger" in tree:
            raise DocumentRefused(
                "this is Swagger 2.0; convert it to OpenAPI 3 first, such as with swagger2openapi"
            )
        version = str(tree.get("openapi", ""))
        if not re.match(r"3\.[01](\.|$)", version):
            raise DocumentRefused(f"`openapi` must be 3.0 or 3.1, not {version[:20] or 'missing'}")
        if not isinstance(tree.get("paths", {}), dict):
            raise DocumentRefused("`paths` must hold paths")
        self.tree: Mapping[str, Any] = tree
        self.version: Literal["3.0", "3.1"] = "3.0" if version.startswith("3.0") else "3.1"
        self.operations: Mapping[str, Operation] = {each.id: each for each in self._operations()}

    @property
    def title(self) -> str:
        return str(_mapping(self.tree.get("info")).get("title", ""))

    @property
    def security_schemes(self) -> Mapping[str, Mapping[str, Any]]:
        schemes = _mapping(_mapping(self.tree.get("components")).get("securitySchemes"))
        return {name: _mapping(self.resolved(scheme)) for name, scheme in schemes.items()}

    def resolved(self, node: Any) -> Any:
        """The thing itself, where the node refers to it. Raises `DocumentRefused`."""
        for _ in range(_MOST_HOPS):
            if not (isinstance(node, dict) and isinstance(node.get("$ref"), str)):
                return node
            node = self._at(node["$ref"])
        raise DocumentRefused("a reference leads round in a circle")

    def properties(self, schema: Any) -> tuple[dict[str, Any], frozenset[str]]:
        """(Fields of an object by name, the required ones), through `allOf`; alternatives are optional."""
        return self._properties(schema, frozenset(), 0)

    def _properties(
        self, schema: Any, above: frozenset[int], depth: int
    ) -> tuple[dict[str, Any], frozenset[str]]:
        schema = _mapping(self.resolved(schema))
        if id(schema) in above or depth > _DEEPEST:
            return {}, frozenset()
        above |= {id(schema)}
        found: dict[str, Any] = {}
        required = frozenset(_texts(schema.get("required")))
        for part in _sequence(schema.get("allOf")):
            fields, needed = self._properties(part, above, depth + 1)
            found |= fields
            required |= needed
        for alternative in (*_sequence(schema.get("oneOf")), *_sequence(schema.get("anyOf"))):
            found |= self._properties(alternative, above, depth + 1)[0]
        found |= _mapping(schema.get("properties"))
        return found, frozenset(required & found.keys())

    def types(self, schema: Any) -> frozenset[str]:
        """The JSON types that a value may have, `null` left out; empty where anything goes."""
        return self._types(schema, frozenset(), 0)

    def _types(self, schema: Any, above: frozenset[int], depth: int) -> frozenset[str]:
        schema = _mapping(self.resolved(schema))
        if id(schema) in above or depth > _DEEPEST:
            return frozenset()
        above |= {id(schema)}
        declared = schema.get("type")
        if declared is not None:
            return frozenset(_texts([declared] if isinstance(declared, str) else declared)) - {"null"}
        if "properties" in schema:
            return frozenset({"object"})
        parts = [part for word in ("allOf", "oneOf", "anyOf") for part in _sequence(schema.get(word))]
        return frozenset().union(*(self._types(part, above, depth + 1) for part in parts))

    def _operations(self) -> Iterator[Operation]:
        taken: set[str] = set()
        for path, node in _mapping(self.tree.get("paths")).items():
            item = _mapping(self.resolved(node))
            for method in METHODS:
                if isinstance(item.get(method), dict):
                    name = _unique(_name(item[method], method, str(path)), taken)
                    taken.add(name)
                    yield self._operation(name, method, str(path), item)

    def _operation(self, name: str, method: str, path: str, item: Mapping[str, Any]) -> Operation:
        said = item[method]
        parameters: dict[tuple[str, str], Parameter] = {}
        for each in (*_sequence(item.get("parameters")), *_sequence(said.get("parameters"))):
            if (parameter := self._parameter(each)) is not None:
                parameters[parameter.where, parameter.name] = parameter
        security = said.get("security", self.tree.get("security"))
        servers = (said.get("servers"), item.get("servers"), self.tree.get("servers"))
        return Operation(
            id=name,
            method=method,
            path=path,
            server=next((found for each in servers if (found := _server(each))), ""),
            parameters=tuple(parameters.values()),
            body=self._body(said.get("requestBody")),
            responses={
                str(status).upper() if str(status) != "default" else "default": self._answer_schema(response)
                for status, response in _mapping(said.get("responses")).items()
            },
            security=tuple(_mapping(each) for each in _sequence(security)),
            summary=_text(said.get("summary")),
            description=_text(said.get("description")),
            tags=tuple(_texts(said.get("tags"))),
            deprecated=said.get("deprecated") is True,
        )

    def _parameter(self, node: Any) -> Parameter | None:
        said = _mapping(self.resolved(node))
        where, name = said.get("in"), said.get("name")
        if where not in {"path", "query", "header", "cookie"} or not isinstance(name, str):
            return None
        content: Any = next(iter(_mapping(said.get("content")).values()), {})
        return Parameter(
            name=name,
            where=where,
            required=said.get("required") is True or where == "path",
            schema=_mapping(said.get("schema", _mapping(content).get("schema"))),
            description=_text(said.get("description")),
            explode=said.get("explode", where in {"query", "cookie"}) is True,
        )

    def _body(self, node: Any) -> Body | None:
        said = _mapping(self.resolved(node))
        content = _mapping(said.get("content"))
        ranked = sorted(content, key=_preference)
        if not ranked:
            return None
        schema = _mapping(_mapping(content[ranked[0]]).get("schema"))
        return Body(media_type=ranked[0], schema=schema, required=said.get("required") is True)

    def _answer_schema(self, response: Any) -> Mapping[str, Any] | None:
        content = _mapping(_mapping(self.resolved(response)).get("content"))
        described = (_mapping(content[each]).get("schema") for each in content if is_json(each))
        return next((_mapping(schema) for schema in described if schema is not None), None)

    def _at(self, reference: str) -> Any:
        if not reference.startswith("#"):
            raise DocumentRefused(
                "a reference leads to another document; bundle the documents into one first"
            )
        steps = [unquote(step).replace("~1", "/").replace("~0", "~") for step in reference.split("/")[1:]]
        at: Any = self.tree
        for step in steps:
            if isinstance(at, dict) and step in at:
                at = at[step]
            elif isinstance(at, list) and step.isdecimal() and int(step) < len(at):
                at = at[int(step)]
            else:
                raise DocumentRefused(f"a reference leads nowhere: {reference[:200]}")
        return at


def is_json(media_type: str) -> bool:
    bare = media_type.partition(";")[0].strip().lower()
    return bare == JSON_BODY or bare.endswith("+json")


def _preference(media_type: str) -> int:
    """JSON before a form; what we cannot write comes last."""
    return 0 if is_json(media_type) else 1 if media_type.lower().startswith(FORM_BODY) else 2


def _name(said: Mapping[str, Any], method: str, path: str) -> str:
    """The operationId, or `get_orders_by_order_id` where there is none."""
    if isinstance(given := said.get("operationId"), str) and given:
        return given
    words = re.sub(r"\{(\w+)\}", r"by_\1", path)
    return "_".join([method, *re.findall(r"[A-Za-z0-9]+", words)])


def _unique(name: str, taken: set[str]) -> str:
    return next(
        each
        for each in (name, *(f"{name}_{count}" for count in range(2, len(taken) + 3)))
        if each not in taken
    )


def _server(servers: Any) -> str:
    """The first address that is whole, its variables filled with what the document proposes."""
    for each in map(_mapping, _sequence(servers)):
        url = _text(each.get("url"))
        for name, variable in _mapping(each.get("variables")).items():
            url = url.replace(f"{{{name}}}", str(_mapping(variable).get("default", "")))
        if re.match(r"https?://", url):
            return url.rstrip("/")
    return ""


def _mapping(node: Any) -> dict[str, Any]:
    return node if isinstance(node, dict) else {}


def _sequence(node: Any) -> Sequence[Any]:
    return node if isinstance(node, list) else ()


def _texts(node: Any) -> list[str]:
    return [each for each in _sequence(node) if isinstance(each, str)]


def _text(node: Any) -> str:
    return node if isinstance(node, str) else ""
