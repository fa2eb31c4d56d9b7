// Writes the log of a long run, the same one each time: an agent that builds, fetches and installs for hours. Most events
// are files, as in a real run with package installs; each tool has its own processes, connections and directories.
import { createWriteStream } from "node:fs";
import { once } from "node:events";

const START = 1_790_000_000_000_000;
const ROOT = "/home/runner/work/app/app";
const hosts = [
  ["npm.pkg.github.com", "198.51.100.33"],
  ["api.github.com", "198.51.100.5"],
  ["codeload.github.com", "198.51.100.9"],
  ["pypi.org", "198.51.100.60"],
  ["files.pythonhosted.org", "198.51.100.61"],
  ["azure.archive.ubuntu.com", "198.51.100.80"],
  ["telemetry.example", "2001:db8::63"],
] as const;
const tools = [
  ["node", "npm", "ci"],
  ["git", "fetch", "origin"],
  ["python3.12", "-m", "pip", "install"],
  ["cc1", "-O2", "-o"],
  ["tar", "xzf"],
] as const;
const words = [
  "core",
  "parser",
  "server",
  "client",
  "types",
  "render",
  "stream",
  "cache",
  "runtime",
  "loader",
  "graph",
];

/** Text in the paths of some files; each such path is in the log once, so it counts rows as well as events. */
export const NEEDLE = "scope-17/lib";

export interface SyntheticRun {
  readonly events: number;
  readonly bytes: number;
  /** Events whose path holds `NEEDLE`. */
  readonly needles: number;
}

/** Marsaglia's xorshift: small, and the same on every machine. */
const generator = (): ((below: number) => number) => {
  let state = 0x9e3779b9;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
};

class Lines {
  seq = 0;
  text = "";
  readonly #random: (below: number) => number;
  #t = START;

  constructor(random: (below: number) => number) {
    this.#random = random;
  }

  add(type: string, fields: string): void {
    this.seq += 1;
    this.#t += 1 + this.#random(3000);
    this.text += `{"v":1,"seq":${this.seq},"t":${this.#t},"type":"${type}",${fields}}\n`;
  }
}

const startRun = (lines: Lines): void => {
  lines.add(
    "run.start",
    `"run":{"id":"synthetic","title":"agent --task build"},"host":{"name":"runner","os":"Ubuntu 24.04","kernel":"6.11.0","arch":"x64"},"collector":{"version":"0.1.0"},"policy":{"mode":"none","endpoints":[]}`,
  );
};

/** Writes a whole run of exactly `events` events to `path`. */
export const writeSyntheticRun = async (path: string, events: number): Promise<SyntheticRun> => {
  const random = generator();
  const lines = new Lines(random);
  const file = createWriteStream(path);
  let needles = 0;
  let started = 0;
  let flows = 0;
  let paths = 0;

  const exec = (parent: string | undefined, argv: readonly string[]): string => {
    const pid = 1000 + (started % 31_000);
    const id = `${pid}-${(started++).toString(36)}`;
    const above = parent === undefined ? "" : `"parent":"${parent}",`;
    lines.add(
      "process.exec",
      `"process":"${id}","exec":{"id":"${id}","pid":${pid},"ppid":${parent === undefined ? 1 : Number.parseInt(parent, 10)},${above}"exe":"/usr/bin/${argv[0]}","argv":${JSON.stringify(argv)},"cwd":"${ROOT}","uid":1001,"user":"runner"}`,
    );
    return id;
  };
  const exit = (id: string): void => {
    const code = random(100) < 3 ? 1 : 0;
    lines.add("process.exit", `"process":"${id}","exit":{"code":${code},"signal":0,"durationUs":${random(9_000_000)}}`);
  };
  const connect = (id: string): void => {
    const [name, ip] = hosts[random(hosts.length)] ?? hosts[0];
    const flow = `f${flows++}`;
    const failed = random(40) === 0;
    lines.add(
      "dns.query",
      `"process":"${id}","dns":{"name":"${name}","qtype":"A","transport":"udp","server":{"ip":"192.0.2.53","port":53},"rcode":"NOERROR","answers":["${ip}"]}`,
    );
    lines.add(
      "net.connect",
      `"process":"${id}","flow":{"id":"${flow}","protocol":"tcp","local":{"ip":"192.0.2.10","port":${32_768 + random(28_000)}},"remote":{"ip":"${ip}","port":443}},"host":{"name":"${name}","source":"dns"},"result":"${failed ? "ECONNREFUSED" : "ok"}"`,
    );
    if (failed) return;
    lines.add(
      "net.close",
      `"process":"${id}","flow":{"id":"${flow}"},"bytesSent":${random(9000)},"bytesReceived":${random(4_000_000)},"durationUs":${random(900_000)}`,
    );
  };
  const write = (id: string): void => {
    const n = paths++;
    const scope = random(400);
    const [word, other] = [words[random(words.length)], words[random(words.length)]];
    const name = `${ROOT}/node_modules/@${word}/scope-${scope}/lib/${other}-${n.toString(36)}.js`;
    if (name.includes(NEEDLE)) needles += 1;
    lines.add("file.write", `"process":"${id}","file":{"op":"create","path":"${name}"}`);
    // Archives write a file under another name first; not every tool does.
    if (random(12) === 0 && !name.includes(NEEDLE)) {
      lines.add("file.write", `"process":"${id}","file":{"op":"rename","path":"${name}.map","from":"${name}"}`);
    }
  };

  startRun(lines);
  // A round makes far fewer events than are left for it here; the rest are files of one last process.
  while (lines.seq < events - 1000) {
    const shell = exec(undefined, ["bash", "-e", `step-${started}.sh`]);
    for (let tool = 2 + random(4); tool > 0; tool--) {
      const argv = tools[random(tools.length)] ?? tools[0];
      const id = exec(shell, [...argv, `${words[random(words.length)]}-${started}`]);
      for (let i = random(4); i > 0; i--) connect(id);
      for (let i = random(40); i > 0; i--) write(id);
      exit(id);
    }
    exit(shell);
    if (lines.text.length > 1 << 20) {
      if (!file.write(lines.text)) await once(file, "drain");
      lines.text = "";
    }
  }
  const last = exec(undefined, ["bash", "-e", "last.sh"]);
  while (lines.seq < events - 1) {
    lines.add("file.write", `"process":"${last}","file":{"op":"create","path":"${ROOT}/out/${paths++}.log"}`);
  }
  lines.add("run.end", `"counts":{},"lost":0`);
  file.end(lines.text);
  await once(file, "finish");
  return { events, bytes: file.bytesWritten, needles };
};
