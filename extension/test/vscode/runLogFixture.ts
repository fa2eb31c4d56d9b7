// Small run logs for tests of what is shown; where the events come from does not matter there.
import { writeFile } from "node:fs/promises";
import type { RunEvent } from "../../../collector/protocol/events.ts";

type Fields = {
  [Type in RunEvent["type"]]: Omit<Extract<RunEvent, { type: Type }>, "v" | "seq" | "t">;
}[RunEvent["type"]];

const START = 1_700_000_000_000_000;

/** @returns the events as lines of a log, numbered from 1, one millisecond apart */
export const logLines = (events: readonly Fields[], firstSeq = 1): string =>
  events
    .map(({ type, ...fields }, index) => {
      const seq = firstSeq + index;
      return `${JSON.stringify({ v: 1, seq, t: START + seq * 1000, type, ...fields })}\n`;
    })
    .join("");

/** A run of `processes` processes below one shell, each with a connection and a file. */
export const runEvents = (id: string, processes: number): Fields[] => {
  const events: Fields[] = [
    {
      type: "run.start",
      run: { id, title: `Fixture ${id}` },
      host: { name: "runner", os: "Debian GNU/Linux 12", kernel: "6.18", arch: "x64" },
      collector: { version: "0.1.0" },
      policy: { mode: "none", endpoints: [] },
    },
    exec("1-shell", 1, "/usr/bin/bash", ["bash", "agent.sh"]),
  ];
  for (let index = 1; index <= processes; index += 1) {
    const pid = 100 + index;
    const process = `${pid}-tool`;
    events.push(
      exec(process, pid, "/usr/bin/curl", ["curl", `https://host${index}.example.test/file`], "1-shell"),
      {
        type: "net.connect",
        process,
        flow: {
          id: `f${index}`,
          protocol: "tcp",
          local: { ip: "192.0.2.10", port: 40_000 + index },
          remote: { ip: "198.51.100.7", port: 443 },
        },
        host: { name: `host${index}.example.test`, source: "dns" },
        result: "ok",
      },
      { type: "file.write", process, file: { op: "create", path: `/home/runner/file${index}.txt` } },
      { type: "process.exit", process, exit: { code: 0, signal: 0, durationUs: 2000 } },
    );
  }
  return events;
};

const exec = (id: string, pid: number, exe: string, argv: readonly string[], parent?: string): Fields => ({
  type: "process.exec",
  process: id,
  exec: {
    id,
    pid,
    ppid: parent === undefined ? 0 : 1,
    ...(parent === undefined ? {} : { parent }),
    exe,
    argv: [...argv],
    cwd: "/home/runner",
    uid: 1000,
    user: "runner",
  },
});

/** Writes a finished log. */
export const writeRunLog = async (path: string, id: string, processes: number): Promise<void> => {
  const events = runEvents(id, processes);
  const end: Fields = { type: "run.end", counts: { "process.exec": processes + 1 }, lost: 0 };
  await writeFile(path, logLines([...events, end]));
};
