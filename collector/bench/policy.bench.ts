// How many questions a policy answers: a thousand rules, names and addresses in turn, against one regular expression a rule
// tried one after the other, as policies are often built.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultRules } from "../policy/defaults.ts";
import { Matcher, type Question } from "../policy/matcher.ts";
import { parseRunglass } from "../policy/runglass.ts";

const RULES = 1_000;
const QUESTIONS = 4_096;
const ROUNDS = 500;
/** Answers a second. */
const TARGET = 1_000_000;

const root = fileURLToPath(new URL("../..", import.meta.url));

const entries = Array.from({ length: RULES }, (_, n) => {
  if (n % 4 === 0) return `*.team-${n}.example.com:443`;
  return n % 4 === 1
    ? `198.51.${n % 256}.0/${24 + (n % 8)}:443`.replace(/\.0\/(2[5-9]|3\d)/, ".0/24")
    : `host-${n}.example.com:443`;
});

const questions: Question[] = Array.from({ length: QUESTIONS }, (_, n) => {
  const rule = (n * 7) % RULES;
  const common = { port: n % 5 === 0 ? 80 : 443, protocol: "tcp" } as const;
  if (n % 3 === 0) return { ...common, host: `a.b.team-${rule}.example.com` };
  if (n % 3 === 1) return { ...common, host: `host-${rule}.example.com`, ip: "192.0.2.7" };
  return { ...common, ip: `198.51.${rule % 256}.${n % 250}` };
});

const matcher = new Matcher(parseRunglass(entries.join("\n"), defaultRules()));

const patterns = entries.map((entry) => {
  const [host = "", port = ""] = entry.split(":");
  const text = host
    .replace(/\/\d+$/, "")
    .replaceAll(".", "\\.")
    .replace("*", ".+")
    .replace(/\\\.0$/, "\\.\\d+");
  return { host: new RegExp(`^${text}$`, "i"), port: Number(port) };
});

const perSecond = (rounds: number, answer: (question: Question) => boolean): { rate: number; allowed: number } => {
  let allowed = 0;
  for (const question of questions) if (answer(question)) allowed += 1;
  const start = performance.now();
  for (let round = 0; round < rounds; round++) for (const question of questions) answer(question);
  return { rate: (rounds * questions.length * 1000) / (performance.now() - start), allowed };
};

const ours = perSecond(ROUNDS, (question) => matcher.connection(question) !== undefined);
const scan = perSecond(ROUNDS / 100, ({ host, ip, port }) =>
  patterns.some((pattern) => pattern.port === port && pattern.host.test(host ?? ip ?? "")),
);
if (ours.allowed === 0 || ours.allowed === questions.length) throw new Error("the questions decide nothing");

const results = {
  rules: RULES,
  answersPerSecond: Math.round(ours.rate),
  target: TARGET,
  met: ours.rate >= TARGET,
  regularExpressionsPerSecond: Math.round(scan.rate),
  ratio: Number((ours.rate / scan.rate).toPrecision(3)),
  allowed: `${ours.allowed} of ${questions.length} questions`,
};
console.table(results);
await mkdir(join(root, "dist/bench"), { recursive: true });
await writeFile(join(root, "dist/bench/policy.json"), `${JSON.stringify(results, undefined, 2)}\n`);
