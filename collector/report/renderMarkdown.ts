// A summary as GitHub Markdown, to be appended to $GITHUB_STEP_SUMMARY.
import { byteSize, duration, grouped, plural } from "./figures.ts";
import { markdownCode } from "./markdownText.ts";
import type { BlockedSummary, DeniedSummary, Listed, RunSummary } from "./runSummary.ts";

type Row = readonly string[];

const table = (heading: Row, rightFrom: number, rows: readonly Row[], omitted: number): string => {
  const line = (cells: Row): string => `| ${cells.join(" | ")} |`;
  const rule = heading.map((_, i) => (i >= rightFrom ? "---:" : "---"));
  const more = omitted > 0 ? `\n\n… and ${grouped(omitted)} more.` : "";
  return `${[heading, rule, ...rows].map(line).join("\n")}${more}`;
};

const section = (title: string, body: string): string => `### ${title}\n\n${body}\n`;

const counts = (record: Readonly<Record<string, number>>, code = false): string =>
  Object.entries(record)
    .map(([name, count]) => `${code ? markdownCode(name, 40) : name} ${grouped(count)}`)
    .join(", ");

const codes = (names: readonly string[]): string => names.map((name) => markdownCode(name, 40)).join(", ");

const sealed = ({ verdict, seals, sealedTo, lines }: RunSummary["verification"]): string => {
  switch (verdict) {
    case "whole":
      return `The log is as it was written (${plural(seals, "seal")})`;
    case "cut":
      return `The log is as it was written up to line ${grouped(sealedTo)} of ${grouped(lines)}`;
    case "broken":
      return "**The log is not as it was written**";
    case "unsealed":
      return "The log has no seals: nothing shows whether it is as it was written";
  }
};

const code = (text: unknown, most = 120): string[] => (typeof text === "string" ? [markdownCode(text, most)] : []);

/** Which run it was, of what, on which machine: for whoever reads it as evidence. */
const identity = ({ run, host, collector, policy }: RunSummary): string[] => {
  if (run === undefined) return [];
  const { repository, workflow, job, ref, sha, actor, url, attempt } = run;
  const facts = [...code(repository), ...code(workflow), ...code(job), ...code(ref), ...code(sha, 40)];
  const by = [...code(actor).map((name) => `by ${name}`), ...code(url, 200)];
  const again = typeof attempt === "number" && attempt > 1 ? [`attempt ${attempt}`] : [];
  const machine =
    host === undefined ? [] : [...code(host.name), ...code(host.os), ...code(host.kernel), ...code(host.arch)];
  const all = [...facts, ...again, ...by];
  return [
    ...(all.length === 0 ? [] : [`Run: ${all.join(" · ")}`]),
    `Run id: ${markdownCode(run.id, 80)}` +
      (collector === undefined ? "" : `, by Runglass ${markdownCode(collector, 40)}`),
    ...(machine.length === 0 ? [] : [`Machine: ${machine.join(" · ")}`]),
    ...(policy === undefined || policy.mode === "none" ? [] : [`Egress policy: ${policy.mode}`]),
  ];
};

const overview = (summary: RunSummary): string => {
  const { processes, network, files, losses, findings } = summary;
  const items = [
    ...identity(summary),
    `${plural(processes.started, "process", "processes")}, ${grouped(processes.failed)} failed`,
    `${plural(network.connections, "connection")}, ${grouped(network.failed)} failed; ` +
      `${byteSize(network.bytesSent)} sent, ${byteSize(network.bytesReceived)} received` +
      (network.requests === 0 ? "" : `; ${plural(network.requests, "HTTP request")} read`),
    ...(summary.firewall.blocked === 0
      ? []
      : [`**The agent's firewall blocked ${plural(summary.firewall.blocked, "call")}**`]),
    plural(files.operations, "file change"),
    plural(findings.items.length + findings.omitted, "finding"),
    losses.total === 0 ? "No event lost" : `**${plural(losses.total, "event")} lost**`,
    sealed(summary.verification),
  ];
  const when = summary.startedAt === undefined ? "" : `${summary.startedAt} · `;
  const facts = `${when}${duration(summary.durationUs)} · ${plural(summary.events, "event")}`;
  return `${facts}\n\n${items.map((item) => `- ${item}`).join("\n")}\n`;
};

const warnings = (summary: RunSummary): string => {
  const lines: string[] = [];
  const { verdict, problem } = summary.verification;
  if (verdict === "broken" && problem !== undefined)
    lines.push(markdownCode(`line ${problem.line}: ${problem.reason}`, 400));
  if (summary.notice !== undefined) lines.push(markdownCode(summary.notice, 400));
  if (summary.losses.total > 0) {
    lines.push(`Lost events are missing below, by source: ${counts(summary.losses.bySource, true)}.`);
  }
  return lines.length === 0 ? "" : `> [!WARNING]\n${lines.map((line) => `> ${line}\n`).join(">\n")}\n`;
};

const findings = ({ items, omitted }: RunSummary["findings"]): string => {
  const rows = items.map((finding) => [
    markdownCode(finding.severity, 20),
    markdownCode(finding.rule, 60),
    markdownCode(finding.title),
    finding.evidence.slice(0, 5).join(", ") + (finding.evidence.length > 5 ? ", …" : ""),
  ]);
  return table(["Severity", "Rule", "Finding", "Evidence (seq)"], 4, rows, omitted);
};

const steps = ({ items, omitted }: RunSummary["steps"]): string =>
  table(
    ["Step", "Ended", "Duration", "Processes", "Connections", "File changes"],
    2,
    items.map((step) => [
      (step.number === undefined ? "" : `${step.number}. `) + markdownCode(step.name),
      step.conclusion === undefined ? "" : markdownCode(step.conclusion, 20),
      step.durationUs === undefined ? "" : duration(step.durationUs),
      grouped(step.processes) + (step.detached > 0 ? ` (${grouped(step.detached)} detached)` : ""),
      grouped(step.connections),
      grouped(step.fileOperations),
    ]),
    omitted,
  );

const tools = ({ items, omitted }: RunSummary["tools"]): string =>
  table(
    ["Tool call", "About", "Ended", "Hosts", "Duration", "Processes", "Connections", "Requests", "File changes"],
    4,
    items.map((call) => [
      markdownCode(call.name === "" ? call.id : call.name),
      call.input === "" ? "" : markdownCode(call.input, 80),
      [
        call.ok === undefined ? "" : call.ok ? "ok" : "failed",
        call.guessed > 0 ? `${grouped(call.guessed)} guessed` : "",
      ]
        .filter((part) => part !== "")
        .join(", "),
      codes(call.hosts),
      call.durationUs === undefined ? "" : duration(call.durationUs),
      grouped(call.processes),
      grouped(call.connections),
      grouped(call.requests),
      grouped(call.fileOperations),
    ]),
    omitted,
  );

const containers = ({ items, omitted }: RunSummary["containers"]): string =>
  table(
    ["Container", "Runtime", "Image", "Processes", "Connections", "File changes"],
    3,
    items.map((container) => [
      markdownCode(container.name ?? container.id.slice(0, 16)),
      container.runtime === undefined ? "" : markdownCode(container.runtime, 20),
      container.image === undefined ? "" : markdownCode(container.image, 80),
      grouped(container.processes),
      grouped(container.connections),
      grouped(container.fileOperations),
    ]),
    omitted,
  );

const endpoints = ({ items, omitted }: RunSummary["network"]["endpoints"]): string => {
  const stepped = items.some((endpoint) => endpoint.steps.length > 0);
  const requested = items.some((endpoint) => endpoint.requests > 0);
  const judged = items.some((endpoint) => Object.keys(endpoint.verdicts).length > 0);
  const rows = items.map((endpoint) => [
    markdownCode(
      `${!endpoint.named && endpoint.host.includes(":") ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`,
    ) + (endpoint.protocol === "udp" ? " udp" : ""),
    codes(endpoint.programs),
    ...(stepped ? [codes(endpoint.steps)] : []),
    ...(judged ? [counts(endpoint.verdicts)] : []),
    counts(endpoint.failures, true),
    ...(requested ? [grouped(endpoint.requests)] : []),
    grouped(endpoint.connections),
    byteSize(endpoint.bytesSent),
    byteSize(endpoint.bytesReceived),
  ]);
  const heading = [
    "Endpoint",
    "Programs",
    ...(stepped ? ["Steps"] : []),
    ...(judged ? ["Verdicts"] : []),
    "Failed",
    ...(requested ? ["Requests"] : []),
    "Connections",
    "Sent",
    "Received",
  ];
  return table(heading, heading.indexOf("Failed") + 1, rows, omitted);
};

const blocked = ({ items, omitted }: Listed<BlockedSummary>): string =>
  table(
    ["Blocked", "At", "Reason", "Programs", "Times"],
    4,
    items.map(({ host, at, reason, times, programs: names }) => [
      markdownCode(host),
      at,
      reason === "" ? "" : markdownCode(reason, 60),
      codes(names),
      grouped(times),
    ]),
    omitted,
  );

const denied = ({ items, omitted }: Listed<DeniedSummary>): string =>
  table(
    ["Not allowed", "Programs", "Steps", "To allow it", "Times"],
    4,
    items.map(({ what, blocked: isBlocked, programs: names, steps: ids, allow, times }) => [
      `${markdownCode(what)}${isBlocked ? " **blocked**" : ""}`,
      codes(names),
      codes(ids),
      allow === undefined ? "" : markdownCode(allow),
      grouped(times),
    ]),
    omitted,
  );

const programs = ({ items, omitted }: RunSummary["processes"]["programs"]): string =>
  table(
    ["Program", "Started", "Failed"],
    1,
    items.map((program) => [markdownCode(program.name, 80), grouped(program.started), grouped(program.failed)]),
    omitted,
  );

const directories = (items: RunSummary["files"]["directories"]): string =>
  table(
    ["Directory", "Changes", "Total"],
    2,
    items.map(({ path, below, operations, total }) => [
      markdownCode(path) + (below ? " and below" : ""),
      counts(operations),
      grouped(total),
    ]),
    0,
  );

const reads = ({ items, omitted }: RunSummary["reads"]): string =>
  table(
    ["File", "What it is", "Programs", "Reads"],
    3,
    items.map((file) => [
      markdownCode(file.path),
      file.kind === "" ? "" : markdownCode(file.kind, 40),
      codes(file.programs),
      grouped(file.count),
    ]),
    omitted,
  );

const gaps = ({ items, omitted }: RunSummary["coverageGaps"]): string =>
  table(
    ["Hook", "State", "For", "Reason"],
    4,
    items.map(({ hook, state, target, reason }) => [
      markdownCode(hook, 80),
      state,
      target === undefined ? "" : markdownCode(target),
      reason === undefined ? "" : markdownCode(reason),
    ]),
    omitted,
  );

const unless = <T>(list: Listed<T>, title: string, body: (list: Listed<T>) => string): string =>
  list.items.length === 0 && list.omitted === 0 ? "" : section(title, body(list));

/** A job's summary holds a mebibyte, of all steps together; what is longer is refused there as a whole. */
const MOST_BYTES = 900_000;

const utf8Length = (text: string): number => {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Each half of a pair counts for two of its four bytes.
    if (unit >= 0x80) bytes += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
};

/** Cuts at the end of a line, and says so. */
const cut = (markdown: string): string => {
  if (utf8Length(markdown) <= MOST_BYTES) return markdown;
  const kept: string[] = [];
  let bytes = 0;
  for (const line of markdown.split("\n")) {
    bytes += utf8Length(line) + 1;
    if (bytes > MOST_BYTES) break;
    kept.push(line);
  }
  return `${kept.join("\n")}\n\n**Cut here**: a job's summary holds no more. \`runglass summary --format json\` has the rest.\n`;
};

/** The summary as Markdown, of bounded size. Everything that a runner wrote stands in it as code. */
export const renderMarkdown = (summary: RunSummary): string => {
  const name = summary.run?.title ?? summary.run?.id ?? summary.file;
  const parts = [
    `## Runglass: ${markdownCode(name)}\n`,
    overview(summary),
    warnings(summary),
    unless(summary.findings, "Findings", findings),
    unless(summary.denied, "Not allowed by the policy", denied),
    unless(summary.firewall.items, "Blocked by the agent's firewall", blocked),
    unless(summary.steps, "Steps", steps),
    unless(summary.tools, "Tool calls", tools),
    unless(summary.containers, "Containers", containers),
    unless(summary.network.endpoints, "Network", endpoints),
    summary.files.directories.length === 0 ? "" : section("Files", directories(summary.files.directories)),
    unless(summary.reads, "Secrets read", reads),
    unless(summary.processes.programs, "Programs", programs),
    unless(summary.coverageGaps, "Not seen", gaps),
  ];
  return cut(parts.filter((part) => part !== "").join("\n"));
};
