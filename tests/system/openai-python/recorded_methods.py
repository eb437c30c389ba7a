"""Which methods of the SDK a program calls, of those that there are on the resources that Kumiki serves."""

import functools
import inspect
from typing import Any

RESOURCES = (
    "chat.completions",
    "chat.completions.messages",
    "completions",
    "embeddings",
    "models",
    "responses",
    "responses.input_items",
    "responses.input_tokens",
    "conversations",
    "conversations.items",
    "files",
    "vector_stores",
    "vector_stores.files",
    "vector_stores.file_batches",
    "batches",
)


class RecordedMethods:
    """Notes each method that is called by the program itself, not by a helper of the SDK on its way."""

    def __init__(self, client: Any) -> None:
        self.known: set[str] = set()
        self.called: set[str] = set()
        self._depth = 0
        for path in RESOURCES:
            resource = functools.reduce(getattr, path.split("."), client)
            self._watch(type(resource), path)

    def _watch(self, resource: type, path: str) -> None:
        for name, method in inspect.getmembers(resource, inspect.isfunction):
            if name.startswith("_"):
                continue
            self.known.add(f"{path}.{name}")
            setattr(resource, name, self._recording(method, f"{path}.{name}"))

    def _recording(self, method: Any, name: str) -> Any:
        @functools.wraps(method)
        def recording(*args: Any, **given: Any) -> Any:
            if self._depth == 0:
                self.called.add(name)
            self._depth += 1
            try:
                return method(*args, **given)
            finally:
                self._depth -= 1

        return recording
