// Writes events of a run for tests: seq and times go on by themselves.
import type { RunEvent } from "../../../collector/protocol/events.ts";

/** Distributes over the union, so that each member keeps its own fields. */
type Body<E> = E extends RunEvent ? Omit<E, "v" | "seq" | "t"> : never;

export class EventWriter {
  seq = 0;
  /** Microseconds since the epoch. */
  t = 1_790_000_000_000_000;
  readonly lines: string[] = [];
  #flows = 0;

  /** Adds one event `after` microseconds behind the last one. */
  add(event: Body<RunEvent>, after = 1000): number {
    this.seq += 1;
    this.t += after;
    this.lines.push(JSON.stringify({ v: 1, seq: this.seq, t: this.t, ...event }));
    return this.seq;
  }

  start(title = "npm ci"): void {
    this.add({
      type: "run.start",
      run: { id: "run-1", title },
      host: { name: "runner", os: "Ubuntu 24.04", kernel: "6.11.0", arch: "x86_64" },
      collector: { version: "0.1.0" },
      policy: { mode: "none", endpoints: [] },
    });
  }

  exec(
    id: string,
    parent: string | undefined,
    argv: readonly string[],
    more: { exe?: string; cwd?: string } = {},
  ): void {
    const pid = Number.parseInt(id, 10);
    this.add({
      type: "process.exec",
      process: id,
      exec: {
        id,
        pid,
        ppid: parent === undefined ? 1 : Number.parseInt(parent, 10),
        ...(parent === undefined ? {} : { parent }),
        exe: more.exe ?? `/usr/bin/${argv[0] ?? "x"}`,
        argv,
        cwd: more.cwd ?? "/home/runner/work/app",
        uid: 1001,
        user: "runner",
      },
    });
  }

  exit(id: string, code = 0, signal = 0, durationUs = 1_250_000): void {
    this.add({ type: "process.exit", process: id, exit: { code, signal, durationUs } });
  }

  /** A connection that is made, moves bytes and is closed; `result` other than ok leaves it at the attempt. */
  connect(id: string, host: string | undefined, ip: string, port: number, result = "ok", bytes = 31_000): void {
    this.#flows += 1;
    const flow = `f${this.#flows}`;
    this.add({
      type: "net.connect",
      process: id,
      flow: { id: flow, protocol: "tcp", local: { ip: "192.0.2.10", port: 40_000 }, remote: { ip, port } },
      ...(host === undefined ? {} : { host: { name: host, source: "dns" } }),
      result,
    });
    if (result !== "ok") return;
    this.add(
      { type: "net.close", process: id, flow: { id: flow }, bytesSent: 1200, bytesReceived: bytes, durationUs: 90_000 },
      90_000,
    );
  }

  /** A connection without a name, or with `before`, that says at its end whom it was to. */
  connectNamedLate(id: string, name: string, ip: string, port: number, before?: string): void {
    const close = this.open(id, ip, port, before);
    close(name);
  }

  /** A connection that is made; the function that is returned closes it, with what was said late. */
  open(id: string, ip: string, port: number, host?: string): (name?: string) => void {
    this.#flows += 1;
    const flow = `f${this.#flows}`;
    this.add({
      type: "net.connect",
      process: id,
      flow: { id: flow, protocol: "tcp", local: { ip: "192.0.2.10", port: 40_000 }, remote: { ip, port } },
      ...(host === undefined ? {} : { host: { name: host, source: "dns" } }),
      result: "ok",
    });
    return (name) => {
      this.add({
        type: "net.close",
        process: id,
        flow: { id: flow },
        bytesSent: 100,
        bytesReceived: 2000,
        durationUs: 1000,
        ...(name === undefined ? {} : { host: { name, source: "sni" } }),
      });
    };
  }

  file(
    id: string,
    op: "create" | "write" | "truncate" | "rename" | "unlink" | "chmod" | "link",
    path: string,
    from?: string,
  ): void {
    this.add({ type: "file.write", process: id, file: { op, path, ...(from === undefined ? {} : { from }) } }, 10);
  }

  get text(): string {
    return this.lines.map((line) => `${line}\n`).join("");
  }

  /** What was added since the last call. */
  take(): string {
    const { text } = this;
    this.lines.length = 0;
    return text;
  }
}
