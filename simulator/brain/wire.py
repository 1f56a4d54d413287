"""The chat completions interface, as far as clients of it look: requests in, completions and chunks out."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from simulator.brain import MODEL
from simulator.brain.capabilities import Tool
from simulator.brain.talk import Answer, Call

Json = dict[str, Any]


class _Lenient(BaseModel):
    """Fields that we do not look at are allowed, as clients differ."""

    model_config = ConfigDict(extra="allow")


class Function(_Lenient):
    """A tool's declaration."""

    name: str
    description: str | None = None
    parameters: Json | None = None


class ToolDeclaration(_Lenient):
    """A tool, of which only functions are known."""

    type: str = "function"
    function: Function


class StreamOptions(_Lenient):
    """What else a stream should carry."""

    include_usage: bool | None = None


class ChatRequest(_Lenient):
    """`POST /v1/chat/completions`."""

    model: str
    messages: list[Json] = Field(min_length=1)
    tools: list[ToolDeclaration] | None = None
    tool_choice: str | Json | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None

    def offered(self) -> list[Tool]:
        """The tools that may be called now."""
        if self.tool_choice == "none":
            return []
        return [_tool(declared.function) for declared in self.tools or ()]

    @property
    def wants_usage(self) -> bool:
        return bool(self.stream_options and self.stream_options.include_usage)


def _tool(function: Function) -> Tool:
    schema: Mapping[str, Any] = function.parameters or {}
    properties = schema.get("properties")
    return Tool(
        name=function.name,
        description=function.description or "",
        parameters=properties if isinstance(properties, dict) else {},
        required=frozenset(schema.get("required") or ()) & frozenset(properties or ()),
    )


class Writer:
    """Writes one answer in the interface's words."""

    def __init__(self, request: ChatRequest, *, number: int, created: int) -> None:
        """`number` tells this answer from others of the process; `created` is in Unix seconds."""
        self._request = request
        self._id = f"chatcmpl-standin-{number}"
        self._call_id = f"call_{number:08d}"
        self._created = created

    def whole(self, answer: Answer) -> Json:
        message: Json = {"role": "assistant", "content": answer.text or None, "refusal": None}
        if answer.call:
            message["tool_calls"] = [self._call(answer.call)]
        choice = {"index": 0, "message": message, "finish_reason": _finish(answer), "logprobs": None}
        return self._frame("chat.completion") | {"choices": [choice], "usage": self._usage(answer)}

    def pieces(self, answer: Answer) -> Iterator[Json]:
        """The chunks of a stream, about one token each."""
        yield self._chunk({"role": "assistant", "content": "" if answer.text or not answer.call else None})
        for token in tokens(answer.text):
            yield self._chunk({"content": token})
        if answer.call:
            call = self._call(answer.call)
            arguments = call["function"]["arguments"]
            opened = {"index": 0, **call, "function": {"name": answer.call.tool, "arguments": ""}}
            yield self._chunk({"tool_calls": [opened]})
            for at in range(0, len(arguments), 12):
                part = {"index": 0, "function": {"arguments": arguments[at : at + 12]}}
                yield self._chunk({"tool_calls": [part]})
        yield self._chunk({}, finish=_finish(answer))
        if self._request.wants_usage:
            yield self._frame("chat.completion.chunk") | {"choices": [], "usage": self._usage(answer)}

    def _chunk(self, delta: Json, finish: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        usage = {"usage": None} if self._request.wants_usage else {}
        return self._frame("chat.completion.chunk") | {"choices": [choice]} | usage

    def _call(self, call: Call) -> Json:
        function = {"name": call.tool, "arguments": json.dumps(call.arguments, ensure_ascii=False)}
        return {"id": self._call_id, "type": "function", "function": function}

    def _frame(self, kind: str) -> Json:
        return {"id": self._id, "object": kind, "created": self._created, "model": MODEL}

    def _usage(self, answer: Answer) -> Json:
        """Tokens guessed at four characters each."""
        prompt = sum(len(json.dumps(message)) for message in self._request.messages) // 4 + 1
        arguments = json.dumps(answer.call.arguments) if answer.call else ""
        completion = len(list(tokens(answer.text))) + len(arguments) // 4
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": 0},
        }


def tokens(text: str) -> Iterator[str]:
    """Words with the space before them."""
    for at, word in enumerate(text.split()):
        yield f" {word}" if at else word


def error(message: str, kind: str, code: str | None = None) -> Json:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def _finish(answer: Answer) -> str:
    return "tool_calls" if answer.call else "stop"
