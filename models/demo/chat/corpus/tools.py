"""Tool calls in the OpenAI shape, as template.jinja renders them."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from chat.corpus.invented_tools import invented_tool
from chat.corpus.known_tools import TOOLS
from chat.corpus.questions import ask_small_talk, ask_term, ask_unknown
from chat.corpus.tool_shapes import Tool
from chat.corpus.vocabulary import (
    CITIES,
    Message,
    Turn,
    city,
    invented,
    number,
    service,
)

HEAD = "# Tools\n\nCall one function when it helps.\n<tools>\n"
TAIL = '\n</tools>\nReply with <tool_call>\n{"name": NAME, "arguments": ARGS}\n</tool_call>'


def shown(value: Any) -> str:
    """A value as a user writes it."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def schema(rng: Random, tool: Tool) -> dict[str, Any]:
    """The JSON schema of a tool with the variations seen in the wild."""
    properties: dict[str, Any] = {}
    for parameter in tool.parameters:
        entry: dict[str, Any] = {"type": parameter.kind}
        if parameter.choices:
            entry["enum"] = parameter.choices
        if parameter.description and rng.random() < 0.6:
            entry["description"] = parameter.description
        elif rng.random() < 0.15:
            entry = {"description": f"The {parameter.name}", **entry}
        properties[parameter.name] = entry
    parameters: dict[str, Any] = {"type": "object", "properties": properties}
    required = [parameter.name for parameter in tool.parameters if parameter.required]
    if rng.random() < 0.9:
        parameters["required"] = required
    if rng.random() < 0.15:
        parameters["additionalProperties"] = False
    function: dict[str, Any] = {"name": tool.name}
    if rng.random() < 0.85:
        function["description"] = tool.description
    function["parameters"] = parameters
    if rng.random() < 0.1:
        function["strict"] = True
    return {"type": "function", "function": function}


def tool_system(rng: Random, tools: list[Tool], prompt: str | None) -> str:
    """The system message that template.jinja writes when there are tools."""
    separators = (",", ":") if rng.random() < 0.12 else (", ", ": ")
    lines = "\n".join(json.dumps(schema(rng, tool), ensure_ascii=False, separators=separators) for tool in tools)
    return (prompt + "\n\n" if prompt else "") + HEAD + lines + TAIL


def draw_request(rng: Random, tool: Tool) -> tuple[str, dict[str, Any]]:
    """A user sentence and the arguments it states, in the order of the schema."""
    values = {parameter.name: parameter.draw(rng) for parameter in tool.parameters}
    request = rng.choice(tool.requests)
    used = {name: value for name, value in values.items() if "{" + name + "}" in request}
    for name, value in used.items():
        request = request.replace("{" + name + "}", shown(value))
    return request, used


def call_text(name: str, arguments: dict[str, Any]) -> str:
    """The text of one call, as the template writes it."""
    return "<tool_call>\n" + json.dumps({"name": name, "arguments": arguments}, ensure_ascii=False) + "\n</tool_call>"


def draw_tools(rng: Random) -> tuple[list[Tool], Tool]:
    """One to four tools with different names, and the one to be called."""
    chosen = invented_tool(rng) if rng.random() < 0.5 else rng.choice(TOOLS)
    tools = {chosen.name: chosen}
    for _ in range(rng.choice([0, 0, 1, 1, 2, 3])):
        other = invented_tool(rng) if rng.random() < 0.5 else rng.choice(TOOLS)
        tools.setdefault(other.name, other)
    listed = list(tools.values())
    rng.shuffle(listed)
    return listed, chosen


def result_turn(rng: Random) -> Turn:
    """What a tool returned, and the answer made of it."""
    opening, closing = "<tool_response>\n", "\n</tool_response>"
    if rng.random() < 0.7:
        keys = rng.sample(
            [
                "temperature",
                "condition",
                "status",
                "city",
                "price",
                "count",
                "result",
                "humidity",
                "name",
                "ok",
                "message",
                "time",
                "unit",
                "owner",
            ],
            rng.randint(1, 4),
        )
        content = {
            key: rng.choice(
                [
                    rng.randint(0, 999),
                    invented(rng),
                    city(rng),
                    service(rng),
                    rng.choice(["sunny", "cloudy", "rainy", "ready", "done"]),
                ]
            )
            for key in keys
        }
        answer = "The result: " + ", ".join(f"{key} is {value}" for key, value in content.items()) + "."
        return opening + json.dumps(
            content, ensure_ascii=False, separators=(",", ":") if rng.random() < 0.3 else (", ", ": ")
        ) + closing, answer
    content = rng.choice(
        [
            f"{rng.randint(-9, 39)} degrees and {rng.choice(['sunny', 'cloudy', 'rainy', 'windy'])}",
            number(rng),
            service(rng) + " restarted",
            f"{invented(rng)} {invented(rng)}",
            "ok",
            "done",
        ]
    )
    return opening + content + closing, f"The result: {content}."


def ask_tools(rng: Random, prompt: str | None) -> list[Message]:
    """A conversation with tools: a call, two calls, a call and its result, or a question that needs no tool."""
    tools, chosen = draw_tools(rng)
    messages: list[Message] = [("system", tool_system(rng, tools, prompt))]
    draw = rng.random()
    if draw < 0.13:
        question, answer = rng.choice([ask_small_talk, ask_term, ask_term, ask_unknown])(rng)
        return messages + [("user", question), ("assistant", answer)]
    request, arguments = draw_request(rng, chosen)
    if draw < 0.17 and chosen.name in ("get_weather", "get_current_weather", "lookup_weather", "weather"):
        key = chosen.parameters[0].name
        first, second = rng.sample(CITIES, 2)
        question = rng.choice(
            [
                "What is the weather in {a} and {b}?",
                "What's the weather like in {a} and in {b}?",
                "Compare the weather in {a} and {b}.",
            ]
        )
        return messages + [
            ("user", question.format(a=first, b=second)),
            ("assistant", call_text(chosen.name, {key: first}) + "\n" + call_text(chosen.name, {key: second})),
        ]
    request = request + rng.choice(["", "", "", ".", "!"]) if request[-1].isalnum() else request
    messages += [("user", request), ("assistant", call_text(chosen.name, arguments))]
    if draw > 0.75:
        result, answer = result_turn(rng)
        messages += [("user", result), ("assistant", answer)]
    return messages
