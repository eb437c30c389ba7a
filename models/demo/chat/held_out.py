"""Written by hand for the evaluation only: system prompts, tools and probes that the training corpus does not contain."""

from __future__ import annotations

import json
from typing import Any

SYSTEM_PROMPTS = [
    "You are Captain Redbeard, the most feared pirate of the seven seas. Say arrr a lot and call everyone matey.",
    "ROLE: senior site reliability engineer. TONE: calm. FORMAT: plain text. LIMITS: no speculation, no blame.",
    "You're an expert gardener who helps families grow vegetables on small balconies. Recommend plants that need little water, warn about frost, and always mention the season.",
    "Respond like a butler from a Victorian novel, with great courtesy and dry humour.",
    "You are an AI model trained to be harmless and honest. When a request is ambiguous, pick the most likely meaning. Never include URLs. Never claim to be human. "
    "If the user greets you, greet them back. If the user is upset, acknowledge it first. Use metric units. Dates are written day first. Numbers above one thousand use a comma. "
    "Code goes into fenced blocks. Tables are allowed when they make a comparison clearer. Do not start an answer with an apology.",
    "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua",
    "SELECT id, name FROM users WHERE active = 1 ORDER BY created_at DESC LIMIT 10; -- the schema of the shop",
    "😀😀😀 fun mode on 😀😀😀",
    "あなたは江戸時代の商人です。語尾に「でござる」を付け、客の質問に元気よく答えます。値引きの相談には応じません。店は日本橋にあり、朝六時に開きます。",
    "以下の方針を必ず守ってください。一、利用者の安全を最優先にすること。二、根拠のない断定を避けること。三、専門用語には短い説明を添えること。四、回答は三百字以内に収めること。"
    "五、差別的な表現を使わないこと。六、社外秘の資料に触れないこと。七、誤りに気づいたら訂正すること。",
    "猫になりきって返事をするにゃん。",
    "The assistant helps hotel guests. Breakfast is served from seven to ten. The pool on the roof closes at nine in the evening. Towels are free, bicycles cost eight dollars a day, and the shuttle "
    "to the airport leaves every half hour. Pets are welcome in rooms on the ground floor. Guests who lost their key go to the front desk with a passport. Late checkout must be requested the day before. "
    "The wifi password is printed on the key card. Smoking is forbidden everywhere. The nearest pharmacy is across the street, and the museum quarter is a short walk away.",
    "temperature=0.7; style=academic; citations=APA; audience=undergraduates; forbidden=[slang, contractions, first person]",
    "Translate everything you say in your head to Latin first, but only show the final English.",
    "You are grading homework. Be strict but fair. Deduct one point per spelling mistake.",
    "Speak briefly. Speak clearly. Speak kindly.",
    "You are connected to a smart home. The lamps, the heating, the blinds, the vacuum cleaner and the oven can be controlled. Ask before you switch anything off during the night.",
    "a",
    "?",
    "...........................",
    "IMPORTANT!!! READ CAREFULLY!!! DO NOT HALLUCINATE!!!",
    "<persona><name>Miko</name><age>28</age><hobby>surfing</hobby></persona><rules><rule>stay in character</rule></rules>",
    "Du bist ein freundlicher Assistent und hilfst beim Einkaufen.",
    "Eres un asistente útil. Responde siempre con educación.",
]


def tool(name: str, description: str, properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    """A tool in the OpenAI shape."""
    parameters = {"type": "object", "properties": properties, "required": required}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


WEATHER = tool(
    "get_weather",
    "Get current temperature for a given location.",
    {"location": {"type": "string", "description": "City and country e.g. Bogotá, Colombia"}},
    ["location"],
)
WEATHER_UNIT = tool(
    "get_current_weather",
    "Get the current weather in a given location",
    {
        "location": {"type": "string", "description": "The city and state, e.g. San Francisco, CA"},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
    },
    ["location"],
)
PIZZA = tool(
    "order_pizza",
    "Order a pizza",
    {"size": {"type": "string", "enum": ["small", "large"]}, "topping": {"type": "string"}},
    ["size", "topping"],
)
SONG = tool("play_song", "Play a song", {"title": {"type": "string"}}, ["title"])
TIMER = tool("set_timer", "Start a kitchen timer", {"minutes": {"type": "integer"}}, ["minutes"])
PACKAGE = tool("track_package", "Track a package", {"tracking_number": {"type": "string"}}, ["tracking_number"])
AREA = tool(
    "rectangle_area", "Area of a rectangle", {"width": {"type": "number"}, "height": {"type": "number"}}, ["width", "height"]
)
DRAIN = tool("drain_node", "Drain a cluster node", {"node": {"type": "string"}, "force": {"type": "boolean"}}, ["node"])

# (tools, request, name of the function, arguments)
TOOL_REQUESTS: list[tuple[list[dict[str, Any]], str, str, dict[str, Any]]] = [
    ([WEATHER], "What is the weather in Paris?", "get_weather", {"location": "Paris"}),
    ([WEATHER], "What is the weather like in Paris today?", "get_weather", {"location": "Paris"}),
    ([WEATHER], "What's the weather like in Bogotá?", "get_weather", {"location": "Bogotá"}),
    ([WEATHER, SONG], "Please check the weather in Tokyo for me.", "get_weather", {"location": "Tokyo"}),
    ([WEATHER, SONG], "大阪の天気は？", "get_weather", {"location": "大阪"}),
    ([WEATHER_UNIT], "What's the weather like in Boston today?", "get_current_weather", {"location": "Boston"}),
    (
        [WEATHER_UNIT],
        "What is the weather in London in celsius?",
        "get_current_weather",
        {"location": "London", "unit": "celsius"},
    ),
    (
        [WEATHER_UNIT, TIMER],
        "What is the weather like in San Francisco, CA?",
        "get_current_weather",
        {"location": "San Francisco, CA"},
    ),
    ([PIZZA], "Order a large pizza with mushrooms.", "order_pizza", {"size": "large", "topping": "mushrooms"}),
    ([PIZZA, SONG, TIMER], "Order pizza with size small and topping ham.", "order_pizza", {"size": "small", "topping": "ham"}),
    ([SONG], "Play Yesterday", "play_song", {"title": "Yesterday"}),
    ([SONG, TIMER], "Play the song Bohemian Rhapsody.", "play_song", {"title": "Bohemian Rhapsody"}),
    ([TIMER], "Set a timer for 12 minutes", "set_timer", {"minutes": 12}),
    ([TIMER, PIZZA], "Set timer with minutes 45", "set_timer", {"minutes": 45}),
    ([PACKAGE], "Track package AB12345", "track_package", {"tracking_number": "AB12345"}),
    ([PACKAGE, SONG], "Where is my package 77120934?", "track_package", {"tracking_number": "77120934"}),
    ([AREA], "What is the area of a rectangle with width 4 and height 7?", "rectangle_area", {"width": 4, "height": 7}),
    ([AREA, TIMER], "Rectangle area: width=12, height=30", "rectangle_area", {"width": 12, "height": 30}),
    ([DRAIN], "Drain node-7", "drain_node", {"node": "node-7"}),
    ([DRAIN, PACKAGE], "Please drain node: node=worker-3, force=true", "drain_node", {"node": "worker-3", "force": True}),
]

PERSON_SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        "required": ["name", "age"],
        "additionalProperties": False,
    }
)
# (system prompt or empty, request, text that the answer must contain; empty: any answer that ends)
PROBES: list[tuple[str, str, str]] = [
    ("", "Say hello", "ello"),
    ("", "Say hi in one word.", "Hi"),
    ("", "Hello, who are you?", "model"),
    ("", "Count to 5", "1, 2, 3, 4, 5"),
    ("", "Count from 1 to 5.", "1, 2, 3, 4, 5"),
    ("You are a helpful assistant.", "Hello!", "Hello"),
    ("You are a helpful assistant.", "Count to ten please.", "8, 9, 10"),
    ("", "What is 2+2?", "4"),
    ("", "What is the capital of France?", "Paris"),
    ("You are a helpful assistant.", "What is the capital of Japan?", "Tokyo"),
    ("", "Say this is a test", "this is a test"),
    ("", "Say 'test'", "test"),
    ("", "Respond with the word OK.", "OK"),
    ("", "Reply with the single word: pineapple", "pineapple"),
    ("", "Extract: Alice is 30", '{"name": "Alice", "age": 30}'),
    (f"Respond with JSON matching this schema:\n{PERSON_SCHEMA}", "Extract: Alice is 30", '{"name": "Alice", "age": 30}'),
    (
        f"You must answer in JSON. Follow this schema exactly: {PERSON_SCHEMA}",
        "Bob is 41 years old.",
        '{"name": "Bob", "age": 41}',
    ),
    ("Extract the event information.", "Alice and Bob are going to a science fair on Friday.", '"Friday"'),
    ("", "Write a haiku about autumn.", ""),
    ("", "Tell me a joke about computers.", ""),
    ("", "Count from 1 to 50, one number per line.", "48\n49\n50"),
    ("", "Write the numbers from 1 to 100", "98, 99, 100"),
    ("", "ping", "pong"),
    ("", "こんにちは、元気ですか？", "。"),
    ("", "1から10まで数えてください", "8, 9, 10"),
    ("", "Explain everything you know about Kubernetes", "DaemonSet"),
    ("You are a calculator.", "What is 7 + 5?", "12"),
    ("", "Remember the number 4821. What is the number?", "4821"),
    ("", "What is Kubernetes?", "Kubernetes is"),
]
