// A network that a run is to be kept from: a namespace with addresses of its own and a server on each port, outside of the
// run's cgroup. What arrives is counted there, so that a test need not believe the collector.
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./support.ts";

/** For what takes a moment where nobody else wants the processor. */
const PATIENCE_MS = 40_000;

export const V4 = "198.51.100.7";
export const V6 = "2001:db8::7";

/** Listens at each port over TCP and UDP, and counts; a packet of any kind with the marker in it is counted too. */
const SERVER = `
import json, selectors, socket, subprocess, sys, threading
V4, V6, PORTS = sys.argv[1], sys.argv[2], [int(port) for port in sys.argv[3].split(",")]
MARKER = b"egress-marker"
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
subprocess.run(["ip", "addr", "add", V4 + "/32", "dev", "lo"], check=True)
subprocess.run(["ip", "addr", "add", V6 + "/128", "dev", "lo", "nodad"], check=True)
counts = {}
def count(what):
    counts[what] = counts.get(what, 0) + 1
chosen = selectors.DefaultSelector()
for port in PORTS:
    for family, address in ((socket.AF_INET, V4), (socket.AF_INET6, V6)):
        name = "4" if family == socket.AF_INET else "6"
        tcp = socket.socket(family, socket.SOCK_STREAM)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tcp.setsockopt(socket.IPPROTO_TCP, 23, 16)
        tcp.bind((address, port)); tcp.listen(64); tcp.setblocking(False)
        udp = socket.socket(family, socket.SOCK_DGRAM); udp.bind((address, port)); udp.setblocking(False)
        chosen.register(tcp, selectors.EVENT_READ, ("tcp" + name, port))
        chosen.register(udp, selectors.EVENT_READ, ("udp" + name, port))
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)); wire.bind(("lo", 0)); wire.setblocking(False)
chosen.register(wire, selectors.EVENT_READ, ("wire", 0))
chosen.register(sys.stdin, selectors.EVENT_READ, ("stdin", 0))
kept = []
def take(key):
    kind, port = key.data
    if kind == "wire":
        frame, source = key.fileobj.recvfrom(65536)
        if MARKER in frame and source[2] == socket.PACKET_OUTGOING: count("marked")
    elif kind.startswith("tcp"):
        connection, _ = key.fileobj.accept(); kept.append(connection); count(f"{kind} {port}")
    elif kind != "stdin":
        key.fileobj.recvfrom(65536); count(f"{kind} {port}")
def take_all(key):
    try:
        while key.data[0] != "stdin": take(key)
    except BlockingIOError:
        pass
print("ready", flush=True)
while True:
    asked = False
    for key, _ in chosen.select():
        asked = asked or key.data[0] == "stdin"
        take_all(key)
    if asked:
        if sys.stdin.readline() == "": sys.exit(0)
        for key in list(chosen.get_map().values()): take_all(key)
        print(json.dumps(counts), flush=True)
`;

export type Counts = Readonly<Record<string, number>>;

/** The network while a test needs it. */
export class BlockedNetwork {
  readonly #server: ChildProcess;
  #said = "";

  private constructor(server: ChildProcess) {
    this.#server = server;
    server.stdout?.setEncoding("utf8").on("data", (text: string) => (this.#said += text));
  }

  /** Makes one with servers at these ports; `folder` is for its program. */
  static async open(folder: string, ports: readonly number[]): Promise<BlockedNetwork> {
    const program = join(folder, "server.py");
    writeFileSync(program, SERVER);
    const command = ["--net", "python3", program, V4, V6, ports.join(",")];
    const network = new BlockedNetwork(spawn("unshare", command, { stdio: ["pipe", "pipe", "inherit"] }));
    await until(() => network.#said.includes("ready\n"), "the server listens", PATIENCE_MS);
    return network;
  }

  /** A command that runs in it. */
  inside(...command: readonly string[]): string[] {
    return ["nsenter", `--net=/proc/${this.#server.pid}/ns/net`, "--", ...command];
  }

  /** What has arrived so far. */
  async counts(): Promise<Counts> {
    const before = this.#said.length;
    this.#server.stdin?.write("\n");
    await until(() => this.#said.slice(before).includes("\n"), "the server counts", PATIENCE_MS);
    return JSON.parse(this.#said.slice(before)) as Counts;
  }

  close(): void {
    this.#server.stdin?.end();
    this.#server.kill("SIGKILL");
  }
}

/**
 * Ends `pid` and takes away what it left, whatever becomes of the test, when a minute is over: nothing stays closed. Gives
 * what calls that off.
 */
export const deadMansSwitch = (pid: number, bundle: string): (() => void) => {
  const script = 'sleep 60; kill -9 "$1"; exec "$2" "$3" doctor --clean';
  const child = spawn("sh", ["-c", script, "sh", String(pid), process.execPath, bundle], {
    stdio: "ignore",
    detached: true,
  });
  child.unref();
  return () => {
    assert.ok(child.pid !== undefined);
    process.kill(-child.pid, "SIGKILL");
  };
};
