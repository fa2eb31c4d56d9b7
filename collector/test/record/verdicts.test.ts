import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { selfSigned } from "./selfSigned.ts";
import { Events, prepare, scratch, start } from "./support.ts";

const ADDRESS = "198.51.100.89";

/** In a network of its own: a web server that writes down what it is asked, then clients of several kinds. */
const driver = (directory: string): string => `
import http.server, os, socket, ssl, subprocess, threading
asked = []
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(self.command + " " + self.headers["Host"] + self.path)
        self.send_response(200); self.send_header("Content-Length", "2"); self.end_headers(); self.wfile.write(b"ok")
    do_PUT = do_GET
    def log_message(self, *args): pass
def serve(port, context=None):
    server = http.server.ThreadingHTTPServer(("${ADDRESS}", port), Handler)
    if context: server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("${directory}/cert.pem", "${directory}/key.pem")
serve(80); serve(443, context)
def curl(host, path, *more):
    port = 443 if not more or more[0] != "http" else 80
    scheme = "https" if port == 443 else "http"
    options = [option for option in more if option != "http"]
    subprocess.run(["curl", "-sk", "--http1.1", "-o", "/dev/null", "--resolve", f"{host}:{port}:${ADDRESS}", *options,
        f"{scheme}://{host}{path}"], check=True)
curl("pypi.org", "/simple/")
curl("pypi.org", "/legacy/", "-X", "PUT")
curl("evil.example", "/")
curl("azure.archive.ubuntu.com", "/ubuntu", "http")
curl("${ADDRESS}", "/", "http")
def datagram(port, payload, to="${ADDRESS}"):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(payload, (to, port)); s.close()
datagram(9998, b"allowed"); datagram(9999, b"not allowed")
def question(name):
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    datagram(53, b"\\x12\\x34\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00" + labels + b"\\x00\\x00\\x01\\x00\\x01")
question("pypi.org"); question("secret.evil.example")
print(len(asked))
`;

describe("record: what a policy would have let through", () => {
  before(prepare);
  const folder = scratch();
  after(folder.remove);
  let events: Events;
  before(async function () {
    this.timeout(60_000);
    const { key, cert } = selfSigned();
    writeFileSync(join(folder.path, "key.pem"), key);
    writeFileSync(join(folder.path, "cert.pem"), cert);
    writeFileSync(join(folder.path, "driver.py"), driver(folder.path));
    const out = join(folder.path, "run.ndjson");
    const list = `
      GET https://pypi.org/simple/*      # the index, and nothing else of it
      azure.archive.ubuntu.com:80
      198.51.100.0/24:9998/udp`;
    const script = `ip link set lo up && ip addr add ${ADDRESS}/32 dev lo && exec python3 ${folder.path}/driver.py`;
    const policy = ["--egress-policy", "audit", "--allowed-endpoints", list];
    const running = start(["record", "--out", out, ...policy, "--", "unshare", "--net", "sh", "-c", script]);
    const { code, stdout, stderr } = await running.outcome;
    assert.equal(code, 0, stderr);
    assert.equal(stdout.trim(), "5", "the policy holds nothing up");
    events = new Events(out);
    events.assertWhole();
  });

  it("is in the first event", () => {
    const policy = events.of("run.start")[0]?.policy;
    assert.deepEqual(policy, {
      mode: "audit",
      dialect: "runglass",
      endpoints: ["GET https://pypi.org/simple/*", "azure.archive.ubuntu.com:80", "198.51.100.0/24:9998/udp"],
      source: "--allowed-endpoints",
    });
  });

  it("is said of each connection, with the entry that allows it", () => {
    const closes = new Map(events.of("net.close").map((event) => [event.flow.id, event]));
    const said = events.of("net.connect").map((event) => {
      const close = closes.get(event.flow.id);
      const { host, verdict, rule } = close?.host === undefined ? event : close;
      return `${event.flow.protocol} ${host?.name} ${event.flow.remote.port} ${verdict} ${rule ?? "-"}`;
    });
    for (const line of [
      "tcp pypi.org 443 allowed GET https://pypi.org/simple/*",
      "tcp evil.example 443 would-block -",
      "tcp azure.archive.ubuntu.com 80 allowed azure.archive.ubuntu.com:80",
      "tcp undefined 80 would-block -",
      "udp undefined 9998 allowed 198.51.100.0/24:9998/udp",
      "udp undefined 9999 would-block -",
      "udp undefined 53 would-block -",
    ]) {
      assert.ok(said.includes(line), `${line} in\n${said.join("\n")}`);
    }
    assert.ok(said.every((line) => /allowed|would-block/.test(line)));
  });

  it("is said of each request, also where the connection is allowed and the request is not expected", () => {
    const said = events.of("http.request").map(({ http, verdict, rule }) => {
      return `${http.method} ${http.host}${http.path} ${verdict} ${rule ?? "-"}`;
    });
    assert.deepEqual(said.toSorted(), [
      `GET ${ADDRESS}/ would-block -`,
      "GET azure.archive.ubuntu.com/ubuntu allowed azure.archive.ubuntu.com:80",
      "GET evil.example/ would-block -",
      "GET pypi.org/simple/ allowed GET https://pypi.org/simple/*",
      "PUT pypi.org/legacy/ would-block -",
    ]);
  });

  it("is said of each question to DNS", () => {
    const said = events.of("dns.query").map(({ dns, verdict, rule }) => `${dns.name} ${verdict} ${rule ?? "-"}`);
    assert.deepEqual(said.toSorted(), [
      "pypi.org allowed GET https://pypi.org/simple/*",
      "secret.evil.example would-block -",
    ]);
  });
});

describe("record: without a policy", () => {
  before(prepare);
  it("nothing is judged", async () => {
    const folder = scratch();
    try {
      const out = join(folder.path, "run.ndjson");
      const code = 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9))';
      await start(["record", "--out", out, "--", "python3", "-c", code]).outcome;
      const [connect] = new Events(out).of("net.connect");
      assert.ok(connect !== undefined && connect.verdict === undefined && connect.rule === undefined);
    } finally {
      folder.remove();
    }
  });
});
