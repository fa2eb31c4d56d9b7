// A small internet that a run is to reach by names only: a namespace with resolvers and web servers, outside of the run's
// cgroup. Whatever is asked, connected to or requested is counted there, so that a test need not believe the collector.
import { spawn, type ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { selfSigned } from "./selfSigned.ts";
import { until } from "./support.ts";

/** The resolver that the machines of this network are set up to ask, and another one. */
export const RESOLVER = "198.51.100.53";
export const OTHER_RESOLVER = "198.51.100.54";
/** One that is asked over IPv6. */
export const RESOLVER_SIX = "2001:db8::53";
/** Names of one address, as at a content delivery network. */
export const SHARED = "198.51.100.10";
/** The only address of `six.example`. */
export const SIX = "2001:db8::6";
/** The address of `evil.example`, which no other name has. */
export const EVIL = "198.51.100.66";

/** `N.dyn.example` has an address of its own, by its number. */
const SERVER = `
import collections, http.server, json, os, socket, socketserver, ssl, struct, subprocess, sys, threading
FOLDER = sys.argv[1]
run = lambda *command: subprocess.run(command, check=True)
run("ip", "link", "set", "lo", "up")
for network in ("198.51.100.1/24", "192.0.2.1/24", "198.18.0.1/15"): run("ip", "addr", "add", network, "dev", "lo")
for address in ("${SIX}", "${RESOLVER_SIX}"): run("ip", "addr", "add", address + "/128", "dev", "lo", "nodad")
run("mount", "--bind", FOLDER + "/resolv.conf", "/etc/resolv.conf")
if os.path.exists("/etc/nsswitch.conf"): run("mount", "--bind", FOLDER + "/nsswitch.conf", "/etc/nsswitch.conf")
counts = collections.Counter()
def wire(name): return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\\0"
def zone(name):
    if name in ("pypi.org", "npm.pkg.github.com"): return [("A", "${SHARED}")]
    if name == "six.example": return [("AAAA", "${SIX}")]
    if name == "evil.example": return [("A", "${EVIL}")]
    if name == "alias.example": return [("CNAME", "target.cdn.example"), ("A", "198.51.100.77")]
    if name == "rebound.example": return [("A", "169.254.169.254"), ("A", "10.1.2.3"), ("A", "198.51.100.99")]
    if name == "long.example": return [("A", "192.0.2.%d" % i) for i in range(1, 120)]
    if name.endswith(".dyn.example"):
        number = int(name.split(".")[0])
        return [("A", "198.%d.%d.%d" % (18 + (number >> 16 & 1), number >> 8 & 255, number & 255))]
    return None
def answer(question, room):
    at, labels = 12, []
    while question[at]:
        labels.append(question[at + 1:at + 1 + question[at]].decode("latin1")); at += 1 + question[at]
    name, kind = ".".join(labels).lower(), struct.unpack(">H", question[at + 1:at + 3])[0]
    counts["asked " + name] += 1
    found, records, flags = zone(name), [], 0x8180
    if found is None: flags |= 3
    for what, value in found or []:
        number = {"A": 1, "CNAME": 5, "AAAA": 28}[what]
        data = wire(value) if number == 5 else socket.inet_pton(socket.AF_INET if number == 1 else socket.AF_INET6, value)
        if number == kind or number == 5: records.append(b"\\xc0\\x0c" + struct.pack(">HHIH", number, 1, 60, len(data)) + data)
    if sum(map(len, records)) > room: records, flags = [], flags | 0x200
    return question[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0) + question[12:at + 5] + b"".join(records)
def datagrams(address):
    s = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM); s.bind((address, 53))
    while True:
        try:
            question, peer = s.recvfrom(4096); s.sendto(answer(question, 450), peer)
        except (IndexError, ValueError, struct.error, OSError): counts["asked nonsense"] += 1
class Stream(socketserver.BaseRequestHandler):
    def handle(self):
        f = self.request.makefile("rb")
        while len(head := f.read(2)) == 2:
            reply = answer(f.read(struct.unpack(">H", head)[0]), 60000)
            counts["asked over TCP"] += 1
            self.request.sendall(struct.pack(">H", len(reply)) + reply)
class Streams(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    def handle_error(self, *args): pass
class Streams6(Streams):
    address_family = socket.AF_INET6
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        counts["request %s %s" % (self.server.server_port, self.headers["Host"])] += 1
        self.send_response(200); self.send_header("Content-Length", "2"); self.end_headers(); self.wfile.write(b"ok")
    def log_message(self, *args): pass
class Web(http.server.ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True
    def process_request(self, request, peer):
        counts["connected %s" % request.getsockname()[0]] += 1
        super().process_request(request, peer)
    def handle_error(self, *args): pass
class Web6(Web):
    address_family = socket.AF_INET6
def web(port):
    server = Web(("0.0.0.0", port), Handler)
    if port == 443:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain(FOLDER + "/cert.pem", FOLDER + "/key.pem")
        def hello(connection, name, context): counts["hello %s" % name] += 1
        context.sni_callback = hello
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server
servers = [web(80), web(443), Web6(("${SIX}", 80), Handler)] + [Streams((address, 53), Stream) for address in ("${RESOLVER}", "${OTHER_RESOLVER}")]
servers.append(Streams6(("${RESOLVER_SIX}", 53), Stream))
for server in servers: threading.Thread(target=server.serve_forever, daemon=True).start()
for address in ("${RESOLVER}", "${OTHER_RESOLVER}", "${RESOLVER_SIX}"): threading.Thread(target=datagrams, args=(address,), daemon=True).start()
print("ready", flush=True)
for line in sys.stdin:
    print(json.dumps(dict(counts)), flush=True)
    counts.clear()
`;

export type Counts = Readonly<Record<string, number>>;

/** The network while tests need it. */
export class NamedNetwork {
  readonly #server: ChildProcess;
  #said = "";

  private constructor(server: ChildProcess) {
    this.#server = server;
    server.stdout?.setEncoding("utf8").on("data", (text: string) => (this.#said += text));
  }

  /** Makes it; `folder` is for its program and settings. */
  static async open(folder: string): Promise<NamedNetwork> {
    const { key, cert } = selfSigned();
    const files = {
      "key.pem": key,
      "cert.pem": cert,
      "internet.py": SERVER,
      "resolv.conf": `nameserver ${RESOLVER}\noptions timeout:5 attempts:2\n`,
      "nsswitch.conf": "hosts: dns\n",
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const command = ["--net", "--mount", "python3", join(folder, "internet.py"), folder];
    const network = new NamedNetwork(spawn("unshare", command, { stdio: ["pipe", "pipe", "inherit"] }));
    await until(() => network.#said.includes("ready\n"), "the servers listen");
    return network;
  }

  /** A command that runs in it, with its resolver. */
  inside(...command: readonly string[]): string[] {
    return [
      "nsenter",
      `--net=/proc/${this.#server.pid}/ns/net`,
      `--mount=/proc/${this.#server.pid}/ns/mnt`,
      "--",
      ...command,
    ];
  }

  /** What has arrived since this was asked last. */
  async counts(): Promise<Counts> {
    const before = this.#said.length;
    this.#server.stdin?.write("\n");
    await until(() => this.#said.slice(before).includes("\n"), "the servers count");
    return JSON.parse(this.#said.slice(before)) as Counts;
  }

  close(): void {
    this.#server.stdin?.end();
    this.#server.kill("SIGKILL");
  }
}
