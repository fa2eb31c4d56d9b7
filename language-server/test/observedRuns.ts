// Recorded runs for tests: logs as the collector writes them, read as the server reads them.
import { RunReader, type ObservedRun } from "../src/observed/observedRun.ts";
import { WORKFLOW } from "./judged.ts";

export interface Connection {
  readonly host?: string;
  readonly ip?: string;
  readonly port?: number;
  readonly protocol?: "tcp" | "udp";
  readonly verdict?: string;
}

let began = 1_790_000_000_000_000;

/** A run of a job that made these connections; each call is later than the one before. */
export const runNeeding = (
  connections: readonly (Connection | string)[],
  job = "build",
  workflow = WORKFLOW,
): ObservedRun => {
  const reader = new RunReader();
  let seq = 0;
  began += 1_000_000;
  const line = (event: object): void => reader.line(JSON.stringify({ v: 1, seq: ++seq, t: began + seq, ...event }));
  line({
    type: "run.start",
    run: { id: "1", job, workflow },
    host: { name: "h", os: "o", kernel: "k", arch: "x64" },
    collector: { version: "0" },
    policy: { mode: "none", endpoints: [] },
  });
  line({
    type: "process.exec",
    process: "1",
    exec: { id: "1", pid: 1, ppid: 0, exe: "/usr/bin/pip", argv: [], cwd: "/", uid: 0 },
  });
  line({ type: "step.start", stepInfo: { id: "s1", name: "Install" } });
  for (const [n, one] of connections.entries()) {
    const {
      host,
      ip = "198.51.100.7",
      port = 443,
      protocol = "tcp",
      verdict,
    } = typeof one === "string" ? { host: one } : one;
    line({
      type: "net.connect",
      process: "1",
      step: "s1",
      flow: { id: `f${n}`, protocol, local: { ip: "192.0.2.1", port: 1 }, remote: { ip, port } },
      ...(host === undefined ? {} : { host: { name: host, source: "dns" } }),
      ...(verdict === undefined ? {} : { verdict }),
      result: "ok",
    });
  }
  reader.line("{ broken");
  return reader.finish();
};
