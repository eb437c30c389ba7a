"""Queries written by hand, none of them made from the templates of the training pairs."""

# (query, name of the term that it describes)
TERM_QUERIES = [
    ("smallest unit that holds containers", "a Pod"),
    ("replace images step by step keeping identical copies", "a Deployment"),
    ("run a database with its own disk", "a StatefulSet"),
    ("stable address that spreads requests", "a Service"),
    ("where do I keep passwords safely", "a Secret"),
    ("run one copy on every machine", "a DaemonSet"),
    ("limit how many may be down during node upgrades", "a PodDisruptionBudget"),
    ("scale to zero when the queue is empty", "KEDA"),
    ("store of the cluster state", "etcd"),
    ("templates and values.yaml", "Helm"),
    ("fast GPU inference server with PagedAttention", "vLLM"),
    ("single file holding weights and tokenizer", "GGUF"),
    ("numbers that represent meaning", "an embedding"),
    ("answer from my own documents", "RAG"),
    ("reuse shared system prompt to get first word sooner", "prefix caching"),
    ("store weights with fewer bits", "quantization"),
    ("small extra matrices to fine tune one base model", "LoRA"),
    ("split a layer across several GPUs", "tensor parallelism"),
    ("make answers less random", "temperature"),
    ("largest number of tokens at once", "a context window"),
    ("make an image from noise", "a diffusion model"),
    ("share one NVIDIA card safely", "MIG"),
    ("follow a request through many services", "OpenTelemetry"),
    ("how long until the first word appears", "time to first token"),
    ("keep working when one zone fails", "high availability"),
    ("stop sending traffic to a broken backend", "a circuit breaker"),
    ("one user must not starve the others", "rate limiting"),
    ("try the new version with a few users first", "a canary release"),
    ("text that makes the model ignore its instructions", "prompt injection"),
    ("rank by shared rare words", "BM25"),
    ("パスワードを保存する場所", "a Secret"),
    ("すべてのマシンで1つずつ動かす", "a DaemonSet"),
    ("クラスタの状態を保存する", "etcd"),
    ("メモリを減らすために少ないビットで保存", "quantization"),
    ("ノイズから画像を作る", "a diffusion model"),
    ("最初の文字が出るまでの待ち時間", "time to first token"),
    ("新しい版を少しだけ公開する", "a canary release"),
    ("手元の文書に基づいて答える", "RAG"),
    ("1枚のGPUを分けて使う", "MIG"),
    ("壊れたバックエンドへの送信を止める", "a circuit breaker"),
    ("意味を表す数値", "an embedding"),
    ("トークンを順に送る方式", "SSE"),
    ("壊れてもサービスが動き続ける", "high availability"),
    ("指示を無視させる文章", "prompt injection"),
    ("パッケージ管理", "Helm"),
    ("レプリカを自動で増減", "the HorizontalPodAutoscaler"),
]
# The same with almost no word in common with the definition.
SYNONYM_QUERIES = [
    ("credentials vault", "a Secret"),
    ("nightly crash loop reboot of hung process", "a liveness probe"),
    ("cheaper weights with int8", "quantization"),
    ("picture synthesis", "a diffusion model"),
    ("jailbreak attack in retrieved web page", "prompt injection"),
    ("gradual rollout to 5 percent of visitors", "a canary release"),
    ("uptime during an outage", "high availability"),
    ("quota per customer", "rate limiting"),
    ("latency before streaming begins", "time to first token"),
    ("adapters for fine-tuning", "LoRA"),
    ("model does not fit on one card", "tensor parallelism"),
    ("semantic similarity numbers", "an embedding"),
    ("order results again with a better scorer", "reranking"),
    ("elastic autoscaling on CPU", "the HorizontalPodAutoscaler"),
    ("distributed tracing", "OpenTelemetry"),
    ("permissions for users", "RBAC"),
    ("S3 bucket for generated pictures", "object storage"),
    ("creativity of output", "temperature"),
    ("zero downtime upgrade", "a rolling update"),
    ("chart installer", "Helm"),
    ("overload protection when queue is full", "backpressure"),
    ("moderation of harmful prompts", "a guardrail"),
    ("multi-turn message formatting", "a chat template"),
    ("isolate teams inside one cluster", "a Namespace"),
]
# (document, query) about subjects that training never mentions.
OTHER_SUBJECTS = [
    (
        "Employees may take twenty days of paid leave each year. Unused days expire in March.",
        "how much vacation do I get per year",
    ),
    (
        "To claim travel expenses, upload the receipt within thirty days and choose the cost centre.",
        "submitting receipts for a business trip",
    ),
    (
        "Simmer the tomatoes with garlic and basil for twenty minutes, then stir in the cooked pasta.",
        "how long should the tomato sauce cook",
    ),
    (
        "The museum is closed on Mondays. Tickets cost twelve euros and children enter free.",
        "ticket price for the museum",
    ),
    (
        "The Great Wall was built over many centuries to protect the northern border.",
        "why was the Great Wall built",
    ),
    (
        "Photosynthesis turns sunlight, water and carbon dioxide into sugar and oxygen.",
        "how do plants make sugar from sunlight",
    ),
    (
        "Press the reset button for ten seconds until the router light turns orange.",
        "router reset procedure",
    ),
    (
        "The warranty covers manufacturing defects for two years but not accidental damage.",
        "is accidental damage covered",
    ),
    (
        "Our office is on the fourth floor, next to the central station.",
        "where is the office located",
    ),
    (
        "Invoices are paid within forty-five days of receipt unless agreed otherwise.",
        "when are invoices paid",
    ),
    (
        "Visitors must wear a badge and be accompanied at all times.",
        "visitor badge rules",
    ),
    (
        "The train to the airport leaves every fifteen minutes from platform three.",
        "which platform for the airport train",
    ),
    (
        "Bees communicate the direction of flowers with a waggle dance.",
        "how bees tell each other about flowers",
    ),
    (
        "Change the oil filter every ten thousand kilometres and check the brakes yearly.",
        "car oil filter interval",
    ),
    (
        "The violin has four strings tuned in fifths.",
        "tuning of violin strings",
    ),
    (
        "A healthy adult heart beats sixty to one hundred times per minute at rest.",
        "normal resting heart rate",
    ),
    (
        "Passwords must have at least twelve characters and are changed when compromised.",
        "minimum password length",
    ),
    (
        "The contract may be ended by either party with three months written notice.",
        "how to terminate the contract",
    ),
    (
        "Store the vaccine between two and eight degrees and never freeze it.",
        "vaccine storage temperature",
    ),
    (
        "Glaciers move slowly downhill under their own weight.",
        "what makes glaciers move",
    ),
    (
        "有給休暇は年に20日です。使わなかった日は3月に消えます。",
        "休暇は何日もらえますか",
    ),
    (
        "出張の経費は、領収書を30日以内に提出してください。",
        "領収書の提出期限",
    ),
    (
        "博物館は月曜日が休みです。入場料は1200円です。",
        "博物館の入場料はいくら",
    ),
    (
        "空港行きの電車は3番線から15分ごとに出ます。",
        "空港へ行く電車のホーム",
    ),
    (
        "ルーターのランプが橙色になるまでボタンを10秒押してください。",
        "ルーターをリセットする方法",
    ),
    (
        "保証期間は2年ですが、落下による故障は対象外です。",
        "落として壊れた場合の保証",
    ),
    (
        "請求書は受け取りから45日以内に支払います。",
        "請求書の支払い時期",
    ),
    (
        "来訪者は名札を付け、必ず社員が同行します。",
        "来訪者の名札について",
    ),
    (
        "契約は3か月前の書面による通知で終了できます。",
        "契約を終了する手続き",
    ),
    (
        "ワクチンは2度から8度で保管し、凍らせないでください。",
        "ワクチンの保管温度",
    ),
]
