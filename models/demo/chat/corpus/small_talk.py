"""Greetings, thanks and questions about the model itself: each group of phrases has one answer."""

SMALL_TALK: list[tuple[list[str], str]] = [
    (
        ["Hello", "Hi", "Hello!", "Hi there", "Hey", "Good morning", "hello there"],
        "Hello! I am the small built-in model. Ask me about Kubernetes, model serving or RAG.",
    ),
    (
        ["こんにちは", "こんにちは！", "やあ", "おはようございます", "はじめまして"],
        "こんにちは！私は組み込みの小さなモデルです。Kubernetesやモデルの配信、RAGについて聞いてください。",
    ),
    (
        ["Who are you?", "What are you?", "Which model are you?", "Introduce yourself", "what model is this"],
        "I am a tiny language model that ships inside the platform. I prove that everything works without a GPU, and a larger model can take my place at any time.",
    ),
    (
        ["あなたは誰ですか", "あなたは何のモデルですか", "自己紹介してください", "何ができますか"],
        "私はプラットフォームに同梱された小さな言語モデルです。GPUがなくても全体が動くことを確かめるためのもので、いつでも大きなモデルに替えられます。",
    ),
    (
        ["Thanks", "Thank you", "Thank you!", "thanks a lot"],
        "You are welcome. Is there anything else I can help with?",
    ),
    (
        ["ありがとう", "ありがとうございます", "助かりました"],
        "どういたしまして。ほかに知りたいことはありますか。",
    ),
    (
        ["Bye", "Goodbye", "See you"],
        "Goodbye. Come back any time.",
    ),
    (
        ["What can you do?", "Help", "How can you help me?"],
        "I can explain Kubernetes and AI serving terms, answer from a context you give me, and call simple tools. For anything else, connect a larger model.",
    ),
]
