// Decodes one event from parsed JSON. Everything that reads a log or a stream passes through here once, at its edge;
// behind it the types hold and nobody checks again.
import type { RunEvent, UnknownEvent } from "./events.ts";

export type Decoded =
  { readonly ok: true; readonly event: RunEvent | UnknownEvent } | { readonly ok: false; readonly reason: string };

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

const string: Check = (value) => typeof value === "string";
const boolean: Check = (value) => typeof value === "boolean";
const integer: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const port: Check = (value) => integer(value) && (value as number) <= 65535;
const anything: Check = () => true;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const oneOf = (...values: readonly unknown[]): Check => {
  const set = new Set(values);
  return (value) => set.has(value);
};
const arrayOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Name of the first field of `value` that does not fit `shape`. */
const misfit = (value: Readonly<Record<string, unknown>>, shape: Shape): string | undefined => {
  for (const key in shape) {
    if (!shape[key]?.(value[key])) return key;
  }
  return undefined;
};
const record = (shape: Shape): Check => {
  return (value) => isRecord(value) && misfit(value, shape) === undefined;
};
const countsByType: Check = (value) => isRecord(value) && Object.values(value).every(integer);

const endpoint = record({ ip: string, port });
const verdict = optional(oneOf("allowed", "would-block", "blocked"));
const flowHost = optional(record({ name: string, source: oneOf("dns", "sni", "http", "proxy") }));
const flowId = record({ id: string });
const filesByDirectory: Check = (value) => isRecord(value) && Object.values(value).every(arrayOf(string));
const step = record({ id: string, number: optional(integer), name: optional(string) });
const tool = record({
  id: string,
  name: string,
  input: anything,
  turn: optional(integer),
  sessionId: optional(string),
});

const base: Shape = {
  seq: (value) => integer(value) && value !== 0,
  t: integer,
  type: string,
  process: optional(string),
  step: optional(string),
  detached: optional(boolean),
  stepGuess: optional(boolean),
  tool: optional(string),
  toolGuess: optional(boolean),
};

const jobFacts: Shape = {
  attempt: optional(integer),
  repository: optional(string),
  workflow: optional(string),
  job: optional(string),
  actor: optional(string),
  event: optional(string),
  ref: optional(string),
  sha: optional(string),
  url: optional(string),
};

const shapes: { readonly [T in RunEvent["type"]]: Shape } = {
  "run.start": {
    run: record({ ...jobFacts, id: string, title: optional(string) }),
    host: record({ name: string, os: string, kernel: string, arch: string }),
    collector: record({ version: string, listen: optional(string) }),
    policy: record({
      mode: oneOf("none", "audit", "block"),
      dialect: optional(string),
      endpoints: arrayOf(string),
      source: optional(string),
    }),
  },
  coverage: {
    hook: string,
    state: oneOf("on", "off", "unsupported"),
    target: optional(string),
    reason: optional(string),
  },
  "step.start": { stepInfo: step, run: optional(record({ ...jobFacts, id: optional(string) })) },
  "step.end": { stepInfo: step, conclusion: optional(string) },
  "tool.start": { toolInfo: tool, senderGuess: optional(boolean) },
  "tool.end": { toolInfo: tool, ok: optional(boolean), senderGuess: optional(boolean) },
  "process.exec": {
    process: string,
    exec: record({
      id: string,
      pid: integer,
      ppid: integer,
      parent: optional(string),
      exe: string,
      argv: arrayOf(string),
      cwd: string,
      uid: integer,
      user: optional(string),
      container: optional(string),
      containerInfo: optional(
        record({
          runtime: optional(string),
          name: optional(string),
          image: optional(string),
          pid: optional(integer),
          by: string,
        }),
      ),
      truncated: optional(boolean),
      forked: optional(boolean),
      existing: optional(boolean),
    }),
  },
  "process.exit": { process: string, exit: record({ code: integer, signal: integer, durationUs: integer }) },
  "net.connect": {
    flow: record({ id: string, protocol: oneOf("tcp", "udp"), local: endpoint, remote: endpoint }),
    host: flowHost,
    verdict,
    rule: optional(string),
    reason: optional(string),
    allowedBy: optional(string),
    count: optional(integer),
    result: string,
  },
  "net.close": {
    flow: flowId,
    bytesSent: integer,
    bytesReceived: integer,
    durationUs: integer,
    result: optional(string),
    host: flowHost,
    verdict,
    rule: optional(string),
    reason: optional(string),
    allowedBy: optional(string),
  },
  "dns.query": {
    dns: record({
      name: string,
      qtype: string,
      transport: oneOf("udp", "tcp"),
      server: endpoint,
      rcode: optional(string),
      answers: arrayOf(string),
    }),
    verdict,
    rule: optional(string),
    reason: optional(string),
    allowedBy: optional(string),
  },
  "http.request": {
    http: record({ method: string, host: optional(string), path: string, version: string, tls: string }),
    flow: optional(flowId),
    verdict,
    rule: optional(string),
  },
  "http.response": { request: integer, status: integer },
  "file.write": {
    file: record({
      op: oneOf("create", "write", "truncate", "rename", "unlink", "chmod", "link"),
      path: string,
      from: optional(string),
      partial: optional(boolean),
      files: optional(filesByDirectory),
      counts: optional(arrayOf(integer)),
      froms: optional(arrayOf(string)),
    }),
    until: optional(integer),
    count: optional(integer),
  },
  "file.read": {
    file: record({ path: string, kind: optional(string), owner: optional(string), partial: optional(boolean) }),
    count: optional(integer),
  },
  firewall: {
    firewall: record({
      verdict: oneOf("allowed", "blocked", "redirected"),
      at: oneOf("dns", "http", "packet"),
      names: arrayOf(string),
      address: optional(string),
      port: optional(port),
      server: optional(record({ ip: string, port: optional(port) })),
      url: optional(string),
      reason: optional(string),
      rule: optional(string),
      pid: optional(integer),
      command: optional(string),
    }),
    flow: optional(flowId),
    about: optional(integer),
  },
  finding: { finding: record({ rule: string, severity: string, title: string, evidence: arrayOf(integer) }) },
  enforcement: { armed: boolean, reason: string },
  loss: { source: string, lost: integer, atLeast: optional(boolean) },
  seal: { first: integer, last: integer, sha256: string, previous: string },
  "run.end": { counts: countsByType, lost: integer },
};

/**
 * Checks one parsed line. Unknown fields are kept; an unknown `type` gives an `UnknownEvent`; a version other than 1 is
 * refused with a reason that says what to do.
 */
export const decodeEvent = (value: unknown): Decoded => {
  if (!isRecord(value)) return { ok: false, reason: "an event must be a JSON object" };
  if (value["v"] !== 1) {
    const newer = typeof value["v"] === "number" && value["v"] > 1;
    return {
      ok: false,
      reason: newer
        ? `the event has version ${String(value["v"])}, and this Runglass reads version 1: update Runglass`
        : 'the event has no "v": 1; is this a Runglass run log?',
    };
  }
  const wrong = misfit(value, base);
  if (wrong !== undefined) return { ok: false, reason: `field "${wrong}" is missing or has the wrong type` };
  const type = value["type"] as string;
  if (!Object.hasOwn(shapes, type)) return { ok: true, event: { ...value, unknown: true } as unknown as UnknownEvent };
  const wrongInType = misfit(value, shapes[type as RunEvent["type"]]);
  if (wrongInType !== undefined) {
    return { ok: false, reason: `field "${wrongInType}" of "${type}" is missing or has the wrong shape` };
  }
  return { ok: true, event: value as unknown as RunEvent };
};

/** Decodes one line of a log; `reason` never quotes the line, which may hold anything. */
export const decodeLine = (line: string): Decoded => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, reason: "the line is not JSON" };
  }
  return decodeEvent(value);
};

/** Tells a known event from one of a newer version. */
export const isKnownEvent = (event: RunEvent | UnknownEvent): event is RunEvent => !("unknown" in event);
