// Ways around an egress policy by way of others: descriptors that are passed on, rights that a program gives, programs of one's
// own in the kernel, and rules that send a packet elsewhere. What arrives is what the server counts.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findCgroupTree } from "../../src/cgroup/mount.ts";
import { build } from "../sensor/sensor.ts";
import { BlockedNetwork, V4, type Counts } from "./blockedNetwork.ts";
import { Events, prepare, scratch, start, until } from "./support.ts";

const [ALLOWED, DENIED] = [8081, 8082];

/** Outside of what is contained: gives whoever connects a socket of its own, takes one, and connects that. */
const OUTSIDE = `
import array, errno, os, socket, sys
path = sys.argv[1]
server = socket.socket(socket.AF_UNIX); server.bind(path); server.listen(1)
peer, _ = server.accept()
own = socket.socket()
peer.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [own.fileno()]))])
_, ancillary, _, _ = peer.recvmsg(1, 64)
given = socket.socket(fileno=array.array("i", ancillary[0][2][:4])[0])
try: given.connect(("${V4}", ${DENIED})); peer.send(b"ok")
except OSError as error: peer.send(errno.errorcode[error.errno].encode())
`;

const CLIENT = `
import array, ctypes, errno, json, os, signal, socket, struct, subprocess, sys, time
signal.alarm(80)
folder, tree = sys.argv[1], sys.argv[2]
ends = {}
def attempt(what, do):
    try: ends[what] = do() or "ok"
    except socket.timeout: ends[what] = "timeout"
    except OSError as error: ends[what] = errno.errorcode.get(error.errno, str(error.errno))
def connect(port=${DENIED}, patience=10):
    s = socket.create_connection(("${V4}", port), patience); s.send(b"egress-marker")
def egress(*way): return errno.errorcode.get(int(subprocess.run(way, capture_output=True, text=True).stdout or -1), "ok")

attempt("setuid", lambda: egress("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", folder + "/setuid", "plain", "${V4}", "${DENIED}"))
attempt("setuid, allowed", lambda: egress("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", folder + "/setuid", "plain", "${V4}", "${ALLOWED}"))

peer = socket.socket(socket.AF_UNIX); peer.connect(folder + "/outside.sock")
_, ancillary, _, _ = peer.recvmsg(1, 64)
foreign = socket.socket(fileno=array.array("i", ancillary[0][2][:4])[0])
attempt("given by another", lambda: foreign.connect(("${V4}", ${DENIED})))
mine = socket.socket()
peer.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [mine.fileno()]))])
ends["given to another"] = peer.recv(99).decode()

sent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ends["many"] = []
for i in range(40):
    try: sent.sendto(b"egress-marker", ("198.51.100.%d" % (100 + i), 9)); ends["many"].append("ok")
    except OSError as error: ends["many"].append(errno.errorcode[error.errno])

nat = ("iptables", "-t", "nat", "-A", "OUTPUT", "-p", "tcp", "-d", "${V4}", "--dport", "8083", "-j", "DNAT", "--to", "${V4}:${DENIED}")
ends["rule"] = subprocess.run(nat, capture_output=True, text=True).stderr
attempt("sent elsewhere", lambda: connect(8083, 1))

# Programs of its own on its cgroup, behind ours: each allows, and takes back what was refused.
libc = ctypes.CDLL(None, use_errno=True)
def bpf(command, data):
    room = ctypes.create_string_buffer(data + bytes(160 - len(data)), 160)
    result = libc.syscall({"x86_64": 321, "aarch64": 280}[os.uname().machine], command, room, 160)
    if result < 0: raise OSError(ctypes.get_errno(), "bpf")
    return result
def load(kind, where, retract):
    one = struct.pack("<BBhi", 0xb7, 0, 0, 1) + struct.pack("<BBhi", 0x95, 0, 0, 0)
    code = (struct.pack("<BBhi", 0xb7, 1, 0, 0) + struct.pack("<BBhi", 0x85, 0, 0, 187) if retract else b"") + one
    insns, license = ctypes.create_string_buffer(code, len(code)), ctypes.create_string_buffer(b"GPL")
    data = struct.pack("<IIQQIIQII16sII", kind, len(code) // 8, ctypes.addressof(insns), ctypes.addressof(license), 0, 0, 0, 0, 0, b"own", 0, where)
    return bpf(5, data)
def attach(cgroup, kind, where, retract, flags):
    bpf(8, struct.pack("<IIII", os.open(cgroup, os.O_RDONLY), load(kind, where, retract), where, flags))
own = tree + open("/proc/self/cgroup").read().split("0::", 1)[1].split("\\n")[0]
MULTI, OVERRIDE = 2, 1
for name, kind, where, retract in (("egress", 8, 1, False), ("connect4", 18, 10, True), ("sendmsg4", 18, 14, True), ("create", 9, 2, True)):
    attempt("own " + name, lambda: attach(own, kind, where, retract, MULTI))
attempt("behind own programs", connect)
attempt("behind own programs, a datagram", lambda: sent.sendto(b"egress-marker", ("${V4}", ${DENIED})) and None)
attempt("behind own programs, raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 253).sendto(b"egress-marker", ("${V4}", 0)) and None)
below = own + "/below"
os.mkdir(below)
for name, kind, where, retract in (("egress", 8, 1, False), ("connect4", 18, 10, True)):
    attempt("below " + name, lambda: attach(below, kind, where, retract, OVERRIDE))
open(below + "/cgroup.procs", "w").write(str(os.getpid()))
attempt("in a cgroup below", connect)
attempt("in a cgroup below, allowed", lambda: connect(${ALLOWED}))
# The programs beside ours are looked for once a second.
while not os.path.exists(folder + "/seen"): time.sleep(0.05)
print(json.dumps(ends))
`;

describe("record: ways around an egress policy by way of others", function () {
  this.timeout(120_000);
  before(prepare);
  const folder = scratch();
  after(folder.remove);
  let network: BlockedNetwork;
  let outside: ChildProcess;
  let events: Events;
  let ends: Readonly<Record<string, string | readonly string[]>>;
  let counts: Counts;
  before(async () => {
    network = await BlockedNetwork.open(folder.path, [ALLOWED, DENIED]);
    chmodSync(folder.path, 0o755);
    copyFileSync(join(build(), "egress"), join(folder.path, "setuid"));
    chmodSync(join(folder.path, "setuid"), 0o4755);
    for (const [name, code] of Object.entries({ outside: OUTSIDE, client: CLIENT })) {
      writeFileSync(join(folder.path, `${name}.py`), code);
    }
    const path = join(folder.path, "outside.sock");
    const [program = "", ...args] = network.inside("python3", join(folder.path, "outside.py"), path);
    outside = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
    await until(() => existsSync(path), "somebody outside listens", 40_000);
    const out = join(folder.path, "run.ndjson");
    const list = `${V4}:${ALLOWED} ${V4}:8083`;
    const policy = ["--egress-policy", "block", "--allowed-endpoints", list, "--default-rules", "loopback"];
    const client = network.inside("python3", join(folder.path, "client.py"), folder.path, findCgroupTree().mount.path);
    const running = start(["record", "--out", out, ...policy, "--", ...client]);
    const said = (): boolean => existsSync(out) && /beside guard_/.test(readFileSync(out, "utf8"));
    await until(said, "the log tells of other programs", 60_000);
    writeFileSync(join(folder.path, "seen"), "");
    const { code, stdout, stderr } = await running.outcome;
    assert.equal(code, 0, stderr);
    ends = JSON.parse(stdout) as typeof ends;
    events = new Events(out);
    events.assertWhole();
    counts = await network.counts();
  });
  after(() => {
    outside?.kill("SIGKILL");
    network?.close();
  });

  const told = (port: number, verdict: string): number =>
    events.of("net.connect").filter((one) => one.flow.remote.port === port && one.verdict === verdict).length;

  it("holds for a program that makes its user root", () => {
    assert.deepEqual([ends["setuid"], ends["setuid, allowed"]], ["EPERM", "ok"]);
  });

  it("holds for a socket that is given to somebody outside", () => {
    assert.equal(ends["given to another"], "EPERM");
  });

  it("tells what is done by a socket of somebody outside, who alone could have kept it from arriving", () => {
    assert.equal(ends["given by another"], "ok");
    assert.equal(told(DENIED, "would-block"), 1);
    assert.equal(counts[`tcp4 ${DENIED}`], 1, "this one, and no other");
  });

  it("tells each of many that are refused at a time", () => {
    assert.deepEqual(
      ends["many"],
      Array.from({ length: 40 }, () => "EPERM"),
    );
    assert.equal(told(9, "blocked"), 40);
  });

  it("holds where a rule of the packet filter sends an allowed connection elsewhere", () => {
    assert.equal(ends["rule"], "");
    assert.notEqual(ends["sent elsewhere"], "ok");
  });

  it("holds behind programs of the contained that take refusals back, and says that they are there", () => {
    for (const name of ["own egress", "own connect4", "own sendmsg4", "own create", "below egress", "below connect4"]) {
      assert.equal(ends[name], "ok", `${name}: attached`);
    }
    for (const way of ["behind own programs", "in a cgroup below"]) assert.match(String(ends[way]), /^E/, way);
    assert.deepEqual(
      [ends["behind own programs, a datagram"], ends["behind own programs, raw"], ends["in a cgroup below, allowed"]],
      ["EPERM", "EPERM", "ok"],
    );
    const said = events.of("enforcement").map(({ reason }) => reason);
    assert.ok(said.some((reason) => /^beside guard_\w+, 1 programs of others are attached now, not 0$/.test(reason)));
  });

  it("lets nothing else arrive", () => {
    assert.deepEqual(counts, { [`tcp4 ${ALLOWED}`]: 2, [`tcp4 ${DENIED}`]: 1, marked: 1 });
  });
});
