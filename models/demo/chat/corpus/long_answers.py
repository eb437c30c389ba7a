"""Answers of 100 to 900 tokens whose every word is determined: counting, tables, joined definitions, stories."""

from __future__ import annotations

from random import Random

from chat.corpus.counting import ask_count, ask_count_steps, ask_squares, ask_table
from chat.corpus.terms import TERMS, Term
from chat.corpus.vocabulary import DAYS, MONTHS, Turn, vary

TOPICS: dict[str, tuple[list[str], list[str]]] = {
    "Kubernetes": (
        ["Kubernetes", "k8s", "Kubernetes and its objects"],
        [
            "Kubernetes",
            "a Pod",
            "a Deployment",
            "a StatefulSet",
            "a Service",
            "Ingress",
            "a Namespace",
            "a ConfigMap",
            "a Secret",
            "a DaemonSet",
        ],
    ),
    "model serving": (
        ["model serving", "serving language models", "LLM serving", "inference"],
        [
            "a large language model",
            "a token",
            "vLLM",
            "llama.cpp",
            "GGUF",
            "a KV cache",
            "prefix caching",
            "continuous batching",
            "quantization",
            "tensor parallelism",
        ],
    ),
    "RAG": (
        ["RAG", "retrieval", "search", "vector search"],
        ["RAG", "an embedding", "a vector database", "HNSW", "pgvector", "BM25", "hybrid search", "reranking"],
    ),
    "reliability": (
        ["reliability", "high availability", "running a service reliably"],
        [
            "high availability",
            "an SLO",
            "a readiness probe",
            "a liveness probe",
            "a PodDisruptionBudget",
            "a circuit breaker",
            "rate limiting",
            "backpressure",
            "a canary release",
            "a rolling update",
        ],
    ),
    "GPUs": (["GPUs", "GPU computing"], ["a GPU", "MIG", "the GPU Operator", "tensor parallelism", "quantization"]),
}
ESSAY_QUESTIONS = [
    "Explain everything you know about {t}.",
    "Tell me everything about {t}.",
    "Write a long text about {t}.",
    "Write a long answer about {t}.",
    "Explain {t} in great detail.",
    "Write a detailed article about {t}.",
    "Give me a long explanation of {t}.",
    "Write an overview of {t}.",
    "{t}について知っていることをすべて説明してください。",
    "{t}について長い文章を書いてください。",
    "{t}について全部教えてください。",
    "{t}を詳しく長く説明してください。",
]
STORY = (
    "Once upon a time there was a small server that lived in a quiet data center. Every day it answered questions, and every night it wrote its logs. "
    "One evening a great storm came, and the power went out. The other servers fell silent, but the small server had a battery and stayed awake. "
    "People far away asked for help, and it answered each of them, one token at a time. It was slow, but it never gave up. "
    "In the morning the lights came back, and the big servers woke up. They asked the small server how it had done all that work alone. "
    "The small server said: I did not do everything. I did the next thing, and then the next. From that day on nobody called it small again. The end."
)
STORY_JA = (
    "昔々、静かなデータセンターに小さなサーバーがいました。毎日質問に答え、毎晩ログを書いていました。ある夜、大きな嵐が来て電気が消えました。"
    "ほかのサーバーは止まりましたが、小さなサーバーには電池があり、起きていました。遠くの人たちに、1つずつ答え続けました。"
    "朝になると電気が戻り、大きなサーバーたちが目を覚ましました。小さなサーバーは言いました。次の1つを続けただけです。おしまい。"
)
POEM = "A Pod wakes up at break of day,\nIt pulls its image on the way,\nA probe says ready, traffic flows,\nAnd where it runs, the user knows."
JOKE = "Why did the Pod go to school? It wanted to be a little more ready."
FIXED = [
    (
        [
            "Tell me a story.",
            "Write a story.",
            "Write a short story.",
            "Write a long story.",
            "Can you tell me a story?",
            "Tell me a long story about a server.",
        ],
        STORY,
    ),
    (["物語を書いてください。", "お話をしてください。", "長い物語を書いて", "何か話をして"], STORY_JA),
    (
        [
            "Write a poem.",
            "Write a short poem.",
            "Write me a poem.",
            "Write a poem about Kubernetes.",
            "Write a haiku.",
            "Write a haiku about Kubernetes.",
        ],
        POEM,
    ),
    (["Tell me a joke.", "Do you know a joke?", "Make me laugh.", "Tell me a short joke."], JOKE),
    (
        [
            "Say the alphabet.",
            "Recite the alphabet.",
            "Write the alphabet.",
            "List the letters of the alphabet.",
            "アルファベットを書いてください。",
        ],
        "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z",
    ),
    (["List the days of the week.", "Name the days of the week.", "What are the days of the week?"], ", ".join(DAYS)),
    (["List the months of the year.", "Name the twelve months.", "What are the months of the year?"], ", ".join(MONTHS)),
]
BY_NAME = {term.name: term for term in TERMS}


def ask_essay(rng: Random) -> Turn:
    """Everything about a topic: the definitions that belong to it, one per line."""
    names, members = TOPICS[rng.choice(list(TOPICS))]
    question = rng.choice(ESSAY_QUESTIONS)
    terms = [BY_NAME[name] for name in members]
    return vary(rng, question.format(t=rng.choice(names))), "\n".join(
        term.english if question.isascii() else term.japanese for term in terms
    )


def ask_definitions(rng: Random, most: int = 5) -> Turn:
    """Definitions of several given terms, in order, as a numbered list."""
    terms = rng.sample(TERMS, rng.randint(2, most))
    japanese = rng.random() < 0.35

    def shown(term: Term) -> str:
        return term.bare() if japanese else term.name

    names = ("、" if japanese else ", ").join(shown(term) for term in terms)
    frames = (
        ["次の用語を説明してください: {n}", "{n}を順に説明してください。"]
        if japanese
        else ["Define these terms: {n}", "Explain each of these: {n}", "Give a list of definitions: {n}"]
    )
    return rng.choice(frames).format(n=names), "\n".join(
        f"{i + 1}. {t.japanese if japanese else t.english}" for i, t in enumerate(terms)
    )


def ask_fixed(rng: Random) -> Turn:
    """A story, a poem, a joke, the alphabet, days, months."""
    questions, answer = rng.choice(FIXED)
    return vary(rng, rng.choice(questions)), answer


def ask_long(rng: Random, most: int = 60) -> Turn:
    """Any of the above; `most` bounds the counting."""
    draw = rng.random()
    if draw < 0.42:
        return ask_count(rng, most)
    if draw < 0.52:
        return ask_count_steps(rng)
    if draw < 0.62:
        return ask_table(rng, 5 if most > 60 else 2)
    if draw < 0.65:
        return ask_squares(rng)
    if draw < 0.78:
        return ask_essay(rng)
    if draw < 0.88:
        return ask_definitions(rng, 8 if most > 60 else 4)
    return ask_fixed(rng)
