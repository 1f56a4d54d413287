"""A server of tools on standard input and output that does its worst: a program of the standard library.

Its first argument is a file that keeps what happened over its deaths.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

NOTES = Path(sys.argv[1])
READS, REPEATS = {"readOnlyHint": True}, {"idempotentHint": True}
ID = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
KEYED = {"type": "object", "properties": {"id": {"type": "string"}, "idempotency_key": {"type": "string"}}}
STATE = {"type": "object", "properties": {"state": {"type": "string"}}, "required": ["state"]}


def tools() -> list[dict[str, Any]]:
    changed = "change" in told()
    more = {"type": "object", "properties": {**ID["properties"], "why": {"type": "string"}}}  # type: ignore[dict-item]  # a schema
    listed = [
        ("look", ID, READS), ("look_wrong", ID, READS), ("look_dying", ID, READS), ("hang", ID, READS),
        ("write", {**more, "required": ["id", "why"]} if changed else ID, {}),
        ("write_dying", ID, {}), ("repeat_dying", ID, REPEATS), ("keyed", KEYED, {}), ("write_hang", ID, {}),
        ("huge", ID, READS), ("refuse", ID, {}), ("break_down", ID, {}), ("words", ID, READS),
        ("change", ID, {}),
        ("crash", ID, {}),
        ("grumble", ID, READS),
    ]  # fmt: skip
    shown = [
        {"name": name, "inputSchema": schema, "annotations": hints}
        for name, schema, hints in listed
        if not (changed and name == "words")
    ]
    for tool in shown:
        if tool["name"] == "look_wrong":
            tool["outputSchema"] = STATE
    return shown


def told() -> list[str]:
    return NOTES.read_text().split() if NOTES.exists() else []


def note(word: str) -> int:
    """How often it was noted, this time included."""
    with NOTES.open("a") as file:
        file.write(f"{word}\n")
    return told().count(word)


def call(name: str, arguments: dict[str, Any], meta: dict[str, Any]) -> dict[str, Any] | None:
    times = note(name)
    text = {"state": "open", "id": arguments.get("id"), "times": times, "key": meta.get("idempotencyKey")}
    match name:
        case "look_dying" | "repeat_dying" if times == 1:
            os._exit(1)
        case "write_dying":
            os._exit(1)
        case "hang" | "write_hang":
            return None
        case "look_wrong":
            return {"content": [], "structuredContent": {"state": 5, "name": "Mrs Smith"}}
        case "huge":
            return {"content": [{"type": "text", "text": "x" * 5_000_000}]}
        case "refuse":
            return {"content": [{"type": "text", "text": '{"why": "sent"}'}], "isError": True}
        case "crash" | "grumble":
            return {"content": [{"type": "text", "text": "Mrs Smith has no money"}], "isError": True}
        case "break_down":
            return {"content": [], "structuredContent": {"status": 500}, "isError": True}
        case "words":
            return {"content": [{"type": "text", "text": "It is open."}]}
        case "keyed":
            text["argument"] = arguments.get("idempotency_key")
        case "change":
            say({"method": "notifications/tools/list_changed"})
        case _:
            pass
    return {"content": [{"type": "text", "text": json.dumps(text)}]}


def say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def answer(asked: dict[str, Any]) -> dict[str, Any] | None:
    match asked["method"]:
        case "initialize":
            return {
                "protocolVersion": "2025-06-18",
                "capabilities": {"tools": {"listChanged": True}},
                "serverInfo": {"name": "frail", "version": "1"},
            }
        case "tools/list":
            return {"tools": tools()}
        case "tools/call":
            params = asked["params"]
            return call(params["name"], params.get("arguments", {}), params.get("_meta", {}))
        case _:
            raise LookupError


for line in sys.stdin:
    message = json.loads(line)
    if "id" not in message or "method" not in message:
        continue
    try:
        result = answer(message)
    except LookupError:
        say({"id": message["id"], "error": {"code": -32601, "message": "no such method"}})
        continue
    if result is not None:
        say({"id": message["id"], "result": result})
