/** Extensions of source code and configuration, whose lines are kept as they are. */
const endings: ReadonlySet<string> = new Set(
  (
    'ts tsx mts cts js jsx mjs cjs py pyi rb go rs java kt kts scala c h cc cpp cxx hpp hh cs swift m mm php pl pm lua r jl ' +
    'sh bash zsh fish ps1 bat cmd sql graphql proto tf hcl nix dart ex exs erl hs ml clj groovy gradle vue svelte css scss ' +
    'less yaml yml toml ini cfg conf properties env xml xsl xsd svg tex rst adoc zig v sol vim el lisp diff patch jinja tpl'
  ).split(' '),
);

const names: ReadonlySet<string> = new Set(['dockerfile', 'makefile', 'jenkinsfile', 'cmakelists.txt', 'gemfile']);

/** The extension or name that identifies a file as code, or null. */
export function codeLanguageOf(filename: string): string | null {
  const name = (filename.split(/[\\/]/).pop() ?? '').toLowerCase();
  if (names.has(name)) return name;
  const ending = /\.([^.]+)$/.exec(name)?.[1] ?? '';
  return endings.has(ending) ? ending : null;
}
