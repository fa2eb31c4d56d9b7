// An enforced policy of names, and the many ways in which programs and machines resolve them. An allowed name is reached at the
// first try, another is refused before a resolver hears of it: by what the servers count.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { NamedNetwork, OTHER_RESOLVER, RESOLVER, RESOLVER_SIX, SHARED, SIX } from "./namedNetwork.ts";
import { endsOf, programs, recordIn } from "./namedRun.ts";
import { prepare, scratch, until } from "./support.ts";

/** Answers at an address and port of its own what a resolver says, as systemd's stub does, and Docker's in a container. */
const FORWARDER = `
import socket, sys
listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); listening.bind((sys.argv[1], int(sys.argv[2])))
print("ready", flush=True)
while True:
    question, peer = listening.recvfrom(4096)
    asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); asking.settimeout(9)
    try: asking.sendto(question, ("${RESOLVER}", 53)); answer = asking.recv(4096)
    except OSError: answer = question[:2] + b"\\x81\\x82" + question[4:6] + bytes(6) + question[12:]
    listening.sendto(answer, peer)
`;

describe("record: names in an enforced policy, and who resolves them", function () {
  this.timeout(90_000);
  before(prepare);
  const folder = scratch();
  after(folder.remove);
  let network: NamedNetwork;
  const others: ChildProcess[] = [];
  before(async () => {
    network = await NamedNetwork.open(folder.path);
    writeFileSync(join(folder.path, "forwarder.py"), FORWARDER);
  });
  after(() => {
    for (const other of others) other.kill("SIGKILL");
    network?.close();
  });
  const program = programs(folder.path);

  it("is dig, host, the C library, or a program by itself, over UDP, TCP and IPv6", async () => {
    const code = `
def tool(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=30)
    said[" ".join(words)] = (done.stdout + done.stderr)[-300:]
    if done.returncode: raise OSError(errno.ECANCELED, done.stderr)
said = {}
def dig(name, *more): return tool("dig", "+tries=1", "+time=9", *more, name)
def reach(name, address, port=80):
    def both(*ways):
        for way in ways: way()
        connect(address, port)
    return both
attempt("dig", lambda: reach("1.dyn.example", "198.18.0.1")(lambda: dig("1.dyn.example")))
attempt("dig, EDNS", lambda: reach("2.dyn.example", "198.18.0.2")(lambda: dig("2.dyn.example", "+dnssec", "+bufsize=4096", "+nsid", "+cookie=0011223344556677")))
attempt("dig, no EDNS", lambda: reach("3.dyn.example", "198.18.0.3")(lambda: dig("3.dyn.example", "+noedns")))
attempt("dig, TCP", lambda: reach("4.dyn.example", "198.18.0.4")(lambda: dig("4.dyn.example", "+tcp")))
attempt("dig, TCP kept open", lambda: reach("5.dyn.example", "198.18.0.5")(lambda: dig("5.dyn.example", "+tcp", "+keepopen", "6.dyn.example")))
attempt("dig, TCP after a cut answer", lambda: reach("long.example", "192.0.2.60")(lambda: dig("long.example")))
attempt("dig, IPv6", lambda: reach("7.dyn.example", "198.18.0.7")(lambda: dig("7.dyn.example", "@${RESOLVER_SIX}")))
attempt("dig, IPv6 and TCP", lambda: reach("8.dyn.example", "198.18.0.8")(lambda: dig("8.dyn.example", "@${RESOLVER_SIX}", "+tcp")))
attempt("host", lambda: reach("alias.example", "198.51.100.77")(lambda: tool("host", "-W", "9", "alias.example")))
attempt("C library, both families at once", lambda: socket.create_connection(("9.dyn.example", 80), 9).close())
attempt("C library, one IPv6 address", lambda: socket.create_connection(("six.example", 80), 9).close())
# As musl asks: all servers and both families from one socket, and whoever answers first is taken.
def at_once(name):
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); s.settimeout(9)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0); s.bind(("::", 0))
    first, second = question(name, 21), question(name, 22)[:-4] + b"\\0\\x1c\\0\\1"
    for server in ("::ffff:" + RESOLVER, "${RESOLVER_SIX}"):
        for message in (first, second): s.sendto(message, (server, 53))
    while True:
        message = s.recv(4096)
        if message[:2] == first[:2]: return connect(socket.inet_ntoa(message[-4:]))
attempt("all at once", lambda: at_once("10.dyn.example"))
# Of a datagram that the kernel refuses, dig and host only tell when they have waited.
for what, more in (("dig", ()), ("dig, TCP", ("+tcp",)), ("dig, IPv6", ("@${RESOLVER_SIX}",)), ("dig, IPv6 and TCP", ("@${RESOLVER_SIX}", "+tcp"))):
    attempt("refused: " + what, lambda: dig("evil.example", "+time=1", *more))
attempt("refused: dig, of another", lambda: dig("1.dyn.example", "+time=1", "@${OTHER_RESOLVER}"))
attempt("refused: host", lambda: tool("host", "-W", "1", "evil.example"))
attempt("refused: all at once", lambda: at_once("evil.example"))
attempt("refused: C library", lambda: socket.create_connection(("evil.example", 80), 9).close())
attempt("refused: its address", lambda: connect(EVIL))
ends["said"] = said`;
    const list = `*.dyn.example:80 long.example:80 alias.example:80 six.example:80 [${RESOLVER_SIX}]:53 [${RESOLVER_SIX}]:53/udp`;
    const recorded = await recordIn(network, list, program("resolve.py", code));
    const { said, ...ends } = endsOf(recorded);
    for (const [what, end] of Object.entries(ends)) {
      if (what.startsWith("refused: ")) assert.notEqual(end, "ok", `${what}: ${JSON.stringify(said)}`);
      else assert.equal(end, "ok", `${what}: ${JSON.stringify(said)}`);
    }
    assert.equal(Object.keys(ends).length, 21);
    const evil = Object.keys(recorded.counts).filter((what) => what.includes("evil"));
    assert.deepEqual(evil, []);
    assert.equal(recorded.counts[`connected ${SIX}`], 1);
  });

  it("is a stub of the machine's on loopback, outside of what is contained, as systemd's", async () => {
    const [command = "", ...args] = network.inside("python3", join(folder.path, "forwarder.py"), "127.0.0.53", "53");
    const stub = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    others.push(stub);
    let said = "";
    stub.stdout?.setEncoding("utf8").on("data", (text: string) => (said += text));
    await until(() => said.includes("ready"), "the stub answers", 40_000);
    writeFileSync(join(folder.path, "stub.conf"), "nameserver 127.0.0.53\noptions timeout:9 attempts:1\n");
    const code = `
attempt("pypi.org", lambda: socket.create_connection(("pypi.org", 80), 9).close())
attempt("refused: evil.example", lambda: socket.create_connection(("evil.example", 80), 9).close())
attempt("refused: its address", lambda: connect(EVIL))`;
    // What the collector and the client both take for the machine's settings.
    const own = `mount --bind ${join(folder.path, "stub.conf")} /etc/resolv.conf && exec "$@"`;
    const inside = network.inside("unshare", "--mount", "sh", "-c", own, "sh");
    const recorded = await recordIn(
      { inside: (...words) => [...inside, ...words], counts: () => network.counts() },
      "pypi.org:80",
      program("stub.py", code),
    );
    const ends = endsOf(recorded);
    assert.equal(ends["pypi.org"], "ok");
    for (const what of ["refused: evil.example", "refused: its address"]) assert.notEqual(ends[what], "ok", what);
    assert.deepEqual(Object.keys(recorded.counts).toSorted(), ["asked pypi.org", `connected ${SHARED}`].toSorted());
  });

  it("is a container engine in the container's own network, by rules of the packet filter, as Docker's", async () => {
    writeFileSync(join(folder.path, "docker.conf"), "nameserver 127.0.0.11\noptions timeout:9 attempts:1 ndots:0\n");
    const client = `
attempt("pypi.org", lambda: socket.create_connection(("pypi.org", 80), 9).close())
attempt("refused: evil.example", lambda: socket.create_connection(("evil.example", 80), 9).close())
attempt("refused: its address", lambda: connect(EVIL))`;
    const inner = program("container.py", client);
    const code = `
import os
container = subprocess.Popen(["unshare", "--net", "--mount", "sh", "-c", 'read go; exec "$@"', "sh", "sh", "-c", 'mount --bind ${join(folder.path, "docker.conf")} /etc/resolv.conf && exec "$@"', "sh", *${JSON.stringify(inner)}], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
net = "--net=/proc/%d/ns/net" % container.pid
own = os.readlink("/proc/self/ns/net")
while os.readlink("/proc/%d/ns/net" % container.pid) == own: time.sleep(0.02)
run = lambda *command: subprocess.run(command, check=True)
outer = "outer%d" % container.pid
run("ip", "link", "add", outer, "type", "veth", "peer", "name", "inner", "netns", str(container.pid))
run("ip", "addr", "add", "203.0.113.1/24", "dev", outer); run("ip", "link", "set", outer, "up")
for command in ("link set lo up", "addr add 203.0.113.2/24 dev inner", "link set inner up", "route add default via 203.0.113.1"):
    run("nsenter", net, "ip", *command.split())
for rule in ("OUTPUT -d 127.0.0.11/32 -p udp --dport 53 -j DNAT --to-destination 127.0.0.11:40053", "POSTROUTING -s 127.0.0.11/32 -p udp --sport 40053 -j SNAT --to-source :53"):
    run("nsenter", net, "iptables", "-t", "nat", "-A", *rule.split())
engine = subprocess.Popen(["nsenter", net, "python3", "${join(folder.path, "forwarder.py")}", "127.0.0.11", "40053"], stdout=subprocess.PIPE, text=True)
engine.stdout.readline()
ends.update(json.loads(container.communicate("go\\n", timeout=45)[0]))
engine.kill()`;
    const recorded = await recordIn(network, "pypi.org:80", program("engine.py", code));
    const ends = endsOf(recorded);
    assert.equal(ends["pypi.org"], "ok");
    for (const what of ["refused: evil.example", "refused: its address"]) assert.notEqual(ends[what], "ok", what);
    assert.deepEqual(Object.keys(recorded.counts).toSorted(), ["asked pypi.org", `connected ${SHARED}`].toSorted());
    const blocked = recorded.events.of("dns.query").filter(({ verdict }) => verdict === "blocked");
    assert.ok(blocked.some(({ dns, allowedBy }) => dns.name === "evil.example" && allowedBy === "evil.example"));
  });
});
