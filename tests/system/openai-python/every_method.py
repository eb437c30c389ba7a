"""
Calls every method of OpenAI's Python SDK on what Kumiki serves, as its users do. Prints a line of JSON for each check, and last
one of the methods that no check called. OPENAI_BASE_URL and OPENAI_API_KEY say where.
"""

import asyncio
import json
import time
import traceback
from typing import Callable, Literal

import openai
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel, Field

from recorded_methods import RecordedMethods

CHAT = "demo-chat"
EMBEDDING = "demo-embedding"
MESSAGES = [{"role": "user", "content": "What is a Pod?"}]
PATIENCE_SECONDS = 60

client = OpenAI(max_retries=0, timeout=PATIENCE_SECONDS)
methods = RecordedMethods(client)

Check = Callable[[], None]
checks: list[Check] = []


def check(function: Check) -> Check:
    checks.append(function)
    return function


class Person(BaseModel):
    name: str = Field(max_length=12)
    age: int = Field(ge=0, le=150)
    mood: Literal["calm", "busy"]


class Weather(BaseModel):
    """The weather of a city."""

    city: str = Field(max_length=12)
    unit: Literal["celsius", "fahrenheit"]


def until(what: str, is_so: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < limit, f"not in time: {what}"
        time.sleep(0.05)


def is_gone(ask: Callable[[], object]) -> None:
    try:
        ask()
    except openai.NotFoundError as error:
        assert error.code == "not_found", error
    else:
        raise AssertionError("what was deleted is still there")


def upload(text: str, name: str, purpose: str = "assistants"):
    return client.files.create(file=(name, text.encode()), purpose=purpose)


@check
def chat_completions() -> None:
    whole = client.chat.completions.create(model=CHAT, messages=MESSAGES, temperature=0, max_completion_tokens=24)
    assert whole.choices[0].message.content and whole.usage.total_tokens > 0
    with_usage = {"include_usage": True}
    chunks = client.chat.completions.create(
        model=CHAT, messages=MESSAGES, temperature=0, max_completion_tokens=24, stream=True, stream_options=with_usage
    )
    parts = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(parts) == whole.choices[0].message.content
    with client.chat.completions.stream(model=CHAT, messages=MESSAGES, temperature=0) as stream:
        assert any(event.type == "content.delta" for event in stream)
        final = stream.get_final_completion().choices[0]
        assert final.finish_reason == "stop" and final.message.content.startswith(whole.choices[0].message.content)
    raw = client.chat.completions.with_raw_response.create(model=CHAT, messages=MESSAGES, max_tokens=1)
    assert raw.headers["x-request-id"] and raw.parse().id


@check
def chat_tools() -> None:
    tool = openai.pydantic_function_tool(Weather)
    asked = [{"role": "user", "content": "What is the weather in Paris?"}]
    answer = client.chat.completions.parse(
        model=CHAT, messages=asked, tools=[tool], tool_choice="required", temperature=0, max_completion_tokens=128
    )
    call = answer.choices[0].message.tool_calls[0]
    assert isinstance(call.function.parsed_arguments, Weather), call
    told = [
        *asked,
        answer.choices[0].message.to_dict(),
        {"role": "tool", "tool_call_id": call.id, "content": "Sunny."},
    ]
    after = client.chat.completions.create(model=CHAT, messages=told, tools=[tool], tool_choice="none", max_tokens=16)
    assert after.choices[0].message.content


@check
def chat_structured_outputs() -> None:
    asked = [{"role": "user", "content": "Make up a person."}]
    answer = client.chat.completions.parse(
        model=CHAT, messages=asked, response_format=Person, temperature=0, max_completion_tokens=128
    )
    assert isinstance(answer.choices[0].message.parsed, Person)


@check
def completions() -> None:
    whole = client.completions.create(model=CHAT, prompt="A gateway is", temperature=0, max_tokens=8)
    chunks = client.completions.create(model=CHAT, prompt="A gateway is", temperature=0, max_tokens=8, stream=True)
    assert "".join(chunk.choices[0].text for chunk in chunks if chunk.choices) == whole.choices[0].text


@check
def embeddings() -> None:
    both = client.embeddings.create(model=EMBEDDING, input=["a cat", "a dog"])
    assert [one.index for one in both.data] == [0, 1] and len(both.data[0].embedding) > 0
    plain = client.embeddings.create(model=EMBEDDING, input="a cat", encoding_format="float")
    pairs = zip(plain.data[0].embedding, both.data[0].embedding, strict=True)
    assert all(abs(a - b) < 1e-5 for a, b in pairs)


@check
def models() -> None:
    assert {CHAT, EMBEDDING} <= {model.id for model in client.models.list()}
    assert client.models.retrieve(CHAT).id == CHAT


@check
def responses() -> None:
    whole = client.responses.create(model=CHAT, input="What is a Pod?", temperature=0, max_output_tokens=24)
    assert whole.status in ("completed", "incomplete") and whole.output_text
    assert client.responses.retrieve(whole.id).output_text == whole.output_text
    items = list(client.responses.input_items.list(whole.id))
    assert items[0].content[0].text == "What is a Pod?"
    assert client.responses.input_tokens.count(model=CHAT, input="What is a Pod?").input_tokens > 0
    events = list(client.responses.create(model=CHAT, input="What is a Pod?", temperature=0, stream=True))
    assert events[0].type == "response.created" and events[-1].type == "response.completed", events[-1]
    again = list(client.responses.retrieve(events[-1].response.id, stream=True, starting_after=1))
    assert [event.sequence_number for event in again] == [event.sequence_number for event in events[2:]]
    with client.responses.stream(model=CHAT, input="What is a Pod?", temperature=0) as stream:
        stream.until_done()
        assert stream.get_final_response().output_text
    client.responses.delete(whole.id)
    is_gone(lambda: client.responses.retrieve(whole.id))


@check
def responses_structured_outputs() -> None:
    answer = client.responses.parse(model=CHAT, input="Make up a person.", text_format=Person, temperature=0)
    assert isinstance(answer.output_parsed, Person)
    tool = openai.pydantic_function_tool(Weather)["function"]
    called = client.responses.create(
        model=CHAT,
        input="What is the weather in Paris?",
        tools=[{"type": "function", **tool}],
        tool_choice="required",
        temperature=0,
    )
    call = next(item for item in called.output if item.type == "function_call")
    Weather.model_validate_json(call.arguments)
    told = {"type": "function_call_output", "call_id": call.call_id, "output": "Sunny."}
    assert client.responses.create(model=CHAT, previous_response_id=called.id, input=[told]).status == "completed"


@check
def background_responses() -> None:
    begun = client.responses.create(model=CHAT, input="Count from 1 to 50", background=True)
    assert client.responses.cancel(begun.id).status in ("cancelled", "completed")
    until("it has ended", lambda: client.responses.retrieve(begun.id).status in ("cancelled", "completed"))


@check
def conversations() -> None:
    made = client.conversations.create(metadata={"a": "1"}, items=[{"role": "user", "content": "Hello"}])
    assert client.conversations.retrieve(made.id).metadata == {"a": "1"}
    assert client.conversations.update(made.id, metadata={"a": "2"}).metadata == {"a": "2"}
    added = client.conversations.items.create(made.id, items=[{"role": "user", "content": "Once more"}])
    item = added.data[0]
    assert client.conversations.items.retrieve(item.id, conversation_id=made.id).id == item.id
    assert len(list(client.conversations.items.list(made.id, limit=1))) == 2
    client.conversations.items.delete(item.id, conversation_id=made.id)
    is_gone(lambda: client.conversations.items.retrieve(item.id, conversation_id=made.id))
    answer = client.responses.create(model=CHAT, conversation=made.id, input="What is a Pod?", max_output_tokens=8)
    assert answer.conversation.id == made.id
    assert client.conversations.delete(made.id).deleted
    is_gone(lambda: client.conversations.retrieve(made.id))


@check
def files() -> None:
    file = upload("A Pod holds containers.\n", "pod.md")
    assert client.files.retrieve(file.id).filename == "pod.md"
    assert client.files.wait_for_processing(file.id, max_wait_seconds=PATIENCE_SECONDS).status == "processed"
    assert file.id in {one.id for one in client.files.list(limit=1, purpose="assistants")}
    assert client.files.content(file.id).read() == b"A Pod holds containers.\n"
    assert client.files.delete(file.id).deleted
    is_gone(lambda: client.files.retrieve(file.id))


@check
def vector_stores() -> None:
    store = client.vector_stores.create(name="handbook", metadata={"a": "1"})
    assert client.vector_stores.retrieve(store.id).name == "handbook"
    assert client.vector_stores.update(store.id, name="guide").name == "guide"
    assert store.id in {one.id for one in client.vector_stores.list(limit=1)}
    inside = client.vector_stores.files
    first = inside.upload_and_poll(vector_store_id=store.id, file=("pod.md", b"A Pod holds containers.\n"))
    assert first.status == "completed", first.last_error
    second = inside.create(store.id, file_id=upload("Nodes run Pods.\n", "node.md").id, attributes={"kind": "node"})
    assert inside.poll(second.id, vector_store_id=store.id).status == "completed"
    third = inside.create_and_poll(upload("Trains run on rails.\n", "train.md").id, vector_store_id=store.id)
    fourth = inside.upload(vector_store_id=store.id, file=("sea.md", b"The sea is blue.\n"))
    assert inside.retrieve(third.id, vector_store_id=store.id).status == "completed"
    inside.update(second.id, vector_store_id=store.id, attributes={"kind": "machine"})
    listed = {one.id for one in inside.list(store.id, limit=2)}
    assert listed == {first.id, second.id, third.id, fourth.id}
    assert "containers" in "".join(part.text for part in inside.content(first.id, vector_store_id=store.id))
    machines = {"type": "eq", "key": "kind", "value": "machine"}
    found = client.vector_stores.search(store.id, query="What runs Pods?", filters=machines)
    assert [one.filename for one in found] == ["node.md"]
    tool = {"type": "file_search", "vector_store_ids": [store.id]}
    answer = client.responses.create(model=CHAT, input="What is a Pod?", tools=[tool], include=["file_search_call.results"])
    assert answer.output[0].type == "file_search_call" and answer.output[0].results
    assert inside.delete(first.id, vector_store_id=store.id).deleted
    is_gone(lambda: inside.retrieve(first.id, vector_store_id=store.id))
    assert client.vector_stores.delete(store.id).deleted
    is_gone(lambda: client.vector_stores.retrieve(store.id))


@check
def vector_store_file_batches() -> None:
    store = client.vector_stores.create(name="batches")
    together = client.vector_stores.file_batches
    ids = [upload(f"Text {number}.\n", f"{number}.txt").id for number in range(3)]
    made = together.create(store.id, file_ids=ids[:1])
    assert together.retrieve(made.id, vector_store_id=store.id).id == made.id
    assert together.poll(made.id, vector_store_id=store.id).status == "completed"
    assert [one.id for one in together.list_files(made.id, vector_store_id=store.id)] == ids[:1]
    more = together.create_and_poll(store.id, file_ids=ids[1:2])
    assert more.file_counts.completed == 1
    raw = [("a.txt", b"One.\n"), ("b.txt", b"Two.\n")]
    assert together.upload_and_poll(store.id, files=raw).file_counts.completed == 2
    last = together.create(store.id, file_ids=ids[2:])
    # It may have been done before.
    try:
        assert together.cancel(last.id, vector_store_id=store.id).status in ("cancelled", "completed")
    except openai.ConflictError:
        assert together.retrieve(last.id, vector_store_id=store.id).status == "completed"
    client.vector_stores.delete(store.id)


@check
def batches() -> None:
    body = {"model": CHAT, "messages": MESSAGES, "max_completion_tokens": 4}
    line = {"custom_id": "one", "method": "POST", "url": "/v1/chat/completions", "body": body}
    given = upload(f"{json.dumps(line)}\n", "lines.jsonl", "batch").id

    def make():
        return client.batches.create(input_file_id=given, endpoint="/v1/chat/completions", completion_window="24h")

    made = make()
    assert made.id in {batch.id for batch in client.batches.list(limit=1)}
    until("the batch has ended", lambda: client.batches.retrieve(made.id).status == "completed")
    result = client.files.content(client.batches.retrieve(made.id).output_file_id).text
    assert json.loads(result)["response"]["status_code"] == 200
    other = make()
    try:
        assert client.batches.cancel(other.id).status in ("cancelling", "cancelled", "completed")
    except openai.ConflictError:
        assert client.batches.retrieve(other.id).status == "completed"


@check
def errors() -> None:
    try:
        OpenAI(api_key="kmk_nonsense", max_retries=0).models.list()
    except openai.AuthenticationError as error:
        assert error.code == "invalid_api_key" and error.request_id
    try:
        client.chat.completions.create(model=CHAT, messages=MESSAGES, temperature=9)
    except openai.BadRequestError as error:
        assert error.param == "temperature"
    else:
        raise AssertionError("a temperature of 9 was taken")


@check
def asynchronous() -> None:
    async def ask() -> str:
        async with AsyncOpenAI(max_retries=0) as asking:
            stream = await asking.responses.create(model=CHAT, input="What is a Pod?", max_output_tokens=8, stream=True)
            return [event.type async for event in stream][-1]

    assert asyncio.run(ask()) in ("response.completed", "response.incomplete")


# What OpenAI stores or trains for its users, and Kumiki does not.
NOT_SERVED: dict[str, Callable[[], object]] = {
    "chat.completions.retrieve": lambda: client.chat.completions.retrieve("chatcmpl-none"),
    "chat.completions.list": lambda: client.chat.completions.list(),
    "chat.completions.update": lambda: client.chat.completions.update("chatcmpl-none", metadata={}),
    "chat.completions.delete": lambda: client.chat.completions.delete("chatcmpl-none"),
    "chat.completions.messages.list": lambda: client.chat.completions.messages.list("chatcmpl-none"),
    "models.delete": lambda: client.models.delete("none"),
    "responses.compact": lambda: client.responses.compact(model=CHAT, input="What is a Pod?"),
}

# A web socket, and an old name of another method.
NOT_CALLED = {"responses.connect", "files.retrieve_content"}


@check
def what_is_not_served_says_so() -> None:
    for name, call in NOT_SERVED.items():
        try:
            call()
        except openai.APIStatusError as error:
            assert error.status_code in (404, 405), f"{name}: {error}"
        else:
            raise AssertionError(f"{name} is served: call it in a check of its own")


for one in checks:
    started = time.monotonic()
    failure = None
    try:
        one()
    except Exception:
        failure = traceback.format_exc()
    print(json.dumps({"check": one.__name__, "seconds": time.monotonic() - started, "failure": failure}), flush=True)
print(json.dumps({"uncalled": sorted(methods.known - methods.called - NOT_CALLED)}), flush=True)
