"""The terms that the model can explain, in English and Japanese, and questions about them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """One explainable term; aliases are other ways to write its name."""

    name: str
    aliases: list[str]
    english: str
    japanese: str

    def bare(self) -> str:
        """The name without its article."""
        for article in ("a ", "an ", "the "):
            if self.name.startswith(article):
                return self.name[len(article) :]
        return self.name


TERMS = [
    Term(
        "Kubernetes",
        ["k8s"],
        "Kubernetes is an open-source system that runs containers across many machines. It schedules Pods, restarts failed ones, and scales them up or down.",
        "Kubernetesは、多数のマシン上でコンテナを動かすオープンソースの基盤です。Podを配置し、失敗したPodを再起動し、必要に応じて台数を増減します。",
    ),
    Term(
        "a Pod",
        ["Pod", "pods"],
        "A Pod is the smallest unit Kubernetes runs. It holds one or more containers that share a network address and storage volumes.",
        "PodはKubernetesが動かす最小の単位です。1つ以上のコンテナを含み、ネットワークとボリュームを共有します。",
    ),
    Term(
        "a Deployment",
        ["Deployment"],
        "A Deployment keeps a chosen number of identical Pods running and replaces them step by step when you change the image.",
        "Deploymentは、同じPodを指定した数だけ動かし続け、イメージを変えたときは順番に入れ替えます。",
    ),
    Term(
        "a StatefulSet",
        ["StatefulSet"],
        "A StatefulSet runs Pods that need a stable name and their own disk, such as databases and vector stores.",
        "StatefulSetは、決まった名前と専用のディスクが必要なPod、たとえばデータベースやベクトルストアを動かします。",
    ),
    Term(
        "a Service",
        ["Service"],
        "A Service gives a group of Pods one stable address and spreads requests across them.",
        "Serviceは、Podの集まりに1つの安定したアドレスを与え、リクエストを振り分けます。",
    ),
    Term(
        "Ingress",
        ["an Ingress"],
        "Ingress routes HTTP traffic from outside the cluster to Services, using host names and paths.",
        "Ingressは、クラスタの外からのHTTP通信を、ホスト名とパスに従ってServiceへ振り分けます。",
    ),
    Term(
        "the Gateway API",
        ["Gateway API"],
        "The Gateway API is the newer way to describe traffic routing in Kubernetes. It separates the gateway owner from the route owner.",
        "Gateway APIは、Kubernetesで通信経路を記述する新しい方法です。ゲートウェイの管理者と経路の管理者を分けられます。",
    ),
    Term(
        "a Namespace",
        ["Namespace"],
        "A Namespace splits one cluster into separate areas, so teams can have their own names, quotas and permissions.",
        "Namespaceは、1つのクラスタを区画に分け、チームごとに名前や割り当て、権限を持たせます。",
    ),
    Term(
        "a ConfigMap",
        ["ConfigMap"],
        "A ConfigMap stores settings that are not secret, and passes them to Pods as files or environment variables.",
        "ConfigMapは秘密ではない設定を保存し、ファイルや環境変数としてPodに渡します。",
    ),
    Term(
        "a Secret",
        ["Secret"],
        "A Secret stores passwords, tokens and keys, and gives them only to the Pods that need them.",
        "Secretはパスワードやトークン、鍵を保存し、必要なPodにだけ渡します。",
    ),
    Term(
        "a DaemonSet",
        ["DaemonSet"],
        "A DaemonSet runs one copy of a Pod on every node, for example a log collector or a GPU driver.",
        "DaemonSetは、すべてのノードでPodを1つずつ動かします。ログ収集やGPUドライバに使います。",
    ),
    Term(
        "a readiness probe",
        ["readiness probe"],
        "A readiness probe tells Kubernetes when a Pod can take traffic. A model server should become ready only after its weights are loaded.",
        "readiness probeは、Podが通信を受けられるかをKubernetesに伝えます。モデルサーバーは重みを読み終えてからreadyにします。",
    ),
    Term(
        "a liveness probe",
        ["liveness probe"],
        "A liveness probe tells Kubernetes when a container is stuck, so that it can be restarted.",
        "liveness probeは、コンテナが固まったことをKubernetesに伝え、再起動させます。",
    ),
    Term(
        "a PodDisruptionBudget",
        ["PodDisruptionBudget", "PDB"],
        "A PodDisruptionBudget limits how many Pods may be down at once during planned work such as node upgrades.",
        "PodDisruptionBudgetは、ノード更新などの計画作業中に、同時に止めてよいPodの数を制限します。",
    ),
    Term(
        "the HorizontalPodAutoscaler",
        ["HPA", "HorizontalPodAutoscaler"],
        "The HorizontalPodAutoscaler adds or removes Pods by watching a metric, such as CPU use or the number of waiting requests.",
        "HorizontalPodAutoscalerは、CPU使用率や待ちリクエスト数などの指標を見て、Podの数を増減します。",
    ),
    Term(
        "KEDA",
        [],
        "KEDA scales workloads from events, such as queue length, and it can scale them down to zero.",
        "KEDAは、キューの長さなどのイベントに応じてワークロードを増減し、ゼロまで減らすこともできます。",
    ),
    Term(
        "a node",
        ["node"],
        "A node is one machine in the cluster. It runs the kubelet and the containers of the Pods placed on it.",
        "ノードはクラスタの1台のマシンです。kubeletと、配置されたPodのコンテナを動かします。",
    ),
    Term(
        "etcd",
        [],
        "etcd is the key-value store that keeps the state of a Kubernetes cluster. Back it up and run at least three members.",
        "etcdは、Kubernetesクラスタの状態を保存するキーバリューストアです。バックアップを取り、3台以上で動かします。",
    ),
    Term(
        "Helm",
        [],
        "Helm is a package manager for Kubernetes. A chart is a set of templates, and values.yaml sets its options.",
        "HelmはKubernetesのパッケージ管理ツールです。チャートはテンプレートの集まりで、values.yamlで設定します。",
    ),
    Term(
        "an operator",
        ["operator"],
        "An operator is a controller that manages an application through custom resources, so day-to-day work is automated.",
        "オペレーターは、カスタムリソースを通じてアプリケーションを管理し、日々の運用を自動化するコントローラーです。",
    ),
    Term(
        "vLLM",
        [],
        "vLLM is a fast inference server for large language models. It uses PagedAttention and continuous batching to keep GPUs busy.",
        "vLLMは、大規模言語モデル向けの高速な推論サーバーです。PagedAttentionと連続バッチ処理でGPUを使い切ります。",
    ),
    Term(
        "llama.cpp",
        [],
        "llama.cpp is an inference engine that runs GGUF models on CPUs and GPUs with very few dependencies.",
        "llama.cppは、GGUFモデルをCPUやGPUで動かす、依存の少ない推論エンジンです。",
    ),
    Term(
        "GGUF",
        [],
        "GGUF is a single-file model format used by llama.cpp. It holds the weights, the tokenizer and the chat template.",
        "GGUFはllama.cppが使う1ファイルのモデル形式です。重み、トークナイザー、チャットテンプレートを含みます。",
    ),
    Term(
        "a large language model",
        ["LLM", "large language model"],
        "A large language model predicts the next token of a text. With training on instructions it can answer questions and write code.",
        "大規模言語モデルは、文章の次のトークンを予測するモデルです。指示で学習すると、質問に答えたりコードを書いたりできます。",
    ),
    Term(
        "a token",
        ["token", "tokens"],
        "A token is a small piece of text, often part of a word. Models read and write tokens, and usage is counted in tokens.",
        "トークンは文章の小さな断片で、単語の一部であることも多いです。モデルはトークンを読み書きし、利用量もトークンで数えます。",
    ),
    Term(
        "an embedding",
        ["embedding", "embeddings"],
        "An embedding is a list of numbers that represents the meaning of a text. Similar texts have embeddings that are close together.",
        "埋め込みは、文章の意味を表す数値の並びです。似た文章どうしは、埋め込みも近くなります。",
    ),
    Term(
        "RAG",
        ["retrieval-augmented generation"],
        "RAG finds relevant passages first and gives them to the model as context, so that answers rest on your own documents.",
        "RAGは、まず関連する文章を探し、それを文脈としてモデルに渡すことで、手元の文書に基づいて答えさせる方法です。",
    ),
    Term(
        "a vector database",
        ["vector database", "vector store"],
        "A vector database stores embeddings and finds the nearest ones to a query, often with an HNSW index.",
        "ベクトルデータベースは埋め込みを保存し、問い合わせに近いものを探します。HNSW索引がよく使われます。",
    ),
    Term(
        "HNSW",
        [],
        "HNSW is a graph index for nearest-neighbour search. It is fast, but it uses more memory than a flat list.",
        "HNSWは近傍探索のためのグラフ索引です。高速ですが、単純な一覧より多くのメモリを使います。",
    ),
    Term(
        "pgvector",
        [],
        "pgvector is a PostgreSQL extension that adds a vector type and nearest-neighbour search with HNSW and IVFFlat.",
        "pgvectorはPostgreSQLの拡張で、ベクトル型と、HNSWやIVFFlatによる近傍探索を加えます。",
    ),
    Term(
        "a KV cache",
        ["KV cache"],
        "The KV cache keeps the keys and values of tokens that were already read, so the model does not compute them again.",
        "KVキャッシュは、すでに読んだトークンのキーと値を保存し、同じ計算を繰り返さないようにします。",
    ),
    Term(
        "prefix caching",
        ["prefix cache"],
        "Prefix caching reuses the KV cache of a shared beginning, such as a system prompt, so the first token comes sooner.",
        "プレフィックスキャッシュは、システムプロンプトなど共通の先頭部分のKVキャッシュを再利用し、最初のトークンを早く返します。",
    ),
    Term(
        "continuous batching",
        [],
        "Continuous batching lets new requests join a running batch at every step, which raises throughput without long waits.",
        "連続バッチ処理は、実行中のバッチに新しいリクエストを毎ステップ加え、長く待たせずに処理量を上げます。",
    ),
    Term(
        "quantization",
        [],
        "Quantization stores weights with fewer bits, such as 8 or 4, so a model needs less memory and runs faster.",
        "量子化は、重みを8ビットや4ビットなど少ないビットで保存し、メモリを減らして速くします。",
    ),
    Term(
        "LoRA",
        [],
        "LoRA trains small extra matrices instead of the whole model, so one base model can serve many adapters.",
        "LoRAは、モデル全体ではなく小さな追加行列だけを学習する方法で、1つのベースモデルで多くのアダプターを扱えます。",
    ),
    Term(
        "tensor parallelism",
        [],
        "Tensor parallelism splits each layer across several GPUs, so that one model larger than a single GPU can run.",
        "テンソル並列は、各層を複数のGPUに分け、1枚のGPUに収まらないモデルを動かします。",
    ),
    Term(
        "temperature",
        ["sampling temperature"],
        "Temperature controls randomness. Low values give steady answers, and high values give more varied ones.",
        "温度はランダムさを決める値です。低いと安定した答え、高いと多様な答えになります。",
    ),
    Term(
        "top-p",
        ["nucleus sampling"],
        "Top-p keeps only the most likely tokens whose probabilities add up to p, and samples among them.",
        "top-pは、確率の合計がpになるまでの上位トークンだけを残し、その中から選びます。",
    ),
    Term(
        "a context window",
        ["context window"],
        "The context window is the largest number of tokens a model can consider at once, counting both prompt and answer.",
        "コンテキストウィンドウは、モデルが一度に扱えるトークン数の上限で、入力と出力の両方を含みます。",
    ),
    Term(
        "a chat template",
        ["chat template"],
        "A chat template turns a list of messages into the exact text that a model was trained on, with its special tokens.",
        "チャットテンプレートは、メッセージの並びを、モデルが学習した形の文章と特殊トークンに変換します。",
    ),
    Term(
        "a system prompt",
        ["system prompt"],
        "A system prompt is the first message of a chat. It sets the role, the tone and the limits of the assistant.",
        "システムプロンプトはチャットの最初のメッセージで、アシスタントの役割や口調、制限を決めます。",
    ),
    Term(
        "tool calling",
        ["function calling"],
        "Tool calling lets a model answer with the name of a function and its arguments. The application runs it and returns the result.",
        "ツール呼び出しは、モデルが関数名と引数を返す仕組みです。アプリケーションが実行し、結果をモデルに返します。",
    ),
    Term(
        "a diffusion model",
        ["diffusion model"],
        "A diffusion model makes images by starting from noise and removing it step by step, guided by a text prompt.",
        "拡散モデルは、ノイズから始めて少しずつ取り除き、文章の指示に沿って画像を作ります。",
    ),
    Term(
        "a GPU",
        ["GPU"],
        "A GPU runs many small calculations at the same time, which is what neural networks need.",
        "GPUは多くの小さな計算を同時に行う装置で、ニューラルネットワークに向いています。",
    ),
    Term(
        "MIG",
        ["Multi-Instance GPU"],
        "MIG splits one NVIDIA GPU into several isolated parts, so small models can share it safely.",
        "MIGは1枚のNVIDIA GPUを独立した区画に分け、小さなモデルどうしで安全に共有させます。",
    ),
    Term(
        "the GPU Operator",
        ["GPU Operator"],
        "The GPU Operator installs drivers, the device plugin and monitoring, so that Kubernetes can schedule GPUs.",
        "GPU Operatorはドライバ、デバイスプラグイン、監視を導入し、KubernetesがGPUを割り当てられるようにします。",
    ),
    Term(
        "Prometheus",
        [],
        "Prometheus collects metrics by scraping HTTP endpoints, and alerts you when a rule is broken.",
        "PrometheusはHTTPの口を定期的に読み取って指標を集め、条件に合うと通知します。",
    ),
    Term(
        "OpenTelemetry",
        ["OTel"],
        "OpenTelemetry is a standard for traces, metrics and logs, so one request can be followed through many services.",
        "OpenTelemetryはトレース、メトリクス、ログの標準で、1つのリクエストを多くのサービスにわたって追えます。",
    ),
    Term(
        "an SLO",
        ["SLO"],
        "An SLO is a target for service quality, for example 99.9 percent of requests answered without an error.",
        "SLOはサービス品質の目標です。たとえば、99.9パーセントのリクエストがエラーなく応答することです。",
    ),
    Term(
        "time to first token",
        ["TTFT"],
        "Time to first token is the wait between a request and the first word of the answer. Users notice it most in chat.",
        "TTFTは、リクエストから最初の文字が出るまでの待ち時間です。チャットで利用者が最も気にする値です。",
    ),
    Term(
        "high availability",
        ["HA"],
        "High availability means that the service keeps working when one part fails. Run several replicas in different zones.",
        "高可用性とは、一部が壊れてもサービスが動き続けることです。複数のレプリカを別々のゾーンで動かします。",
    ),
    Term(
        "a circuit breaker",
        ["circuit breaker"],
        "A circuit breaker stops sending requests to a failing backend for a while, so the rest of the system stays healthy.",
        "サーキットブレーカーは、失敗しているバックエンドへの送信をしばらく止め、ほかの部分を守ります。",
    ),
    Term(
        "rate limiting",
        ["a rate limit"],
        "Rate limiting caps how many requests or tokens a caller may use in a period, so one user cannot starve the others.",
        "レート制限は、一定時間に使えるリクエスト数やトークン数を制限し、1人の利用者が占有するのを防ぎます。",
    ),
    Term(
        "a canary release",
        ["canary release"],
        "A canary release sends a small share of traffic to the new version first, and continues only if it stays healthy.",
        "カナリアリリースは、まず少しの通信だけを新しい版に流し、問題がなければ広げます。",
    ),
    Term(
        "a rolling update",
        ["rolling update"],
        "A rolling update replaces old Pods with new ones a few at a time, so the service is never fully down.",
        "ローリング更新は、古いPodを少しずつ新しいものに替え、サービスを止めずに更新します。",
    ),
    Term(
        "backpressure",
        [],
        "Backpressure slows down or refuses new work when queues are full, instead of letting every request become slow.",
        "バックプレッシャーは、キューがいっぱいのとき新しい仕事を遅らせたり断ったりして、全体が遅くなるのを防ぎます。",
    ),
    Term(
        "a guardrail",
        ["guardrail", "guardrails"],
        "A guardrail checks prompts and answers against your rules, and blocks or rewrites those that break them.",
        "ガードレールは入力と出力を規則に照らして調べ、違反するものを止めたり書き換えたりします。",
    ),
    Term(
        "prompt injection",
        [],
        "Prompt injection is text that tries to make a model ignore its instructions. Treat retrieved text as data, never as commands.",
        "プロンプトインジェクションは、モデルに指示を無視させようとする文章です。検索した文章は命令ではなくデータとして扱います。",
    ),
    Term(
        "reranking",
        ["a reranker"],
        "Reranking scores the passages found by a search again with a stronger model, and keeps the best ones.",
        "リランキングは、検索で見つけた文章をより強いモデルで採点し直し、良いものだけを残します。",
    ),
    Term(
        "BM25",
        [],
        "BM25 ranks documents by the words they share with a query, giving more weight to rare words.",
        "BM25は、問い合わせと共通する単語で文書を順位づけし、珍しい単語ほど重く扱います。",
    ),
    Term(
        "hybrid search",
        [],
        "Hybrid search joins keyword search and vector search, so exact names and similar meanings are both found.",
        "ハイブリッド検索は、キーワード検索とベクトル検索を組み合わせ、正確な名前と近い意味の両方を見つけます。",
    ),
    Term(
        "object storage",
        ["S3"],
        "Object storage keeps files such as model weights and generated images under a key, and serves them over HTTP.",
        "オブジェクトストレージは、モデルの重みや生成画像などのファイルをキーで保存し、HTTPで提供します。",
    ),
    Term(
        "RBAC",
        [],
        "RBAC gives permissions to roles and roles to people, so each person can do only what the work needs.",
        "RBACは権限をロールに、ロールを人に与え、必要な操作だけを許します。",
    ),
    Term(
        "SSE",
        ["server-sent events"],
        "SSE streams events over one HTTP response. Chat APIs use it to send tokens as they are made.",
        "SSEは1つのHTTP応答でイベントを流す方式です。チャットAPIは、生成したトークンを順に送るのに使います。",
    ),
]
