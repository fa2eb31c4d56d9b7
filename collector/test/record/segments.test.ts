// What becomes of HTTP when packets are lost, repeated, or come out of order: a server that makes its own TCP segments
// on a TUN device speaks to a real client, in a network of their own.
import assert from "node:assert/strict";
import { type Events, prepare, record } from "./support.ts";

/**
 * Serves one connection. For each request of the client, `answers` has the segments of the response as (from, to) in it,
 * in the order in which they are sent; `deaf` requests are not acknowledged when they come first.
 */
const PROGRAM = `
import fcntl, json, os, socket, struct, subprocess, sys, threading, time
plan = json.loads(sys.argv[1])
tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, 0x400454ca, struct.pack("16sH", b"t0", 0x1001))
for command in ("addr add 198.51.100.1/24 dev t0", "link set t0 mtu 1500 up"): subprocess.run(["ip"] + command.split(), check=True)

def add(data):
    data += b"\\0" * (len(data) % 2)
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16: total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff

ISN = 0xfffffff0
def segment(port, at, acknowledged, flags, data=b""):
    ends = socket.inet_aton("198.51.100.2") + socket.inet_aton("198.51.100.1")
    head = struct.pack(">HHIIBBHHH", 80, port, (ISN + at) % 2**32, acknowledged % 2**32, 5 << 4, flags, 65535, 0, 0)
    tcp = head[:16] + struct.pack(">H", add(ends + struct.pack(">HH", 6, len(head + data)) + head + data)) + head[18:] + data
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + ends
    os.write(tun, ip[:10] + struct.pack(">H", add(ip)) + ip[12:] + tcp)

def serve():
    at, wanted, text, served, deaf = 1, None, b"", 0, set(plan["deaf"])
    while True:
        packet = os.read(tun, 65536)
        if packet[0] >> 4 != 4 or packet[9] != 6: continue
        tcp = packet[20:]
        port, _, seq, _, off, flags = struct.unpack(">HHIIBB", tcp[:14])
        data = tcp[(off >> 4) * 4:]
        if flags & 2:
            wanted = seq + 1
            segment(port, 0, wanted, 0x12)
            continue
        if data and seq == wanted % 2**32:
            if served in deaf:
                deaf.remove(served)
                continue
            wanted += len(data)
            text += data
        if flags & 1:
            segment(port, at, wanted + 1, 0x11)
            continue
        if not data: continue
        segment(port, at, wanted, 0x10)
        while b"\\r\\n\\r\\n" in text:
            text = text[text.index(b"\\r\\n\\r\\n") + 4:]
            answer = plan["answers"][served]
            response = answer["text"].encode()
            for start, end in answer["order"]: segment(port, at + start, wanted, 0x18, response[start:end])
            at += len(response)
            served += 1

threading.Thread(target=serve, daemon=True).start()
client = socket.create_connection(("198.51.100.2", 80), timeout=10)
for i, answer in enumerate(plan["answers"]):
    client.sendall(b"GET /%d HTTP/1.1\\r\\nHost: pypi.org\\r\\n\\r\\n" % i)
    left = len(answer["text"])
    while left: left -= len(client.recv(left))
client.close()
time.sleep(0.1)`;

interface Answer {
  readonly text: string;
  readonly order: readonly (readonly [number, number])[];
}

const HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
const SIZED = HEAD + "HTTP/1.1 404 Fake\r\n\r\n".repeat(50).slice(0, 1_000);
const END = SIZED.length;
const whole = (status: number): Answer => {
  const text = SIZED.replace("200", String(status));
  return { text, order: [[0, END]] };
};

const run = async (answers: readonly Answer[], deaf: readonly number[] = []): Promise<Events> => {
  const plan = JSON.stringify({ answers, deaf });
  const { outcome, events } = await record("unshare", "-n", "/usr/bin/python3", "-c", PROGRAM, plan);
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.deepEqual(
    events.of("http.request").map(({ http }) => http.path),
    answers.map((_, i) => `/${i}`),
    "each request once",
  );
  return events;
};
/** The statuses of all requests in their order; `-` where there is none. */
const statuses = (events: Events): string => {
  const of = new Map(events.of("http.response").map(({ request, status }) => [request, status]));
  assert.equal(of.size, events.of("http.response").length, "each response once");
  return events
    .of("http.request")
    .map(({ seq }) => of.get(seq) ?? "-")
    .join(" ");
};

describe("record: HTTP in packets that are lost, repeated or out of order", () => {
  before(prepare);

  it("has a request once that is sent again", async () => {
    assert.equal(statuses(await run([whole(200), whole(404)], [0, 1])), "200 404");
  });

  it("has a response once that comes twice, and in pieces that overlap", async () => {
    const order: Answer["order"] = [[0, 10], [0, 10], [0, 300], [5, 400], [300, END], [0, END]]; // prettier-ignore
    assert.equal(statuses(await run([{ text: SIZED, order }, whole(404)])), "200 404");
  });

  it("has the responses around a body that comes out of order", async () => {
    const order: Answer["order"] = [[0, 200], [700, END], [400, 700], [200, 400]]; // prettier-ignore
    assert.equal(statuses(await run([{ text: SIZED, order }, whole(404), whole(500)])), "200 404 500");
  });

  it("leaves out the status whose head comes out of order, and has the next", async () => {
    const order: Answer["order"] = [[10, END], [0, 10]]; // prettier-ignore
    const events = await run([whole(201), { text: SIZED, order }, whole(404)]);
    assert.equal(statuses(events), "201 - 404");
    assert.ok(events.of("coverage").some(({ hook }) => hook === "http.clear.out_of_order"));
  });

  it("has the next response where chunks came out of order", async () => {
    const chunk = "HTTP/1.1 404 Fake\r\n\r\n0\r\n\r\n".repeat(20);
    const text = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${`${chunk.length.toString(16)}\r\n${chunk}\r\n`.repeat(2)}0\r\n\r\n`;
    const order: Answer["order"] = [[0, 100], [900, text.length], [100, 900]]; // prettier-ignore
    const events = await run([{ text, order }, whole(404), whole(500)]);
    assert.equal(statuses(events), "200 404 500");
    assert.ok(!events.of("coverage").some(({ hook }) => hook.startsWith("http.clear.")), "no status is missing");
  });
});
