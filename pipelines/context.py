"""What the model knows now: the conversation as it was heard, the facts, and the tools."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.processors.aggregators.llm_context import LLMContext

import prompts
from domain.events import AgentSpoke, CallerSaid, Event, InputMasked

KEEP_TURNS = 12
"""Messages that stay word for word when a long call is shortened."""
SHORTEN_OVER = 40
"""Messages after which a call counts as long."""

Message = dict[str, Any]


def tools_schema(tools: Sequence[Mapping[str, Any]]) -> ToolsSchema:
    """Tools as a chat-completions request takes them, in the form that pipecat takes."""
    functions = [tool["function"] for tool in tools]
    return ToolsSchema(
        standard_tools=[
            FunctionSchema(
                name=function["name"],
                description=function["description"],
                properties=function["parameters"]["properties"],
                required=function["parameters"]["required"],
            )
            for function in functions
        ]
    )


@dataclass(kw_only=True)
class Context:
    """The messages of one call. Holds no speech of ours that the caller did not hear."""

    instructions: str
    """The stable prefix: cached by providers, so it comes first and never changes in a call."""
    facts: str
    tools: Callable[[], Sequence[Mapping[str, Any]]]
    """What the model may ask for at this moment, as a chat-completions request takes it."""
    messages: list[Message] = field(default_factory=list)
    _open_answer: Message | None = None

    def caller_said(self, text: str) -> None:
        """A turn of the caller. One that goes on from a turn not yet answered takes its place."""
        self._open_answer = None
        self.messages.append({"role": "user", "content": text})

    def unsay_caller(self) -> None:
        """The caller went on before anything was answered: the turn will be told again, whole.

        What was looked up for it stays known.
        """
        for index in range(len(self.messages) - 1, -1, -1):
            message = self.messages[index]
            if message["role"] == "user":
                del self.messages[index]
                return
            if message["role"] != "tool" and not message.get("tool_calls"):
                return

    def replace_in_callers_words(self, was: str, now: str) -> None:
        """What the caller said must not be known any more; whole words and numbers only."""
        alone = re.compile(rf"(?<!\w){re.escape(was)}(?!\w)")
        for message in self.messages:
            if message["role"] == "user":
                message["content"] = alone.sub(lambda _: now, message["content"])

    def agent_was_heard(self, text: str) -> None:
        """Words of ours that were played; the sentences of one answer make one message."""
        if not text:
            return
        if self._open_answer is not None and self.messages[-1] is self._open_answer:
            self._open_answer["content"] += f" {text}"
            return
        self._open_answer = {"role": "assistant", "content": text}
        self.messages.append(self._open_answer)

    def tool_answered(self, call_id: str, name: str, arguments: Any, result: Any) -> None:
        """One tool call with its result, kept together: providers refuse one without the other."""
        self._open_answer = None
        function = {"name": name, "arguments": json.dumps(arguments)}
        call = {"id": call_id, "type": "function", "function": function}
        self.messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
        content = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
        self.messages.append({"role": "tool", "tool_call_id": call_id, "content": content})

    def recall(self, events: Sequence[Event]) -> None:
        """What the journal tells of a call that another process carried before it died."""
        recalled = {began for event in events if isinstance(event, InputMasked) for began in event.recalled}
        for event in events:
            match event:
                case CallerSaid(started_ms=began) if began in recalled:
                    continue
                case CallerSaid(text=text):
                    self.caller_said(text)
                case AgentSpoke(heard=heard):
                    self.agent_was_heard(heard)
                case _:
                    pass

    def for_model(self) -> LLMContext:
        """A context of its own for each inference: what a model is told never changes under it."""
        return self._told(list(self.messages))

    def for_going_on(self, under_way: str) -> LLMContext:
        """For a model that is to finish an answer that broke off.

        `under_way`: the words of that answer that the caller is still to hear.
        """
        return self.for_correction(under_way, prompts.text("goes_on.md"))

    def for_correction(self, under_way: str, note: str) -> LLMContext:
        """The conversation with what is still to be heard of the answer, and a word to the model about it."""
        messages = list(self.messages)
        if under_way and messages and messages[-1] is self._open_answer:
            messages[-1] = {"role": "assistant", "content": f"{messages[-1]['content']} {under_way}"}
        elif under_way:
            messages.append({"role": "assistant", "content": under_way})
        messages.append({"role": "user", "content": note})
        return self._told(messages)

    def _told(self, messages: list[Any]) -> LLMContext:
        return LLMContext(messages=messages, tools=tools_schema(self.tools()))

    def system_instruction(self) -> str:
        return f"{self.instructions}\n\n{self.facts}"

    def too_long(self) -> bool:
        return len(self.messages) > SHORTEN_OVER

    def oldest(self) -> Sequence[Message]:
        """What a summary would stand for: all but the last turns, never a tool result without its call."""
        cut = max(0, len(self.messages) - KEEP_TURNS)
        while cut < len(self.messages) and self.messages[cut]["role"] != "user":
            cut += 1
        return self.messages[:cut]

    def shorten(self, replaced: int, facts_with_summary: str) -> None:
        """Put a summary, carried by the facts, in place of the first `replaced` messages."""
        del self.messages[:replaced]
        self.facts = facts_with_summary
