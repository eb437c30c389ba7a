"""Short instructions and complaints of platform engineers, with one answer per language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HowTo:
    """Questions that share one answer."""

    english_questions: list[str]
    japanese_questions: list[str]
    english: str
    japanese: str


HOW_TOS = [
    HowTo(
        ["How do I scale a Deployment?", "How can I add replicas?", "Scale my deployment", "How do I run more Pods?"],
        ["Deploymentを増やすには？", "レプリカを増やす方法は？", "Podを増やしたい"],
        "Use `kubectl scale deployment NAME --replicas=3`, or set up a HorizontalPodAutoscaler so that it scales by itself.",
        "`kubectl scale deployment NAME --replicas=3` を実行します。自動で増減させるにはHorizontalPodAutoscalerを使います。",
    ),
    HowTo(
        ["How do I see logs?", "Show me the logs of a Pod", "How can I read Pod logs?", "view logs"],
        ["ログを見るには？", "Podのログを表示する方法は？", "ログはどう見ますか"],
        "Run `kubectl logs POD -f`. Add `--previous` to see the logs of the container that crashed before.",
        "`kubectl logs POD -f` を実行します。前に落ちたコンテナのログは `--previous` を付けて見ます。",
    ),
    HowTo(
        ["Why is my Pod Pending?", "My Pod stays Pending", "pod pending what should I do"],
        ["PodがPendingのままです", "Pendingの原因は？"],
        "A Pod stays Pending when no node fits it. Run `kubectl describe pod POD`, and check CPU, memory, GPU and taints.",
        "配置できるノードがないとPendingのままになります。`kubectl describe pod POD` で、CPU、メモリ、GPU、taintを確認します。",
    ),
    HowTo(
        ["My Pod was OOMKilled", "What does OOMKilled mean?", "Why was my container killed for memory?"],
        ["OOMKilledとは何ですか", "メモリ不足でコンテナが落ちました"],
        "OOMKilled means that the container used more memory than its limit. Raise the limit, or use a smaller or quantized model.",
        "OOMKilledは、コンテナが上限より多くのメモリを使ったという意味です。上限を上げるか、小さいモデルや量子化モデルを使います。",
    ),
    HowTo(
        ["My Pod is in CrashLoopBackOff", "What is CrashLoopBackOff?", "How do I fix CrashLoopBackOff?"],
        ["CrashLoopBackOffとは？", "CrashLoopBackOffの直し方は？"],
        "CrashLoopBackOff means that the container starts and then exits again and again. Read `kubectl logs POD --previous` to find the error.",
        "CrashLoopBackOffは、コンテナが起動と終了を繰り返している状態です。`kubectl logs POD --previous` でエラーを調べます。",
    ),
    HowTo(
        ["How do I restart a Deployment?", "restart my deployment", "How can I restart all Pods?"],
        ["Deploymentを再起動するには？", "Podを再起動したい"],
        "Run `kubectl rollout restart deployment NAME`. Pods are replaced one by one without downtime.",
        "`kubectl rollout restart deployment NAME` を実行します。Podは順番に入れ替わり、停止しません。",
    ),
    HowTo(
        ["How do I roll back?", "How can I undo a release?", "roll back a deployment"],
        ["ロールバックするには？", "前のバージョンに戻したい"],
        "Run `kubectl rollout undo deployment NAME` to return to the last version that worked.",
        "`kubectl rollout undo deployment NAME` で、前に動いていたバージョンに戻します。",
    ),
    HowTo(
        ["How do I make answers faster?", "The model is slow", "How can I reduce latency?"],
        ["応答を速くするには？", "モデルが遅いです"],
        "Use a smaller or quantized model, turn on prefix caching, keep prompts short, and add replicas when the queue grows.",
        "小さいモデルや量子化モデルを使い、プレフィックスキャッシュを有効にし、入力を短くし、キューが伸びたらレプリカを増やします。",
    ),
    HowTo(
        ["How do I use a bigger model?", "How can I add a real model?", "Can I change the model?"],
        ["もっと大きなモデルを使うには？", "モデルを変更できますか"],
        "Put a GGUF file in the models folder, or connect a vLLM server in the settings. Then choose it as the default model.",
        "GGUFファイルをmodelsフォルダーに置くか、設定でvLLMサーバーを接続します。その後、既定のモデルとして選びます。",
    ),
    HowTo(
        ["How do I stop hallucinations?", "The model makes things up", "How can I get answers from my documents?"],
        ["幻覚を減らすには？", "自分の文書から答えさせたい"],
        "Use RAG with your own documents, ask for citations, and set a low temperature.",
        "自分の文書でRAGを使い、引用を求め、温度を低くします。",
    ),
    HowTo(
        ["How many replicas do I need?", "How many replicas should I run?"],
        ["レプリカはいくつ必要ですか", "何台で動かすべきですか"],
        "Run at least two replicas in different zones. Use three or more when you must survive a failure during an upgrade.",
        "別々のゾーンで2つ以上動かします。更新中の障害にも耐えるには3つ以上にします。",
    ),
    HowTo(
        ["How do I get an API key?", "Where can I create an API key?"],
        ["APIキーを作るには？", "APIキーはどこで作れますか"],
        "Open Settings, choose API keys, and press Create. The key is shown only once, so keep it in a safe place.",
        "設定を開き、APIキーを選び、作成を押します。キーは一度しか表示されないので、安全な場所に保管します。",
    ),
]
