/**
 * Terms that nearly every text contains and that carry no meaning for a search. They are dropped from documents and
 * queries: among texts of another language they would look rare, and in a large store they are most of the work. In the
 * form that `termsOf` gives: English stems, pairs of Japanese characters.
 */
export const stopTerms: ReadonlySet<string> = new Set(
  (
    'a an and ar as at be been but by can could did do doe dont for from ha had have how i if in into is isnt it it me my no ' +
    'not of on or our should so than that the their them then there these thei thi those to wa we were what when where ' +
    'which while who whom whose whi will with would you your ' +
    // Auxiliary verbs and endings.
    'です でし でし ます ませ まし せん した して しま しょ する すれ され れる れて れた られ せる ある あり あっ いる いま いて いた てい ' +
    'てお った って ない なく なっ なる なり なら たい たら だっ だと べき きる ます るの るか すか たか うか のか たの いの いう ' +
    // Particles and what follows them.
    'から まで より ので のに のは のが のを のも には にも へは では でも とは とも とか だけ ほど など くら ぐら らい しか ' +
    // Demonstratives and formal nouns.
    'この その あの どの これ それ どれ ここ そこ どこ こう そう どう とき こと もの ため よう うに うな また くだ ださ さい'
  ).split(' '),
);
