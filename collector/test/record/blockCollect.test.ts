// collect with an egress policy: it holds for a cgroup whose processes run already, and for the connections that they have.
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { BUNDLE, Events, prepare, scratch, start, until } from "./support.ts";
import { makeCgroup, removeCgroup } from "../sensor/sensor.ts";
import { deadMansSwitch } from "./blockedNetwork.ts";

/** Addresses of loopback that no rule is about, and one that a rule allows. */
const [DENIED, ALLOWED] = ["127.0.0.87", "127.0.0.88"];

/** Connects to both, waits for a line, and says how each goes on; another line, and it connects anew. */
const CLIENT = `
import errno, socket, sys
flows = [socket.create_connection((address, int(sys.argv[1]))) for address in ("${DENIED}", "${ALLOWED}")]
print("connected", flush=True); sys.stdin.readline()
def end(do):
    try: return do()
    except OSError as error: return errno.errorcode.get(error.errno, str(error.errno))
def talk(flow):
    flow.settimeout(20); flow.sendall(b"x"); return flow.recv(9).decode()
print(*[end(lambda: talk(flow)) for flow in flows], flush=True)
while sys.stdin.readline():
    print(end(lambda: socket.create_connection(("${DENIED}", int(sys.argv[1]))) and "ok"), flush=True)
`;

describe("collect: an egress policy for what runs already", function () {
  this.timeout(120_000);
  before(prepare);
  const folder = scratch();
  let server: Server;
  let client: ChildProcess;
  let cgroup: string;
  let said = "";
  /** Bytes that have arrived, by the address that they were sent to. */
  const arrived = new Map<string, number>();
  const accepted = new Set<Socket>();
  const line = async (): Promise<string> => {
    await until(() => said.includes("\n"), "the client says something", 40_000);
    const [first = "", ...rest] = said.split("\n");
    said = rest.join("\n");
    return first;
  };

  before(async () => {
    server = createServer((socket) => {
      accepted.add(socket);
      socket.on("error", () => undefined);
      socket.on("data", (data) => {
        const at = socket.localAddress ?? "";
        arrived.set(at, (arrived.get(at) ?? 0) + data.length);
        socket.write("answer");
      });
    });
    server.listen(0, "0.0.0.0");
    await once(server, "listening");
    cgroup = makeCgroup();
    const { port } = server.address() as AddressInfo;
    const shell = ["-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', cgroup, "python3", "-c", CLIENT, String(port)];
    client = spawn("/bin/sh", shell, { stdio: ["pipe", "pipe", "inherit"] });
    client.stdout?.setEncoding("utf8").on("data", (text: string) => (said += text));
    assert.equal(await line(), "connected");
  });
  after(async () => {
    client?.kill("SIGKILL");
    server?.close();
    for (const socket of accepted) socket.destroy();
    if (cgroup !== undefined) await removeCgroup(cgroup);
    folder.remove();
  });

  it("ends the connections that no rule allows, at once, and no others; ends with it", async () => {
    const out = join(folder.path, "run.ndjson");
    const policy = ["--egress-policy", "block", "--default-rules", "none", "--allowed-endpoints", `${ALLOWED}:*`];
    const running = start(["collect", "--out", out, "--cgroup", cgroup, ...policy]);
    const pid = running.child.pid ?? 0;
    const lift = deadMansSwitch(pid, BUNDLE);
    try {
      await until(() => running.stderr().includes("watching"), "it watches", 40_000);
      client.stdin?.write("\n");
      assert.equal(await line(), "ECONNABORTED answer");
      client.stdin?.write("\n");
      assert.equal(await line(), "EPERM");
      running.child.kill("SIGTERM");
      assert.equal((await running.outcome).code, 0, running.stderr());
      client.stdin?.write("\n");
      assert.equal(await line(), "ok", "what ends cleanly leaves nothing closed");
    } finally {
      running.child.kill("SIGKILL");
      lift();
    }
    assert.deepEqual([arrived.get(DENIED), arrived.get(ALLOWED)], [undefined, 1]);
    assert.ok(!existsSync("/sys/fs/bpf") || !readdirSync("/sys/fs/bpf").some((name) => name.includes(`-${pid}-`)));
    const blocked = new Events(out).of("net.connect").filter(({ verdict }) => verdict === "blocked");
    assert.deepEqual(new Set(blocked.map(({ flow }) => flow.remote.ip)), new Set([DENIED]));
    assert.ok(blocked.length >= 2);
  });
});
