// What people call a programming language whose code stands in a reply.

const NAMES: Record<string, string> = {
  bash: 'Bash', sh: 'Shell', shell: 'Shell', zsh: 'Zsh', fish: 'fish', console: 'Console', ps1: 'PowerShell',
  powershell: 'PowerShell', bat: 'Batch', cmd: 'Batch',
  c: 'C', h: 'C', cpp: 'C++', 'c++': 'C++', cc: 'C++', cxx: 'C++', hpp: 'C++', cs: 'C#', csharp: 'C#', 'c#': 'C#',
  objc: 'Objective-C', 'objective-c': 'Objective-C', d: 'D', zig: 'Zig', nim: 'Nim', v: 'V',
  rs: 'Rust', rust: 'Rust', go: 'Go', golang: 'Go', swift: 'Swift', kt: 'Kotlin', kts: 'Kotlin', kotlin: 'Kotlin',
  java: 'Java', scala: 'Scala', groovy: 'Groovy', gradle: 'Gradle', clj: 'Clojure', clojure: 'Clojure', dart: 'Dart',
  js: 'JavaScript', javascript: 'JavaScript', mjs: 'JavaScript', cjs: 'JavaScript', jsx: 'JSX', ts: 'TypeScript',
  typescript: 'TypeScript', tsx: 'TSX', vue: 'Vue', svelte: 'Svelte', astro: 'Astro',
  py: 'Python', python: 'Python', python3: 'Python', pycon: 'Python', rb: 'Ruby', ruby: 'Ruby', erb: 'ERB', php: 'PHP',
  pl: 'Perl', perl: 'Perl', lua: 'Lua', r: 'R', jl: 'Julia', julia: 'Julia', m: 'MATLAB', matlab: 'MATLAB',
  hs: 'Haskell', haskell: 'Haskell', ml: 'OCaml', ocaml: 'OCaml', fs: 'F#', fsharp: 'F#', 'f#': 'F#', elm: 'Elm',
  erl: 'Erlang', erlang: 'Erlang', ex: 'Elixir', exs: 'Elixir', elixir: 'Elixir', lisp: 'Lisp', elisp: 'Emacs Lisp',
  scheme: 'Scheme', racket: 'Racket', prolog: 'Prolog', lean: 'Lean', coq: 'Coq', agda: 'Agda', idris: 'Idris',
  html: 'HTML', htm: 'HTML', xml: 'XML', svg: 'SVG', css: 'CSS', scss: 'SCSS', sass: 'Sass', less: 'Less',
  md: 'Markdown', markdown: 'Markdown', mdx: 'MDX', tex: 'LaTeX', latex: 'LaTeX', bib: 'BibTeX', bibtex: 'BibTeX',
  rst: 'reStructuredText', adoc: 'AsciiDoc', typst: 'Typst',
  json: 'JSON', json5: 'JSON5', jsonc: 'JSON', jsonl: 'JSON Lines', yaml: 'YAML', yml: 'YAML', toml: 'TOML', ini: 'INI',
  csv: 'CSV', tsv: 'TSV', env: 'Environment', dotenv: 'Environment', properties: 'Properties', proto: 'Protocol Buffers',
  graphql: 'GraphQL', gql: 'GraphQL', sql: 'SQL', mysql: 'MySQL', postgresql: 'PostgreSQL', psql: 'PostgreSQL',
  plsql: 'PL/SQL', tsql: 'T-SQL', sqlite: 'SQLite', cypher: 'Cypher',
  docker: 'Dockerfile', dockerfile: 'Dockerfile', make: 'Makefile', makefile: 'Makefile', cmake: 'CMake', nix: 'Nix',
  tf: 'Terraform', terraform: 'Terraform', hcl: 'HCL', nginx: 'nginx', apache: 'Apache', systemd: 'systemd',
  diff: 'Diff', patch: 'Diff', git: 'Git', http: 'HTTP', regex: 'Regular expression', regexp: 'Regular expression',
  glsl: 'GLSL', hlsl: 'HLSL', wgsl: 'WGSL', cuda: 'CUDA', asm: 'Assembly', nasm: 'Assembly', s: 'Assembly',
  wat: 'WebAssembly', wasm: 'WebAssembly', sol: 'Solidity', solidity: 'Solidity', vhdl: 'VHDL', verilog: 'Verilog',
  sv: 'SystemVerilog', systemverilog: 'SystemVerilog', fortran: 'Fortran', f90: 'Fortran', cobol: 'COBOL', ada: 'Ada',
  pascal: 'Pascal', delphi: 'Delphi', vb: 'Visual Basic', vba: 'VBA', vim: 'Vim script', awk: 'AWK', sed: 'sed',
  mermaid: 'Mermaid', dot: 'Graphviz', graphviz: 'Graphviz', plantuml: 'PlantUML',
  text: 'Text', txt: 'Text', plain: 'Text', plaintext: 'Text', log: 'Log', output: 'Output',
};

/** The language's name as people write it; one that is not known as it was written. */
export function languageName(lang: string | undefined): string {
  if (!lang) return 'Text';
  const key = lang.toLowerCase();
  return Object.hasOwn(NAMES, key) ? NAMES[key]! : lang;
}
