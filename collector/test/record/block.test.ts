// An egress policy that is enforced: what arrives is what the server counts.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BlockedNetwork, V4, V6, type Counts } from "./blockedNetwork.ts";
import { Events, prepare, scratch, start } from "./support.ts";

const [ALLOWED, DENIED] = [8081, 8082];

/** Tries each way to each port, and says how each ended. */
const CLIENT = `
import ctypes, errno, json, signal, socket, sys
signal.alarm(40)
V4, V6, ALLOWED, DENIED = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
DATA = b"egress-marker"
ends = {}
def attempt(what, do):
    try:
        do(); ends[what] = "ok"
    except OSError as error:
        ends[what] = errno.errorcode.get(error.errno, str(error.errno))
def connect(family, address, port):
    s = socket.socket(family); s.settimeout(10); s.connect((address, port)); s.send(DATA)
def send(family, address, port):
    socket.socket(family, socket.SOCK_DGRAM).sendto(DATA, (address, port))
def send_message(family, address, port):
    socket.socket(family, socket.SOCK_DGRAM).sendmsg([DATA], [], 0, (address, port))
def send_connected(family, address, port):
    s = socket.socket(family, socket.SOCK_DGRAM); s.connect((address, port)); s.send(DATA)
def fast_open(family, address, port):
    s = socket.socket(family); s.sendto(DATA, 0x20000000, (address, port))
def fast_open_connect(family, address, port):
    s = socket.socket(family); s.settimeout(10); s.setsockopt(6, 30, 1); s.connect((address, port)); s.send(DATA)
def multipath(family, address, port):
    s = socket.socket(family, socket.SOCK_STREAM, 262); s.settimeout(10); s.connect((address, port))
def lite(family, address, port):
    socket.socket(family, socket.SOCK_DGRAM, 136).sendto(DATA, (address, port))
WAYS = [connect, send, send_message, send_connected, fast_open, fast_open_connect, multipath, lite]
for name, port in (("allowed", ALLOWED), ("denied", DENIED)):
    for way in WAYS:
        attempt(f"{way.__name__} 4 {name}", lambda: way(socket.AF_INET, V4, port))
        attempt(f"{way.__name__} 6 {name}", lambda: way(socket.AF_INET6, V6, port))
        attempt(f"{way.__name__} mapped {name}", lambda: way(socket.AF_INET6, "::ffff:" + V4, port))
attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW))
attempt("raw6", lambda: socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_UDP))
def loopback():
    server = socket.create_server(("127.0.0.1", 0)); server.listen(8)
    return server
def disconnect(s):
    if ctypes.CDLL(None, use_errno=True).connect(s.fileno(), bytes(16), 16) != 0: raise OSError(ctypes.get_errno(), "disconnect")
# One socket after another peer: what it may at one says nothing of the next.
local = loopback()
one = socket.socket(); one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
attempt("one denied first", lambda: one.connect(("198.51.100.21", DENIED)))
attempt("one to loopback", lambda: one.connect(local.getsockname()))
attempt("one from loopback", lambda: disconnect(one))
attempt("one denied behind loopback", lambda: one.connect(("198.51.100.22", DENIED)))
attempt("one to who is allowed", lambda: [one.connect((V4, ALLOWED)), [one.send(b"often") for _ in range(40)]])
attempt("one from who is allowed", lambda: disconnect(one))
attempt("one denied at last", lambda: one.connect(("198.51.100.23", DENIED)))
attempt("again", lambda: [socket.socket(socket.AF_INET), 0][1])
print(json.dumps(ends))
`;

describe("record: an egress policy in the kernel", function () {
  this.timeout(120_000);
  before(prepare);
  const folder = scratch();
  after(folder.remove);
  let network: BlockedNetwork;
  let events: Events;
  let ends: Record<string, string>;
  let counts: Counts;
  before(async () => {
    writeFileSync(join(folder.path, "client.py"), CLIENT);
    network = await BlockedNetwork.open(folder.path, [ALLOWED, DENIED]);
    const out = join(folder.path, "run.ndjson");
    const list = `${V4}:${ALLOWED} ${V4}:${ALLOWED}/udp [${V6}]:${ALLOWED} [${V6}]:${ALLOWED}/udp`;
    const policy = ["--egress-policy", "block", "--allowed-endpoints", list];
    const client = ["python3", join(folder.path, "client.py"), V4, V6, String(ALLOWED), String(DENIED)];
    const running = start(["record", "--out", out, ...policy, "--", ...network.inside(...client)]);
    const { code, stdout, stderr } = await running.outcome;
    assert.equal(code, 0, stderr);
    ends = JSON.parse(stdout) as Record<string, string>;
    events = new Events(out);
    events.assertWhole();
    counts = await network.counts();
  });
  after(() => network?.close());

  it("lets nothing arrive where no rule allows it, by whatever call it is sent", () => {
    const arrived = Object.keys(counts).filter((what) => what.endsWith(` ${DENIED}`));
    assert.deepEqual(arrived, []);
    const denied = Object.entries(ends).filter(([what]) => what.endsWith(" denied"));
    assert.equal(denied.length, 24);
    for (const [what, end] of denied) assert.equal(end, "EPERM", what);
  });

  it("holds nothing up that a rule allows", () => {
    for (const [what, end] of Object.entries(ends)) if (what.endsWith(" allowed")) assert.equal(end, "ok", what);
    // Plain connects, fast open twice, and multipath; over IPv4 also by mapped addresses, and one by the socket of many peers.
    assert.deepEqual([counts[`tcp4 ${ALLOWED}`], counts[`tcp6 ${ALLOWED}`]], [9, 4]);
    assert.deepEqual([counts[`udp4 ${ALLOWED}`], counts[`udp6 ${ALLOWED}`]], [6, 3]);
  });

  it("refuses raw sockets", () => {
    assert.deepEqual([ends["raw"], ends["raw6"], ends["again"]], ["EPERM", "EPERM", "ok"]);
    assert.equal(events.of("finding").filter(({ finding }) => finding.rule === "egress/unchecked-socket").length, 2);
  });

  it("tells of each refusal whose it was, and which entry would have allowed it", () => {
    const clients = events.of("process.exec").filter(({ exec }) => exec.argv.join(" ").includes("client.py"));
    const blocked = events.of("net.connect").filter(({ verdict }) => verdict === "blocked");
    assert.equal(new Set(blocked.map(({ process }) => process)).size, 1);
    assert.ok(clients.some(({ process }) => process === blocked[0]?.process));
    for (const { step, result, reason, rule, flow } of blocked) {
      assert.deepEqual(
        [step, result, reason, rule, flow.remote.port],
        ["command", "EPERM", "address", undefined, DENIED],
      );
    }
    const by = (entry: string): number => blocked.filter(({ allowedBy }) => allowedBy === entry).length;
    assert.deepEqual(
      ["198.51.100.21", "198.51.100.22", "198.51.100.23"].map((ip) => by(`${ip}:${DENIED}`)),
      [1, 1, 1],
    );
    assert.deepEqual(
      [`${V4}:${DENIED}`, `[${V6}]:${DENIED}`, `${V4}:${DENIED}/udp`, `[${V6}]:${DENIED}/udp`].map(by),
      [8, 4, 8, 4],
    );
    assert.equal(new Set(blocked.map(({ flow }) => flow.id)).size, blocked.length);
  });

  it("judges a socket anew each time that it connects", () => {
    const of = (how: string): string | undefined => ends[`one ${how}`];
    assert.deepEqual(["denied first", "denied behind loopback", "denied at last"].map(of), ["EPERM", "EPERM", "EPERM"]);
    const passed = ["to loopback", "from loopback", "to who is allowed", "from who is allowed"];
    assert.deepEqual(passed.map(of), ["ok", "ok", "ok", "ok"]);
  });

  it("calls nothing a flow that was never begun", () => {
    const flows = events.of("net.connect").filter(({ verdict }) => verdict !== "blocked");
    const local = flows.filter(({ flow }) => flow.remote.ip === "127.0.0.1");
    assert.deepEqual(
      local.map(({ verdict, rule, result }) => [verdict, rule, result]),
      [["allowed", "default:loopback 127.0.0.0/8", "ok"]],
    );
    const others = flows.filter((flow) => !local.includes(flow));
    assert.ok(others.every(({ verdict, rule }) => verdict === "allowed" && rule?.includes(String(ALLOWED))));
  });

  it("is said in the first event, and that it is armed before the command starts", () => {
    assert.equal(events.of("run.start")[0]?.policy.mode, "block");
    const [armed] = events.of("enforcement");
    const command = events.of("process.exec").find(({ exec }) => exec.argv.join(" ").includes("client.py"));
    assert.ok(armed?.armed === true && armed.seq < (command?.seq ?? 0));
  });
});

describe("record: an egress policy of ten thousand entries", function () {
  this.timeout(120_000);
  before(prepare);
  it("is enforced, from a file", async () => {
    const folder = scratch();
    try {
      const entries = Array.from({ length: 10_000 }, (_, n) => {
        if (n % 2 === 0) return `[2001:db8:${n.toString(16)}::/48]:443`;
        return `127.10.${n >> 8}.${n & 255}:${1 + (n % 9)}`;
      });
      writeFileSync(join(folder.path, "list"), entries.join("\n"));
      const out = join(folder.path, "run.ndjson");
      const list = ["--allowed-endpoints", `@${join(folder.path, "list")}`, "--default-rules", "none"];
      // The last of the list, another port of it, and a neighbour that is not in the list.
      const tries = ["127.10.39.15 1", "127.10.39.15 2", "127.10.39.16 1"].map((one) => one.split(" "));
      const code = `import errno, socket, sys
for address, port in ${JSON.stringify(tries)}:
    try: socket.create_connection((address, int(port)), 5)
    except OSError as error: print(errno.errorcode[error.errno])`;
      const running = start(["record", "--out", out, "--egress-policy", "block", ...list, "--", "python3", "-c", code]);
      const { stdout, stderr } = await running.outcome;
      assert.deepEqual(stdout.trim().split("\n"), ["ECONNREFUSED", "EPERM", "EPERM"], stderr);
      assert.equal(new Events(out).of("run.start")[0]?.policy.endpoints.length, 10_000);
    } finally {
      folder.remove();
    }
  });
});
