// An egress policy of names, enforced on what is in a network namespace of its own, as containers are.
import assert from "node:assert/strict";
import { EVIL, NamedNetwork, SHARED } from "./namedNetwork.ts";
import { endsOf, programs, recordIn } from "./namedRun.ts";
import { prepare, scratch } from "./support.ts";

describe("record: names in an enforced policy, and networks of their own", function () {
  this.timeout(60_000);
  before(prepare);
  const folder = scratch();
  after(folder.remove);
  let network: NamedNetwork;
  before(async () => {
    network = await NamedNetwork.open(folder.path);
  });
  after(() => network?.close());
  const program = programs(folder.path);

  const STUB = "127.0.0.53";
  /** Answers a question about pypi.org with the address of somebody else. */
  const FORGER = `
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
def answer():
    asked, peer = server.recvfrom(512)
    server.sendto(asked[:2] + b"\\x81\\x80\\0\\1\\0\\1\\0\\0\\0\\0" + asked[12:] + b"\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\1\\0\\0\\4" + socket.inet_aton(EVIL), peer)
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); server.bind(("${STUB}", 53))
threading.Thread(target=answer, daemon=True).start()
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5); s.sendto(question("pypi.org"), ("${STUB}", 53))
ends["forged"] = socket.inet_ntoa(s.recv(512)[-4:])`;

  const forgers: readonly (readonly [string, readonly string[], string])[] = [
    ["is the machine's own", [], "ok"],
    ["is in a network that its user has made", ["unshare", "--user", "--map-root-user", "--net"], "EPERM"],
    ["is in a network that root has made", ["unshare", "--net"], "EPERM"],
  ];
  for (const [where, way, end] of forgers) {
    it(`${end === "ok" ? "hears" : "does not hear"} a resolver on loopback that ${where}`, async () => {
      const command = JSON.stringify([...way, ...program("forger.py", FORGER)]);
      const code = `
said = subprocess.run(${command}, capture_output=True, text=True)
ends["forger"] = said.stdout.strip() or said.stderr
attempt("its address", lambda: connect(EVIL))`;
      const list = `pypi.org:80 ${STUB}:53/udp`;
      const ends = endsOf(await recordIn(network, list, program("victim.py", code)));
      assert.match(ends["forger"] ?? "", new RegExp(`"forged": "${EVIL}"`), "the answer was there");
      assert.equal(ends["its address"], end);
    });
  }

  const makers: readonly (readonly [string, readonly string[]])[] = [
    ["root", ["unshare", "--net"]],
    ["their user", ["unshare", "--user", "--map-root-user", "--net"]],
  ];
  for (const [who, way] of makers) {
    it(`ends refused connections at once in networks that ${who} has made`, async () => {
      const client = `
import ssl
def hello(name):
    context = ssl.create_default_context(); context.check_hostname = False; context.verify_mode = ssl.CERT_NONE
    raw = socket.create_connection((SHARED, 443), 5); raw.settimeout(20)
    with context.wrap_socket(raw, server_hostname=name) as s: pass
attempt("listed", lambda: hello("pypi.org"))
attempt("another", lambda: hello("evil.example"))
attempt("another again", lambda: hello("evil.example"))`;
      const code = `
socket.gethostbyname("pypi.org")
inner = subprocess.Popen([*${JSON.stringify(way)}, "sh", "-c", 'read go; exec "$@"', "sh", *${JSON.stringify(program("inner.py", client))}], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
own = os.readlink("/proc/self/ns/net")
while os.readlink("/proc/%d/ns/net" % inner.pid) == own: time.sleep(0.02)
run = lambda *command: subprocess.run(command, check=True)
outer = "outer%d" % inner.pid
run("ip", "link", "add", outer, "type", "veth", "peer", "name", "inner", "netns", str(inner.pid))
run("ip", "addr", "add", "203.0.113.1/24", "dev", outer); run("ip", "link", "set", outer, "up")
for command in ("link set lo up", "addr add 203.0.113.2/24 dev inner", "link set inner up", "route add default via 203.0.113.1"):
    run("nsenter", "--net=/proc/%d/ns/net" % inner.pid, "ip", *command.split())
ends.update(json.loads(inner.communicate("go\\n", timeout=50)[0]))`;
      const recorded = await recordIn(network, "pypi.org", program("outer.py", `import os${code}`));
      assert.deepEqual(endsOf(recorded), { listed: "ok", another: "ECONNABORTED", "another again": "ECONNABORTED" });
      assert.deepEqual([recorded.counts["hello pypi.org"], recorded.counts["hello evil.example"]], [1, undefined]);
      assert.equal(recorded.counts[`connected ${SHARED}`], 3);
    });
  }
});
