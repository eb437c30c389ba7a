import type { ConditionWords } from './reason-words.ts';

export const japanese: ConditionWords = {
  title: 'ModelService の条件',
  opening: `English: [conditions.md](conditions.md)

ModelService の状態は条件(conditions)に書かれています。条件はそれぞれ、状態、下の表にある理由、その場合の名前や数を含むメッセージを持ちます。
スクリプトは理由に頼ってかまいません。

\`\`\`sh
kubectl describe modelservice shop
kubectl get modelservice shop -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{"\\n"}{end}'
kubectl wait modelservice/shop --for=condition=Ready --timeout=10m
\`\`\`

条件が変わるたびに Event も作られます。一台のマシンでは \`kumiki status\` とコンソールが同じ理由を示します(\`Fits\` はありません)。
\`.status\` が空のとき、または \`observedGeneration\` が遅れたままのときは、オペレーターが働いていません。そのポッドのログを読んでください。`,
  columns: ['理由', '状態', '意味', 'すること'],
  types: {
    Ready: 'サービスのすべてのモデルが応えられるか。',
    Progressing: 'サービスが spec の求める姿に向かう途中か。どちらの状態も障害ではありません。',
    Degraded: '誰かが手を打つまで続く問題があるか。`Ready` であり同時に `Degraded` でもありえます。',
    Fits: 'ポッドを置けるノードがあるか。',
  },
  reasons: {
    Ready: {
      Serving: ['すべてのモデルに応えるレプリカがあるか、外部のサーバーが応える。'],
      ScaledToZero: [
        'レプリカは求められていない(`spec.replicas` が 0)。',
        '再び動かすには `kubectl scale modelservice/NAME --replicas=1`。',
      ],
      NoReplicaReady: [
        '応えるレプリカのないモデルがある。起動時は、モデルを読み込むまで必ずこうなる。',
        '長く続くなら、同じサービスの `Degraded` と `Fits` を読む。ポッドを止めているものが書かれている。ポッドの一覧は `kubectl get pods -l kumiki.dev/service=NAME`。',
      ],
      NothingToServe: [
        'マニフェストに、ここで動かせるモデルがない。',
        '`Degraded` のメッセージを読み、`spec` を直してもう一度適用する。',
      ],
    },
    Progressing: {
      RollingOut: [
        '別のリビジョンのレプリカを入れ替えている。新しいものが先に起動する。',
        '待つ。長く続くなら、新しいレプリカの準備ができない理由が `Degraded` にある。',
      ],
      Scaling: ['準備のできたレプリカの数が spec と違う。', '待つ。長く続くなら、理由は `Fits` と `Degraded` にある。'],
      Complete: ['レプリカは spec のとおりか、一つも起動しない。'],
    },
    Degraded: {
      CannotBeServed: [
        'マニフェストはこのままでは動かせない。source が一台のマシンのパスであるか、ファイルがないか、どのエンジンにも読めない。',
        'メッセージが示す項目を直す。それまで、前から動いているものはそのまま動く。',
      ],
      MayNotBeUsed: [
        '外部のサーバーを使えない。送信先のポリシーが禁じているか、シークレットがない。',
        'メッセージが示すサーバーを許す(`kumiki egress`)か、シークレットを登録する(`kumiki secret set`)。',
      ],
      NewRevisionFails: [
        '新しいリビジョンのレプリカが終了するか、準備ができない。前のリビジョンが応え続ける。',
        'メッセージにあるコマンドでログを読む。マニフェストを直すか、前のものをもう一度適用する。',
      ],
      ReplicaFails: [
        'レプリカが終了したか、起動し直しても準備ができない。',
        'メッセージにあるコマンドでログを読む。メモリーの上限を越えていたら `spec.pod.resources.limits.memory` を上げる。',
      ],
      ModelNameTaken: [
        'そのモデル名は、先に作られたサービスのもの。こちらのサービスでは何も起動せず、何も変わらない。',
        'どちらかに別の `spec.model.name` を付けるか、メッセージが示すサービスを削除する。',
      ],
      ImageUnavailable: [
        'ポッドのイメージを取得できない。',
        '自分のエンジンなら `spec.engine.image`、または同じ名前空間の Secret を `spec.pod.imagePullSecrets` に。ワーカーならチャートの `image`。`image.pullSecrets` の Secret は ModelService の名前空間にも要る。',
      ],
      VolumeUnavailable: [
        '`spec.model.source` の PersistentVolumeClaim がない。',
        'サービスの名前空間に作るか、別のものを書く。',
      ],
      SecretUnavailable: [
        'コンテナーが設定を読む Secret か ConfigMap がないか、そのキーがない。',
        'メッセージが示すキーを入れて、サービスの名前空間に作る。ポッドはそのあと自分で起動する。',
      ],
      ObjectRefused: [
        'API サーバーがオブジェクトかポッドを拒んだ。ポリシーによるか、同じ名前の他人のオブジェクトがある。',
        'メッセージに API サーバーの言葉がある。ポリシーで許すか、相手のオブジェクトを除くか、サービスの名前を変える。',
      ],
      AsWanted: ['問題はない。'],
    },
    Fits: {
      Placed: ['すべてのレプリカにノードがある。'],
      NoRoom: [
        'レプリカが求めるだけの空きのあるノードがない。',
        '足りないものと最大のノードがメッセージにある。`spec.pod.resources` を減らすか、ノードを空けるか、増やす。',
      ],
      NoNodeMatches: [
        '`spec.pod.nodeSelector` のラベルを持つノードがないか、すべてに許容していない taint があるか、求められたとおりに分散できないか、ボリュームが結び付いていない。',
        'メッセージが示すものを変える。`spec.pod.nodeSelector`、`spec.pod.tolerations`、`spec.pod.spread`、またはノード。ボリュームなら `kubectl describe pvc`。',
      ],
      QuotaExceeded: [
        '名前空間のクォータにより、これ以上ポッドを作れない。',
        '`spec.pod.resources` か `spec.replicas` を減らすか、メッセージが示すクォータを上げる。',
      ],
    },
  },
};
