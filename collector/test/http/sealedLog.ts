// A sealed log as the collector writes it, for tests: some events between seals, and run.end.
import { EventLog } from "../../src/events/eventLog.ts";

const T = 1_790_000_000_000_000;

const runStart = {
  run: { id: "run-1", title: "a run" },
  host: { name: "h", os: "linux", kernel: "6", arch: "x64" },
  collector: { version: "0.1.0" },
  policy: { mode: "none", endpoints: [] },
};

/** `groups`: how many events each seal covers, beside itself; the last seal covers run.start or nothing more, and run.end. */
export const sealedLog = (groups: readonly number[], path = "/srv/é"): string => {
  let [text, now, n] = ["", 0, 0];
  const append = (lines: Uint8Array): boolean => {
    text += Buffer.from(lines).toString();
    return true;
  };
  const events = new EventLog({ append }, () => now);
  events.writeObject("run.start", T, runStart);
  events.flush();
  for (const count of groups) {
    for (let i = 0; i < count; i++) {
      events.writeObject("file.write", T + ++n, { process: "1-a", file: { op: "write", path: `${path}/${n}` } });
    }
    events.flush();
    now += 1_000;
    events.flush();
  }
  events.end(T + n + 1);
  return text;
};

/** A log that was never sealed. */
export const unsealedLog = (groups: readonly number[]): string => {
  const lines = sealedLog(groups)
    .split("\n")
    .filter((line) => line !== "" && !line.includes('"type":"seal"'));
  return lines.map((line, i) => `${line.replace(/"seq":\d+/, `"seq":${i + 1}`)}\n`).join("");
};
