// An egress policy of names that is enforced: DNS opens addresses, and on a shared one the ClientHello decides. What arrives is
// what the servers count.
import assert from "node:assert/strict";
import { NamedNetwork, OTHER_RESOLVER, SHARED, SIX } from "./namedNetwork.ts";
import { endsOf, programs, recordIn, type Recorded } from "./namedRun.ts";
import { prepare, scratch } from "./support.ts";

describe("record: names in an enforced policy", function () {
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

  describe("looked up and connected to at once", () => {
    const [THREADS, EACH] = [4, 350];
    let recorded: Recorded;
    before(async () => {
      const code = `
failed = []
def some(k):
    for i in range(${EACH}):
        name = "%d.dyn.example" % (k * ${EACH} + i)
        try: connect(socket.getaddrinfo(name, 80, socket.AF_INET, socket.SOCK_STREAM)[0][4][0])
        except OSError as error: failed.append("%s %s" % (name, error))
threads = [threading.Thread(target=some, args=(k,)) for k in range(${THREADS})]
for thread in threads: thread.start()
for thread in threads: thread.join()
ends["failed"] = failed`;
      recorded = await recordIn(network, "*.dyn.example:80", program("lookups.py", code));
    });

    it("are let through, each of many, though nobody has held its answer back", () => {
      assert.deepEqual(endsOf(recorded)["failed"], []);
      const arrived = Object.keys(recorded.counts).filter((what) => what.startsWith("connected 198.18."));
      assert.equal(arrived.length, THREADS * EACH);
    });
  });

  describe("questions and answers", () => {
    let recorded: Recorded;
    let ends: Record<string, string>;
    before(async () => {
      const code = `
def ask(message, server=RESOLVER, options=()):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5)
    for option in options: s.setsockopt(*option)
    s.sendto(message, (server, 53)); return len(s.recv(4096)) and None
def ask_connected(message):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5); s.connect((RESOLVER, 53)); s.send(message); s.recv(4096)
attempt("before it is asked for", lambda: connect(SHARED))
attempt("listed", lambda: ask(question("pypi.org")))
attempt("its address", lambda: connect(SHARED))
attempt("its address, another port", lambda: connect(SHARED, 8080))
attempt("listed, in capitals", lambda: ask(question("PyPi.OrG")))
attempt("by an alias", lambda: ask(question("alias.example")))
attempt("the address behind an alias", lambda: connect("198.51.100.77"))
attempt("before its IPv6 address is asked for", lambda: connect("${SIX}"))
attempt("an IPv6 address", lambda: connect(socket.getaddrinfo("six.example", 80, socket.AF_INET6)[0][4][0]))
for name in ("evil.example", "notpypi.org", "pypi.org.evil.example", "below.pypi.org", "dyn.example", "org", "target.cdn.example"):
    attempt("refused: " + name, lambda: ask(question(name)))
attempt("refused: connected socket", lambda: ask_connected(question("evil.example")))
attempt("refused: two questions", lambda: ask(question("pypi.org", count=2) + wire("evil.example") + b"\\0\\1\\0\\1"))
attempt("refused: a dot inside of a label", lambda: ask(question("x")[:12] + b"\\x08pypi.org\\0\\0\\1\\0\\1"))
attempt("refused: a pointer", lambda: ask(question("x")[:12] + b"\\xc0\\x0c\\0\\1\\0\\1"))
attempt("refused: an answer", lambda: ask(question("pypi.org", flags=0x8180)))
attempt("refused: an update", lambda: ask(question("pypi.org", flags=0x2800)))
attempt("refused: nothing", lambda: ask(b""))
attempt("refused: noise", lambda: ask(bytes(range(200))))
attempt("refused: a name without end", lambda: ask(question("x")[:12] + b"\\x3f" + b"a" * 63))
attempt("refused: a long name", lambda: ask(question(".".join(["a" * 60] * 4) + ".dyn.example")))
pair = question("pypi.org") + question("evil.com")
attempt("refused: datagrams as one", lambda: ask(pair, options=[(17, 103, len(pair) // 2)]))
attempt("refused: another resolver", lambda: ask(question("pypi.org"), OTHER))
attempt("refused: another resolver over TCP", lambda: connect(OTHER, 53))
attempt("refused: DNS over TLS", lambda: connect(RESOLVER, 853))
attempt("refused: DNS over HTTPS at the resolver", lambda: connect(RESOLVER, 443))
attempt("refused: the address of no name", lambda: connect(EVIL))
attempt("refused: a datagram where TCP is allowed, as QUIC's", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", (SHARED, 80)) and None)
`;
      const list = "pypi.org:80 alias.example:80 six.example:80 *.dyn.example";
      recorded = await recordIn(network, list, program("questions.py", code));
      ends = endsOf(recorded);
    });

    it("open the address of a name for its port, once it was asked for", () => {
      for (const what of [
        "listed",
        "its address",
        "listed, in capitals",
        "by an alias",
        "the address behind an alias",
        "an IPv6 address",
      ]) {
        assert.equal(ends[what], "ok", what);
      }
      for (const what of [
        "before it is asked for",
        "its address, another port",
        "before its IPv6 address is asked for",
      ])
        assert.equal(ends[what], "EPERM", what);
    });

    it("are refused at once where no rule is about the name, or they are no plain question", () => {
      const refused = Object.entries(ends).filter(([what]) => what.startsWith("refused: "));
      assert.equal(refused.length, 24);
      for (const [what, end] of refused) assert.equal(end, "EPERM", what);
    });

    it("arrive nowhere then", () => {
      const arrived = Object.keys(recorded.counts).toSorted();
      assert.deepEqual(
        arrived,
        [
          "asked alias.example",
          "asked pypi.org",
          "asked six.example",
          `connected ${SIX}`,
          `connected ${SHARED}`,
          "connected 198.51.100.77",
        ].toSorted(),
      );
    });

    it("are told, with the entry that would have allowed them", () => {
      const blocked = recorded.events.of("dns.query").filter(({ verdict }) => verdict === "blocked");
      const said = new Set(
        blocked.map(({ dns, reason, allowedBy }) => `${dns.name} ${dns.qtype} ${reason} ${allowedBy}`),
      );
      for (const name of ["evil.example", "notpypi.org", "pypi.org.evil.example"]) {
        assert.ok(said.has(`${name} A question ${name}`), `${name} in ${[...said].join("; ")}`);
      }
      assert.equal(new Set(blocked.map(({ process, step }) => `${process} ${step}`)).size, 1);
      const allowed = recorded.events.of("dns.query").filter(({ verdict }) => verdict === "allowed");
      assert.deepEqual(
        new Set(allowed.map(({ dns }) => dns.name)),
        new Set(["pypi.org", "alias.example", "six.example"]),
      );
      const others = recorded.events.of("net.connect").filter(({ reason }) => reason === "resolver");
      assert.deepEqual(
        others.map(({ allowedBy, result }) => `${allowedBy} ${result}`),
        [`${OTHER_RESOLVER}:53/udp EPERM`, `${OTHER_RESOLVER}:53 EPERM`],
      );
    });
  });

  describe("over TCP", () => {
    it("are the same, a message at a time or several, and refused where they are in pieces", async () => {
      const code = `
def stream():
    s = socket.create_connection((RESOLVER, 53), 5); s.settimeout(15); s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1); return s
def framed(message): return struct.pack(">H", len(message)) + message
def read(s):
    head = s.recv(2, socket.MSG_WAITALL)
    if len(head) < 2: raise OSError(errno.ECONNRESET, "ended")
    return s.recv(struct.unpack(">H", head)[0], socket.MSG_WAITALL)
def ask(*pieces, answers=1):
    s = stream()
    for piece in pieces: s.sendall(piece); time.sleep(0.02)
    for _ in range(answers): connect(socket.inet_ntoa(read(s)[-4:]))
m = framed(question("5.dyn.example"))
attempt("whole", lambda: ask(framed(question("1.dyn.example"))))
attempt("length first", lambda: ask(m[:2], m[2:]))
attempt("several", lambda: ask(framed(question("2.dyn.example")) + framed(question("3.dyn.example", 8)), answers=2))
attempt("long", lambda: ask(framed(question("long.example"))))
for last in (1, 60, 118): attempt("long %d" % last, lambda: connect("192.0.2.%d" % last))
def refused(what, *pieces):
    attempt("refused: " + what, lambda: ask(*pieces))
refused("another name", framed(question("evil.example")))
refused("another name behind one", framed(question("4.dyn.example")) + framed(question("evil.example")))
refused("the first byte alone", m[:1], m[1:])
refused("a piece of the question", m[:20], m[20:])
refused("no question", framed(b"x" * 30))
attempt("by the C library", lambda: connect(socket.getaddrinfo("6.dyn.example", 80, socket.AF_INET)[0][4][0]))
`;
      const command = ["env", "RES_OPTIONS=use-vc", ...program("streams.py", code)];
      const recorded = await recordIn(network, "*.dyn.example:80 long.example:80", command);
      for (const [what, end] of Object.entries(endsOf(recorded))) {
        // The connection is ended, so nobody waits for an answer.
        if (what.startsWith("refused: ")) assert.match(end, /^E/, what);
        else assert.equal(end, "ok", what);
      }
      assert.equal(recorded.counts["asked evil.example"], undefined);
      assert.equal(recorded.counts["asked 6.dyn.example"], 1);
      assert.equal(recorded.counts["asked nonsense"], undefined);
    });
  });

  describe("answers that cannot be trusted", () => {
    it("do not open an address of one's own networks, and that is told", async () => {
      const code = `
socket.gethostbyname("rebound.example")
attempt("public", lambda: connect("198.51.100.99"))
attempt("refused: metadata", lambda: connect("169.254.169.254"))
attempt("refused: private", lambda: connect("10.1.2.3"))
`;
      const sets = ["--default-rules", "loopback"];
      const recorded = await recordIn(network, "rebound.example:80", program("rebound.py", code), sets);
      assert.deepEqual(endsOf(recorded), { public: "ok", "refused: metadata": "EPERM", "refused: private": "EPERM" });
      const [finding] = recorded.events.of("finding");
      assert.equal(finding?.finding.rule, "egress/rebinding");
      assert.match(finding.finding.title, /rebound\.example/);
    });
  });

  describe("in TLS", () => {
    let recorded: Recorded;
    let ends: Record<string, string>;
    before(async () => {
      const code = `
import ssl
def hello(name, address=SHARED, port=443, version=None):
    context = ssl.create_default_context(); context.check_hostname = False; context.verify_mode = ssl.CERT_NONE
    if version: context.maximum_version = version
    raw = socket.create_connection((address, port), 5); raw.settimeout(15)
    with context.wrap_socket(raw, server_hostname=name) as s:
        s.sendall(b"GET / HTTP/1.1\\r\\nHost: " + (name or "none").encode() + b"\\r\\n\\r\\n")
        if not s.recv(100).startswith(b"HTTP/1.1 200"): raise OSError(errno.EPROTO, "no answer")
def plain(port, *pieces):
    s = socket.create_connection((SHARED, port), 5); s.settimeout(15); s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for piece in pieces: s.sendall(piece); time.sleep(0.02)
    if not s.recv(100): raise OSError(errno.ECONNRESET, "ended")
def first(name):
    context = ssl.create_default_context(); context.check_hostname = False; context.verify_mode = ssl.CERT_NONE
    out = ssl.MemoryBIO(); s = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=name)
    try: s.do_handshake()
    except ssl.SSLWantReadError: pass
    return out.read()
def command(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=20)
    if done.returncode: raise OSError(errno.ECANCELED, done.stderr)
for name in ("pypi.org", "npm.pkg.github.com"): socket.gethostbyname(name)
attempt("listed", lambda: hello("pypi.org"))
attempt("listed, another name of the address", lambda: hello("npm.pkg.github.com"))
attempt("TLS 1.2", lambda: hello("pypi.org", version=ssl.TLSVersion.TLSv1_2))
request = b"GET / HTTP/1.1\\r\\nHost: evil.example\\r\\n\\r\\n"
attempt("in clear text", lambda: plain(80, request))
attempt("curl", lambda: command("curl", "-sfk", "--max-time", "10", "https://pypi.org/"))
attempt("curl, a second request", lambda: command("curl", "-sfk", "--max-time", "10", "https://pypi.org/", "https://pypi.org/2"))
attempt("curl, another name of the address", lambda: command("curl", "-sfk", "--max-time", "10", "https://npm.pkg.github.com/"))
script = 'require("https").get("https://pypi.org/", { rejectUnauthorized: false }, (r) => r.resume()).on("error", () => process.exit(1))'
attempt("node", lambda: command("${process.execPath}", "-e", script))
for name in ("evil.example", "notpypi.org", "below.pypi.org", "pypi.org.evil.example", None):
    attempt("refused: %s" % name, lambda: hello(name))
whole = first("pypi.org")
attempt("refused: a byte, then the rest", lambda: plain(443, whole[:1], whole[1:]))
attempt("refused: in two pieces", lambda: plain(443, whole[:60], whole[60:]))
at = whole.index(b"pypi.org")
attempt("refused: a NUL in the name", lambda: plain(443, whole[:at] + b"x\\0pi.org" + whole[at + 8:]))
attempt("refused: in two records", lambda: plain(443, whole[:3] + struct.pack(">H", 200) + whole[5:205] + whole[:3] + struct.pack(">H", len(whole) - 205) + whole[205:]))
attempt("refused: clear text on the port of TLS", lambda: plain(443, request))
def hiding(name):
    # An extension that hides the name of the server inside, behind the one that is read.
    hello, hidden = first(name), struct.pack(">HH", 0xfe0d, 40) + bytes(40)
    at = 44 + hello[43]; at += 2 + int.from_bytes(hello[at:at + 2], "big"); at += 1 + hello[at]
    more = lambda a, b: (int.from_bytes(hello[a:b], "big") + len(hidden)).to_bytes(b - a, "big")
    return hello[:3] + more(3, 5) + hello[5:6] + more(6, 9) + hello[9:at] + more(at, at + 2) + hidden + hello[at + 2:]
attempt("ECH behind a listed name", lambda: plain(443, hiding("pypi.org")))
attempt("refused: ECH behind another name", lambda: plain(443, hiding("cloudflare-ech.example")))
attempt("refused: TLS on another port", lambda: plain(80, first("evil.example")))
`;
      recorded = await recordIn(network, "pypi.org npm.pkg.github.com pypi.org:80", program("hellos.py", code));
      ends = endsOf(recorded);
    });

    it("a server that a rule allows is reached, at whichever of its addresses", () => {
      for (const [what, end] of Object.entries(ends)) if (!what.startsWith("refused: ")) assert.equal(end, "ok", what);
    });

    it("no other is, nor one that is not told whole at once: the connection is ended", () => {
      const refused = Object.entries(ends).filter(([what]) => what.startsWith("refused: "));
      assert.equal(refused.length, 12);
      for (const [what, end] of refused) assert.match(end, /^E/, what);
      const hellos = Object.keys(recorded.counts).filter((what) => what.startsWith("hello "));
      assert.deepEqual(hellos.toSorted(), ["hello npm.pkg.github.com", "hello pypi.org"]);
      assert.equal(recorded.counts["request 443 evil.example"], undefined);
    });

    it("what is refused is told on its flow, with the name that was asked for", () => {
      // In the event of its begin, or where that was written before the client said it, in that of its end.
      const all = [...recorded.events.of("net.connect"), ...recorded.events.of("net.close")];
      const blocked = all.filter(({ reason }) => reason === "name");
      assert.equal(blocked.length, 12);
      const evil = blocked.find(({ host }) => host?.name === "evil.example");
      assert.deepEqual(
        [evil?.verdict, evil?.host?.source, evil?.allowedBy, evil?.step],
        ["blocked", "sni", "evil.example", "command"],
      );
      assert.equal(new Set(blocked.map(({ flow }) => flow.id)).size, blocked.length);
      const ids = new Set(blocked.map(({ flow }) => flow.id));
      assert.equal(recorded.events.of("net.connect").filter(({ flow }) => ids.has(flow.id)).length, blocked.length);
    });
  });
});
