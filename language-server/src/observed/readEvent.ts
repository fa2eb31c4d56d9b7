// An event of a log, as far as a policy needs it. Logs are read leniently here: one that was cut off, or written by something that
// leaves out what nobody needs for this, still tells what its runs needed.
import type { NetClose, NetConnect, ProcessExec, RunEvent, StepStart } from "../../../collector/protocol/events.ts";

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const naturalOf = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;

const VERDICTS: ReadonlySet<unknown> = new Set(["allowed", "would-block", "blocked"]);

/** What a line tells: the event, filled up with what it lacks; the job that it names; whether it is newer than what is read here. */
export interface ReadEvent {
  readonly event?: RunEvent;
  readonly job?: string | undefined;
  readonly workflow?: string | undefined;
  /** In microseconds since the epoch. */
  readonly t?: number;
  /** The hash of a seal. */
  readonly seal?: string | undefined;
  readonly isNewer?: boolean;
}

const hostOf = (value: unknown): Pick<NetConnect, "host"> => {
  const name = textOf(fieldsOf(value)["name"]);
  return name === undefined ? {} : { host: { name, source: "dns" } };
};

const verdictOf = (value: unknown): Pick<NetConnect, "verdict"> =>
  VERDICTS.has(value) ? { verdict: value as NonNullable<NetConnect["verdict"]> } : {};

type Base = Pick<NetConnect, "v" | "seq" | "t" | "process" | "step">;

const connectOf = (base: Base, fields: Fields): NetConnect | undefined => {
  const flow = fieldsOf(fields["flow"]);
  const remote = fieldsOf(flow["remote"]);
  const { protocol } = flow;
  const [ip, port] = [textOf(remote["ip"]), naturalOf(remote["port"])];
  if (ip === undefined || port === undefined || port > 65_535 || (protocol !== "tcp" && protocol !== "udp"))
    return undefined;
  const id = textOf(flow["id"]) ?? `line ${base.seq}`;
  return {
    ...base,
    type: "net.connect",
    flow: { id, protocol, local: { ip: "", port: 0 }, remote: { ip, port } },
    ...hostOf(fields["host"]),
    ...verdictOf(fields["verdict"]),
    result: textOf(fields["result"]) ?? "",
  };
};

const closeOf = (base: Base, fields: Fields): NetClose => ({
  ...base,
  type: "net.close",
  flow: { id: textOf(fieldsOf(fields["flow"])["id"]) ?? "" },
  bytesSent: 0,
  bytesReceived: 0,
  durationUs: 0,
  ...hostOf(fields["host"]),
  ...verdictOf(fields["verdict"]),
});

const execOf = (base: Base, fields: Fields): ProcessExec | undefined => {
  const exec = fieldsOf(fields["exec"]);
  const id = textOf(exec["id"]) ?? base.process;
  const exe = textOf(exec["exe"]);
  if (id === undefined || exe === undefined) return undefined;
  return { ...base, type: "process.exec", process: id, exec: { id, pid: 0, ppid: 0, exe, argv: [], cwd: "", uid: 0 } };
};

const stepOf = (base: Base, fields: Fields): StepStart | undefined => {
  const info = fieldsOf(fields["stepInfo"]);
  const [id, name] = [textOf(info["id"]), textOf(info["name"])];
  return id === undefined
    ? undefined
    : { ...base, type: "step.start", stepInfo: { id, ...(name === undefined ? {} : { name }) } };
};

/** Reads a line; `line` is its number, for what it lacks. Undefined for what is no event. */
export const readEvent = (text: string, line: number): ReadEvent | undefined => {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isFields(fields)) return undefined;
  const type = textOf(fields["type"]);
  const { v } = fields;
  if (type === undefined) return undefined;
  if (typeof v === "number" && v > 1) return { isNewer: true };
  const [process, step] = [textOf(fields["process"]), textOf(fields["step"])];
  const base: Base = {
    v: 1,
    seq: line,
    t: naturalOf(fields["t"]) ?? 0,
    ...(process === undefined ? {} : { process }),
    ...(step === undefined ? {} : { step }),
  };
  const facts = fieldsOf(fields["run"]);
  const job = { job: textOf(facts["job"]), workflow: textOf(facts["workflow"]) };
  const { t } = base;
  const told = (event: RunEvent | undefined): ReadEvent => (event === undefined ? { t } : { t, event });
  switch (type) {
    case "run.start":
      return { t, ...job };
    case "step.start":
    case "step.end":
      return { ...told(stepOf(base, fields)), ...job };
    case "net.connect":
      return told(connectOf(base, fields));
    case "net.close":
      return told(closeOf(base, fields));
    case "process.exec":
      return told(execOf(base, fields));
    case "dns.query": {
      const name = textOf(fieldsOf(fields["dns"])["name"]);
      if (name === undefined || fields["verdict"] !== "blocked") return { t };
      const dns = { name, qtype: "", transport: "udp", server: { ip: "", port: 0 }, answers: [] } as const;
      return told({ ...base, type: "dns.query", dns, verdict: "blocked" });
    }
    case "seal":
      return { t, seal: textOf(fields["sha256"]) };
    default:
      return { t };
  }
};
