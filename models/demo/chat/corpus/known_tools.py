"""Tools with natural requests, in English and Japanese: those of this product, of documentation, and of probes."""

from __future__ import annotations

from random import Random

from chat.corpus.terms import TERMS
from chat.corpus.tool_shapes import Tool, amount, choice, text, whole
from chat.corpus.vocabulary import NAMES, THINGS, city, date, invented, letters, service


def place(rng: Random) -> str:
    """A city, at times with its country code."""
    return city(rng) + (", " + rng.choice(["CA", "MA", "NY", "UK", "FR", "JP"]) if rng.random() < 0.12 else "")


def email(rng: Random) -> str:
    """A mail address at a reserved domain."""
    return f"{rng.choice(NAMES).lower()}@{invented(rng)}.example"


UNITS = ["celsius", "fahrenheit"]
LANGUAGES = ["French", "German", "Spanish", "Japanese", "English", "Italian", "Korean"]
CURRENCIES = ["USD", "EUR", "JPY", "GBP", "CHF"]
WEATHER_REQUESTS = [
    "What is the weather in {%}?",
    "How is the weather in {%} today?",
    "weather {%}",
    "{%}の天気は？",
    "What's the weather in {%}?",
    "What's the weather like in {%}?",
    "What is the weather like in {%} today?",
    "Tell me the weather in {%}.",
    "Is it raining in {%}?",
    "What is the temperature in {%}?",
    "Weather in {%}",
    "{%}の天気を教えてください。",
    "Get the weather for {%}.",
    "How hot is it in {%}?",
]


def weather(name: str, parameter: str, unit: bool) -> Tool:
    """One of the many weather functions of documentation and probes."""
    parameters = [text(parameter, place, place_description(parameter))]
    requests = [request.replace("%", parameter) for request in WEATHER_REQUESTS]
    if unit:
        parameters.append(choice("unit", UNITS, None, False))
        requests += [f"What is the weather in {{{parameter}}} in {{unit}}?", f"Weather in {{{parameter}}}, in {{unit}} please."]
    return Tool(
        name, "Get the weather of a city" if not unit else "Get the current weather in a given location", parameters, requests
    )


def place_description(parameter: str) -> str:
    """What such functions say about their place parameter."""
    return "The city and state, e.g. San Francisco, CA" if parameter == "location" else "The name of the city"


TOOLS = [
    weather("get_weather", "city", False),
    weather("get_weather", "location", False),
    weather("get_weather", "location", True),
    weather("get_current_weather", "location", True),
    weather("weather", "city", True),
    weather("lookup_weather", "place", False),
    Tool(
        "scale_deployment",
        "Scale a deployment",
        [text("name", service)],
        ["Scale {name} up", "Please scale {name}", "{name}をスケールして"],
    ),
    Tool(
        "scale",
        "Set the number of replicas",
        [text("name", service), whole("replicas", 1, 40)],
        [
            "Scale {name} to {replicas} replicas",
            "Set {name} to {replicas} replicas.",
            "{name}を{replicas}台にして",
            "Please run {replicas} replicas of {name}.",
        ],
    ),
    Tool(
        "get_pod_logs",
        "Get the logs of a pod",
        [text("pod", lambda rng: f"{service(rng)}-{rng.randint(0, 9)}")],
        ["Show the logs of {pod}", "Get logs for {pod}", "{pod}のログを見せて"],
    ),
    Tool(
        "restart_service",
        "Restart a service",
        [text("name", service)],
        ["Restart {name}", "Please restart {name} now", "{name}を再起動して"],
    ),
    Tool(
        "search_docs",
        "Search the documents",
        [text("query", lambda rng: rng.choice(TERMS).name)],
        ["Search the docs for {query}", "Find documents about {query}", "{query}の文書を検索して"],
    ),
    Tool(
        "web_search",
        "Search the web",
        [text("query", lambda rng: " ".join(invented(rng) for _ in range(rng.randint(1, 4))))],
        ["Search the web for {query}", "Look up {query}", "Search for {query}", "Google {query}"],
    ),
    Tool(
        "get_gpu_usage",
        "Get the GPU usage of a node",
        [text("node", lambda rng: f"node-{rng.randint(1, 99)}")],
        ["How busy is {node}?", "GPU usage of {node}", "{node}のGPU使用率は？"],
    ),
    Tool(
        "get_time",
        "Get the current time",
        [text("city", city)],
        ["What time is it in {city}?", "Current time in {city}", "{city}は今何時？"],
    ),
    Tool(
        "get_current_time",
        "Get the time in a timezone",
        [text("timezone", lambda rng: "Asia/" + city(rng).replace(" ", "_"))],
        ["What time is it in {timezone}?", "Time in {timezone}?"],
    ),
    Tool(
        "add",
        "Add two numbers",
        [whole("a"), whole("b")],
        ["Add {a} and {b}.", "What is {a} plus {b}?", "What is {a} + {b}?", "{a}と{b}を足して"],
    ),
    Tool(
        "multiply",
        "Multiply two numbers",
        [whole("a"), whole("b")],
        ["Multiply {a} by {b}.", "What is {a} times {b}?", "What is {a} * {b}?"],
    ),
    Tool(
        "calculate",
        "Evaluate an expression",
        [text("expression", lambda rng: f"{rng.randint(1, 999)} {rng.choice('+-*/')} {rng.randint(1, 999)}")],
        ["Calculate {expression}", "What is {expression}?", "Compute {expression}.", "{expression}を計算して"],
    ),
    Tool(
        "send_email",
        "Send an email",
        [text("to", email), text("subject", lambda rng: f"{invented(rng)} {rng.choice(THINGS)}")],
        ["Send an email to {to} with the subject {subject}", "Email {to} about {subject}", "{to}に件名{subject}でメールして"],
    ),
    Tool(
        "get_stock_price",
        "Get a stock price",
        [text("symbol", lambda rng: letters(rng)[:4].upper())],
        ["What is the stock price of {symbol}?", "Price of {symbol}", "{symbol}の株価は？"],
    ),
    Tool(
        "translate",
        "Translate text",
        [text("text", lambda rng: f"{invented(rng)} {invented(rng)}"), choice("language", LANGUAGES)],
        ["Translate {text} to {language}", 'Translate "{text}" into {language}.', "How do you say {text} in {language}?"],
    ),
    Tool(
        "convert_currency",
        "Convert money",
        [amount("amount"), choice("from", CURRENCIES), choice("to", CURRENCIES)],
        ["Convert {amount} {from} to {to}", "How much is {amount} {from} in {to}?"],
    ),
    Tool(
        "create_event",
        "Create a calendar event",
        [
            text("title", lambda rng: f"{invented(rng)} {rng.choice(['meeting', 'review', 'lunch', 'call'])}"),
            text("date", date),
        ],
        ["Create an event {title} on {date}", "Schedule {title} for {date}", "{date}に{title}を入れて"],
    ),
    Tool(
        "get_user",
        "Find a user",
        [whole("id", 1, 99999)],
        ["Find user {id}", "Show me the user with id {id}", "ユーザー{id}を表示して"],
    ),
    Tool(
        "set_light",
        "Switch a light",
        [
            text("room", lambda rng: rng.choice(["kitchen", "office", "bedroom", "garage", "hall"])),
            choice("state", ["on", "off"]),
        ],
        ["Turn {state} the light in the {room}", "Turn the {room} light {state}"],
    ),
    Tool(
        "book_flight",
        "Book a flight",
        [text("origin", city), text("destination", city)],
        ["Book a flight from {origin} to {destination}", "I want to fly from {origin} to {destination}."],
    ),
]
