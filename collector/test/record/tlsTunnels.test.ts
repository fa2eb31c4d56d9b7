// TLS that begins behind something else on its connection, objects of a library that are used again, and TLS that nobody reads.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer as createProxy, type IncomingMessage, type Server as HttpServer } from "node:http";
import { createServer, type Server as HttpsServer } from "node:https";
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { selfSigned } from "./selfSigned.ts";
import { type Events, prepare, record, scratch } from "./support.ts";

const ADDRESS = "127.0.0.93";
const NAME = "npm.pkg.github.com";
/** How long a library of one's own takes to be found at most, on a busy machine. */
const FOUND_MS = 1500;
const PYTHON = "/usr/bin/python3";

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

describe("record: TLS behind something else", () => {
  before(prepare);
  let server: HttpsServer;
  const proxies: Server[] = [];
  const sockets = new Set<Duplex>();
  let asked = 0;

  const listen = async <T extends Server>(listening: T): Promise<T> => {
    listening.on("connection", (socket: Socket) => sockets.add(socket));
    await once(listening.listen(0, ADDRESS), "listening");
    proxies.push(listening);
    return listening;
  };
  /** Joins the client to the TLS server, whatever it has asked for. */
  const joinServer = (client: Duplex): void => {
    const upstream = connect(portOf(server), ADDRESS);
    for (const [from, to] of [[client, upstream] as const, [upstream, client] as const]) {
      sockets.add(from);
      from.on("error", () => to.destroy());
      from.pipe(to);
    }
  };
  const tunnel = <T extends HttpServer | HttpsServer>(proxy: T): T => {
    proxy.on("connect", (_: IncomingMessage, client: Duplex) => {
      client.write("HTTP/1.1 200 Connected\r\n\r\n");
      joinServer(client);
    });
    return proxy;
  };

  before(async () => {
    server = await listen(
      createServer(selfSigned(), (_, response) => {
        asked++;
        response.writeHead(asked % 2 === 0 ? 404 : 201).end("fine");
      }),
    );
  });
  beforeEach(() => (asked = 0));
  after(() => {
    for (const socket of sockets) socket.destroy();
    for (const proxy of proxies) proxy.close();
  });

  /** The requests over the flow that goes to `port`, in order, each with its status. */
  const requestsTo = (events: Events, port: number): string[] => {
    const ids = new Set(
      events
        .of("net.connect")
        .filter(({ flow }) => flow.remote.port === port)
        .map(({ flow }) => flow.id),
    );
    assert.ok(ids.size > 0, "the proxy was connected to");
    const statuses = new Map(events.of("http.response").map(({ request, status }) => [request, status]));
    const requests = events.of("http.request");
    assert.ok(
      requests.every(({ flow }) => flow !== undefined && ids.has(flow.id)),
      "all are on their flow",
    );
    return requests.map(({ seq, http }) => `${http.tls} ${http.method} ${http.host} ${http.path} ${statuses.get(seq)}`);
  };
  const curl = async (...args: readonly string[]): Promise<Events> => {
    const url = `https://${NAME}:${portOf(server)}`;
    const { outcome, events } = await record("curl", "--http1.1", "-sk", ...args, `${url}/one`, `${url}/two`);
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.equal(asked, 2);
    return events;
  };
  const inside = (): string[] => {
    const host = `${NAME}:${portOf(server)}`;
    return [`openssl GET ${host} /one 201`, `openssl GET ${host} /two 404`];
  };

  it("is on the flow of the proxy's tunnel that it goes through", async () => {
    const proxy = await listen(tunnel(createProxy()));
    const events = await curl("--proxy", `http://${ADDRESS}:${portOf(proxy)}`);
    const told = requestsTo(events, portOf(proxy));
    assert.deepEqual(told, [`none CONNECT ${NAME}:${portOf(server)}  200`, ...inside()]);
    assert.deepEqual(events.of("net.connect")[0]?.host, { name: NAME, source: "proxy" });
  });

  it("is on the flow of a tunnel that is inside TLS itself", async () => {
    const proxy = await listen(tunnel(createServer(selfSigned())));
    const events = await curl("--proxy", `https://${ADDRESS}:${portOf(proxy)}`, "--proxy-insecure");
    const told = requestsTo(events, portOf(proxy));
    assert.deepEqual(told, [`openssl CONNECT ${NAME}:${portOf(server)}  200`, ...inside()]);
  });

  it("is on the flow that SOCKS has made for it, which it names", async () => {
    const socks = createTcpServer((client) => {
      client.once("data", () => {
        client.write(Buffer.from([5, 0]));
        client.once("data", () => {
          client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
          joinServer(client);
        });
      });
    });
    await listen(socks);
    const events = await curl("--socks5-hostname", `${ADDRESS}:${portOf(socks)}`);
    assert.deepEqual(requestsTo(events, portOf(socks)), inside());
    const [first] = events.of("net.connect");
    const named = [first?.host, ...events.of("net.close").map(({ host }) => host)].filter((host) => host !== undefined);
    assert.deepEqual(named, [{ name: NAME, source: "sni" }]);
  });

  it("is another connection where a library's object is used again, also where no flow is known", async () => {
    // The parent connects, so that the child's ClientHellos are on flows of another process.
    const code = `
import ctypes, os, socket
ssl = ctypes.CDLL("libssl.so.3")
for name in ("TLS_client_method", "SSL_CTX_new", "SSL_new"): getattr(ssl, name).restype = ctypes.c_void_p
def connection(): return socket.create_connection(("${ADDRESS}", ${portOf(server)}))
sockets = [connection(), connection(), connection()]
if os.fork() == 0:
    context = ctypes.c_void_p(ssl.SSL_CTX_new(ctypes.c_void_p(ssl.TLS_client_method())))
    tls = ctypes.c_void_p(ssl.SSL_new(context))
    answer = ctypes.create_string_buffer(4096)
    for i, text in enumerate([b"no HTTP at all\\r\\n", b"GET /again HTTP/1.1\\r\\nHost: x.example.com\\r\\n\\r\\n", b"GET /more HTTP/1.1\\r\\nHost: x.example.com\\r\\n\\r\\n"]):
        if i: ssl.SSL_clear(tls)
        ssl.SSL_set_fd(tls, sockets[i].fileno())
        assert ssl.SSL_connect(tls) == 1
        assert ssl.SSL_write(tls, text, len(text)) == len(text)
        assert ssl.SSL_read(tls, answer, 4096) > 0
    os._exit(0)
assert os.wait()[1] == 0`;
    const { outcome, events } = await record(PYTHON, "-c", code);
    assert.equal(outcome.code, 0, outcome.stderr);
    const statuses = new Map(events.of("http.response").map(({ request, status }) => [request, status]));
    const told = events.of("http.request").map(({ seq, flow, http }) => [http.path, flow, statuses.get(seq)]);
    assert.deepEqual(told, [
      ["/again", undefined, 201],
      ["/more", undefined, 404],
    ]);
  });
});

describe("record: more TLS connections than there is room for", () => {
  before(prepare);
  let server: Server;
  before(async () => {
    server = createTcpServer((socket) => socket.on("error", () => undefined).resume());
    await once(server.listen(0, ADDRESS), "listening");
  });
  after(() => server.close());

  it("are said to be missing, and are known again", async () => {
    const { path, remove } = scratch();
    try {
      // A library that does nothing: its objects are just addresses.
      const library = join(path, "libssl.so");
      const functions = ["SSL_write", "SSL_read", "SSL_free"].map(
        (name) => `int ${name}(void *s, void *b, int n) { return n; }\n`,
      );
      execFileSync("cc", ["-shared", "-fPIC", "-o", library, "-x", "c", "-"], { input: functions.join("") });
      const code = `
import ctypes, socket, ssl, time
library = ctypes.CDLL("${library}")
time.sleep(${FOUND_MS / 1000})
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
try: ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="${NAME}").do_handshake()
except ssl.SSLWantReadError: pass
hello = outgoing.read()
s = socket.create_connection(("${ADDRESS}", ${portOf(server)}))
s.sendall(hello)
memory = ctypes.create_string_buffer(4096)
memory[512:528] = hello[11:27]
objects = ctypes.create_string_buffer(12_000)
def ask(where, path):
    head = f"GET /{path} HTTP/1.1\\r\\n\\r\\n".encode()
    library.SSL_write(ctypes.c_void_p(where), head, len(head))
ask(ctypes.addressof(memory), "before")
for i in range(12_000): library.SSL_write(ctypes.c_void_p(ctypes.addressof(objects) + i), b"?\\n", 2)
ask(ctypes.addressof(memory), "after")
ask(ctypes.addressof(memory), "last")
s.close()`;
      const { outcome, events } = await record(PYTHON, "-c", code);
      assert.equal(outcome.code, 0, outcome.stderr);
      const requests = events.of("http.request");
      assert.deepEqual(
        requests.map(({ http }) => http.path),
        ["/before", "/after", "/last"],
      );
      assert.equal(new Set(requests.map(({ flow }) => flow?.id ?? "")).size, 1);
      const said = events.of("coverage").filter(({ hook }) => hook === "tls.connections");
      assert.deepEqual(
        said.map(({ reason }) => /\(so far \d+\)/.exec(reason ?? "")?.[0]),
        ["(so far 1)"],
      );
    } finally {
      remove();
    }
  });
});

describe("record: a file that OpenSSL sends by itself", () => {
  before(prepare);

  it("is passed over as a body, and nothing else", async () => {
    const { path, remove } = scratch();
    try {
      const library = join(path, "libssl.so");
      const input =
        "int SSL_write(void *s, void *b, int n) { return n; } long SSL_sendfile(void *s, int f, long o, unsigned long n, int w) { return n; }";
      execFileSync("cc", ["-shared", "-fPIC", "-o", library, "-x", "c", "-"], { input });
      const code = `
import ctypes, time
library = ctypes.CDLL("${library}")
time.sleep(${FOUND_MS / 1000})
def ask(where, path, length):
    head = f"PUT /{path} HTTP/1.1\\r\\nContent-Length: {length}\\r\\n\\r\\n".encode()
    library.SSL_write(ctypes.c_void_p(where), head, len(head))
    for part in (length // 2, length - length // 2): library.SSL_sendfile(ctypes.c_void_p(where), 0, ctypes.c_long(0), ctypes.c_ulong(part), 0)
ask(4096, "one", 1 << 33)
ask(4096, "two", 10)
library.SSL_sendfile(ctypes.c_void_p(4096), 0, ctypes.c_long(0), ctypes.c_ulong(1), 0)
ask(4096, "after something else", 10)`;
      const { outcome, events } = await record(PYTHON, "-c", code);
      assert.equal(outcome.code, 0, outcome.stderr);
      assert.deepEqual(
        events.of("http.request").map(({ http }) => http.path),
        ["/one", "/two"],
      );
    } finally {
      remove();
    }
  });
});

describe("record: what GnuTLS sends later", () => {
  before(prepare);

  it("is told once, when it is sent", async () => {
    const { path, remove } = scratch();
    try {
      // Takes at first what it sends only when it is called again, without it.
      const library = join(path, "libgnutls.so");
      const input =
        "long gnutls_record_send(void *s, const void *b, unsigned long n) { static long taken; return b ? (taken = n, -28) : taken; }";
      execFileSync("cc", ["-shared", "-fPIC", "-o", library, "-x", "c", "-"], { input });
      const code = `
import ctypes, time
send = ctypes.CDLL("${library}").gnutls_record_send
send.restype = ctypes.c_long
time.sleep(${FOUND_MS / 1000})
for path in ("one", "two"):
    head = f"GET /{path} HTTP/1.1\\r\\n\\r\\n".encode()
    for i in range(2): assert send(ctypes.c_void_p(4096), head, len(head)) == -28
    assert send(ctypes.c_void_p(4096), None, 0) == len(head)`;
      const { outcome, events } = await record(PYTHON, "-c", code);
      assert.equal(outcome.code, 0, outcome.stderr);
      assert.deepEqual(
        events.of("http.request").map(({ http }) => `${http.tls} ${http.path}`),
        ["gnutls /one", "gnutls /two"],
      );
    } finally {
      remove();
    }
  });
});

describe("record: TLS that nobody reads", () => {
  before(prepare);
  let server: Server;
  before(async () => {
    server = createTcpServer((socket) => socket.on("error", () => undefined).end("answer"));
    await once(server.listen(0, ADDRESS), "listening");
  });
  after(() => server.close());

  /** Sends a true ClientHello, and as many bytes behind it. */
  const send = async (bytes: number): Promise<string[]> => {
    const code = `
import socket, ssl
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
try: ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="${NAME}").do_handshake()
except ssl.SSLWantReadError: pass
hello = outgoing.read()
for i in range(2):
    s = socket.create_connection(("${ADDRESS}", ${portOf(server)}))
    s.sendall(hello)
    s.sendall(b"x" * ${bytes})
    while s.recv(100): pass
    s.close()`;
    const { outcome, events } = await record(PYTHON, "-c", code);
    assert.equal(outcome.code, 0, outcome.stderr);
    return events
      .of("coverage")
      .filter(({ hook, state }) => hook === "tls" && state === "unsupported")
      .map(({ target, reason }) => `${target} ${reason}`);
  };

  it("is said once of each program that sends data so", async () => {
    const [said, ...more] = await send(1_000);
    assert.match(said ?? "", /python3\S* what it sends inside TLS is not read/);
    assert.deepEqual(more, []);
  });

  it("is not said where a handshake was broken off", async () => {
    assert.deepEqual(await send(40), []);
  });
});
