// What a comment on a pull request says of one event: what happened, who did it, in which step and tool call, when, and what the
// policy says. All that a runner wrote stands in it as code, where it is no markup, no link, and no mention of anybody. Pure.
import { codeSpan } from "../../../collector/report/markdownText.ts";
import { isoTime } from "../../../collector/report/tally.ts";
import type { ExecInfo, RunEvent, Verdict } from "../../../collector/protocol/events.ts";
import type { RunFacts } from "../diff/runFacts.ts";
import { repositoryKey, parseFullName } from "../github/names.ts";

const LONGEST = 200;
const LONGEST_COMMAND = 160;
/** Processes of a chain that are told: the first ones, and the last. */
const MOST_CHAIN = 6;

const code = (text: string, most = LONGEST): string => codeSpan(text, most);

const endpoint = (host: string, port: number): string => `${host.includes(":") ? `[${host}]` : host}:${port}`;

/** What happened, as a sentence part. */
const whatOf = (event: RunEvent, path: string | undefined, facts: RunFacts): string => {
  switch (event.type) {
    case "process.exec":
      return `started ${code(event.exec.argv.join(" ") || event.exec.exe, LONGEST_COMMAND)}`;
    case "net.connect": {
      const { remote, protocol } = event.flow;
      const name = event.host?.name ?? remote.ip;
      const result =
        event.result === "ok" || event.result === "EINPROGRESS" ? "" : `, which ended with ${code(event.result, 40)}`;
      return `connected to ${code(endpoint(name, remote.port))} (${code(remote.ip, 60)}, ${protocol})${result}`;
    }
    case "dns.query":
      return `asked DNS for ${code(event.dns.name)}`;
    case "http.request": {
      const { method, tls } = event.http;
      const known = facts.destination(event.flow?.id);
      const host = event.http.host ?? known?.host ?? known?.ip ?? "";
      return `requested ${code(`${method} ${tls === "none" ? "http" : "https"}://${host}${event.http.path}`, LONGEST)}`;
    }
    case "file.write":
      return `changed a file (${event.file.op}): ${code(path ?? event.file.path)}`;
    case "file.read":
      return `read a file that holds secrets: ${code(event.file.path)}`;
    case "finding":
      return `${code(event.finding.title)} (rule ${code(event.finding.rule, 60)}, severity ${code(event.finding.severity, 20)})`;
    case "tool.start":
    case "tool.end":
      return `called the tool ${code(event.toolInfo.name, 60)}`;
    case "firewall":
      return `met the agent's firewall, which said ${code(event.firewall.verdict, 40)}`;
    default:
      return `had an event of the type ${code(event.type, 60)}`;
  }
};

const VERDICTS: Readonly<Record<Verdict, string>> = {
  allowed: "allowed",
  "would-block": "**not allowed** by the egress policy; it was let through, as the policy only audits",
  blocked: "**not allowed** by the egress policy, and blocked",
};

const verdictOf = (event: RunEvent): string | undefined => {
  if (event.type !== "net.connect" && event.type !== "dns.query" && event.type !== "http.request") return undefined;
  const { verdict, rule } = event;
  if (verdict === undefined) return undefined;
  const allowedBy = "allowedBy" in event ? event.allowedBy : undefined;
  const by = rule === undefined ? "" : `, by ${code(rule)}`;
  const remedy = allowedBy === undefined ? "" : `; the entry ${code(allowedBy)} would allow it`;
  return `${VERDICTS[verdict]}${by}${remedy}`;
};

const commandOf = ({ argv, exe }: ExecInfo): string => code(argv.length === 0 ? exe : argv.join(" "), LONGEST_COMMAND);

/** From the first process to the one that did it. */
const chainOf = (chain: readonly ExecInfo[]): string | undefined => {
  if (chain.length === 0) return undefined;
  const all = chain.toReversed().map(commandOf);
  const more = all.length - MOST_CHAIN;
  const shown = more > 0 ? [...all.slice(0, 2), `… ${more} more …`, ...all.slice(2 + more)] : all;
  return shown.join(" → ");
};

const runOf = (facts: RunFacts, web: string | undefined): string | undefined => {
  const repository = parseFullName(facts.repository ?? "");
  if (repository === undefined || !/^\d{1,15}$/.test(facts.runId ?? "")) return undefined;
  const name = `run ${facts.runId}`;
  return web === undefined
    ? `${name} of ${code(repositoryKey(repository))}`
    : `[${name}](${web}/${repository.owner}/${repository.name}/actions/runs/${facts.runId})`;
};

export interface EvidenceOptions {
  readonly facts: RunFacts;
  /** Of an event for many files, the one that is meant. */
  readonly path?: string | undefined;
  /** Origin of GitHub's pages, for the link to the run. */
  readonly web: string | undefined;
  /** Of a finding, the event that it rests on: who did it is who did that. */
  readonly cause?: RunEvent | undefined;
}

/** Markdown. */
export const evidenceOf = (event: RunEvent, { facts, path, web, cause }: EvidenceOptions): string => {
  const { step, tool, process, seq } = cause ?? event;
  const known = facts.step(step);
  const call = facts.tool(tool);
  const stepText =
    step === undefined
      ? undefined
      : `${known?.number === undefined ? "" : `${known.number}. `}${code(known?.name ?? step, 100)}${(cause ?? event).detached === true ? " (detached: left running by it)" : ""}`;
  const callText =
    tool === undefined
      ? undefined
      : `${code(call?.name ?? tool, 60)}${call?.command === undefined ? "" : `: ${code(call.command, LONGEST_COMMAND)}`}`;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["By", chainOf(facts.chain(process, seq))],
    ["Because of", cause === undefined ? undefined : `event ${cause.seq}: it ${whatOf(cause, undefined, facts)}`],
    ["Step", stepText],
    ["Tool call", callText],
    ["When", isoTime(event.t)?.replace("T", " ").replace("Z", " UTC")],
    ["Verdict", verdictOf(cause ?? event)],
    [
      "Where to look",
      [runOf(facts, web), `event ${event.seq} of its Runglass log`].filter((part) => part !== undefined).join(", "),
    ],
  ];
  const lines = rows.flatMap(([name, text]) => (text === undefined ? [] : [`- ${name}: ${text}`]));
  const what = whatOf(event, path, facts);
  const sentence = event.type === "finding" ? what : `The run ${what}`;
  return `${sentence}.\n\n${lines.join("\n")}\n`;
};
