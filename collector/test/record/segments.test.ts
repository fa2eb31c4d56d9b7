// What becomes of HTTP when packets are lost, repeated, or come out of order: a server that makes its own TCP segments
// on a TUN device speaks to a real client, in a network of their own.
import assert from "node:assert/strict";
import { FLAG, frame, HpackEncoder, PREFACE, TYPE, type WireField } from "../frames/http2Wire.ts";
import { type Events, prepare, record } from "./support.ts";

/**
 * Serves one connection. For each request of the client, `answers` has the segments of the response as (from, to) in it,
 * in the order in which they are sent; `deaf` requests are not acknowledged when they come first. A request is what an
 * answer's `ask` has, as one segment, or a head of HTTP/1.1.
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
        while text if "ask" in plan["answers"][served] else b"\\r\\n\\r\\n" in text:
            answer = plan["answers"][served]
            text = b"" if "ask" in answer else text[text.index(b"\\r\\n\\r\\n") + 4:]
            response = answer["text"].encode("latin1")
            for start, end in answer["order"]: segment(port, at + start, wanted, 0x18, response[start:end])
            at += len(response)
            served += 1
            if served == len(plan["answers"]): break

threading.Thread(target=serve, daemon=True).start()
client = socket.create_connection(("198.51.100.2", 80), timeout=10)
for i, answer in enumerate(plan["answers"]):
    client.sendall(answer["ask"].encode("latin1") if "ask" in answer else b"GET /%d HTTP/1.1\\r\\nHost: pypi.org\\r\\n\\r\\n" % i)
    left = len(answer["text"])
    while left: left -= len(client.recv(left))
client.close()
time.sleep(0.1)`;

interface Answer {
  /** Latin-1, as the text is. */
  readonly ask?: string;
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
const statusesOf = (events: Events): string => {
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
    assert.equal(statusesOf(await run([whole(200), whole(404)], [0, 1])), "200 404");
  });

  it("has a response once that comes twice, and in pieces that overlap", async () => {
    const order: Answer["order"] = [[0, 10], [0, 10], [0, 300], [5, 400], [300, END], [0, END]]; // prettier-ignore
    assert.equal(statusesOf(await run([{ text: SIZED, order }, whole(404)])), "200 404");
  });

  it("has the responses around a body that comes out of order", async () => {
    const order: Answer["order"] = [[0, 200], [700, END], [400, 700], [200, 400]]; // prettier-ignore
    assert.equal(statusesOf(await run([{ text: SIZED, order }, whole(404), whole(500)])), "200 404 500");
  });

  it("leaves out the status whose head comes out of order, and has the next", async () => {
    const order: Answer["order"] = [[10, END], [0, 10]]; // prettier-ignore
    const events = await run([whole(201), { text: SIZED, order }, whole(404)]);
    assert.equal(statusesOf(events), "201 - 404");
    assert.ok(events.of("coverage").some(({ hook }) => hook === "http.clear.out_of_order"));
  });

  it("has the next response where chunks came out of order", async () => {
    const chunk = "HTTP/1.1 404 Fake\r\n\r\n0\r\n\r\n".repeat(20);
    const text = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${`${chunk.length.toString(16)}\r\n${chunk}\r\n`.repeat(2)}0\r\n\r\n`;
    const order: Answer["order"] = [[0, 100], [900, text.length], [100, 900]]; // prettier-ignore
    const events = await run([{ text, order }, whole(404), whole(500)]);
    assert.equal(statusesOf(events), "200 404 500");
    assert.ok(!events.of("coverage").some(({ hook }) => hook.startsWith("http.clear.")), "no status is missing");
  });
});

describe("record: HTTP/2 in packets that are lost, repeated or out of order", () => {
  before(prepare);

  /** Requests and responses of one connection, each made of a table that the ones before have filled. */
  const exchanges = (
    codes: readonly number[],
  ): { readonly ask: string; readonly text: string; readonly body: number }[] => {
    const [near, far] = [new HpackEncoder(), new HpackEncoder()];
    return codes.map((status, i) => {
      const asks = { ":method": "GET", ":path": `/${i}`, ":authority": "pypi.org", "x-own": "v" };
      const answers = { ":status": String(status), "x-own": `${i}` };
      const list = (all: object): WireField[] =>
        Object.entries(all).map(([name, value]) => ({ name, value: String(value) }));
      const settings = i === 0 ? frame(TYPE.settings, 0, 0) : Buffer.alloc(0);
      const ask = frame(TYPE.headers, FLAG.endHeaders | FLAG.endStream, 2 * i + 1, near.block(list(asks)));
      const head = frame(TYPE.headers, FLAG.endHeaders, 2 * i + 1, far.block(list(answers)));
      const decoy = frame(TYPE.headers, FLAG.endHeaders, 2 * i + 3, Buffer.from([0x8d]));
      const data = frame(TYPE.data, FLAG.endStream, 2 * i + 1, Buffer.concat(Array.from({ length: 50 }, () => decoy)));
      return {
        ask: Buffer.concat([i === 0 ? PREFACE : Buffer.alloc(0), settings, ask]).toString("latin1"),
        text: Buffer.concat([settings, head, data]).toString("latin1"),
        body: settings.length + head.length + 9,
      };
    });
  };
  const whole2 = ({ ask, text }: { readonly ask: string; readonly text: string }): Answer => ({
    ask,
    text,
    order: [[0, text.length]],
  });

  it("has each request and each status once where segments come twice and overlap", async () => {
    const [first, second, third] = exchanges([200, 404, 500]);
    const end = second!.text.length;
    const order: Answer["order"] = [[0, 10], [0, 10], [0, 200], [5, 300], [200, end], [0, end]]; // prettier-ignore
    const events = await run([whole2(first!), { ...second!, order }, whole2(third!)], [0, 1, 2]);
    assert.equal(statusesOf(events), "200 404 500");
  });

  it("has the statuses around data that comes out of order", async () => {
    const [first, second, third] = exchanges([200, 404, 500]);
    const [from, end] = [second!.body, second!.text.length];
    const order: Answer["order"] = [[0, from + 20], [from + 200, end], [from + 20, from + 200]]; // prettier-ignore
    const events = await run([whole2(first!), { ...second!, order }, whole2(third!)]);
    assert.equal(statusesOf(events), "200 404 500");
  });

  it("has no more statuses once header fields came out of order, says so, and has the requests", async () => {
    const [first, second, third] = exchanges([200, 404, 500]);
    const order: Answer["order"] = [[5, second!.text.length], [0, 5]]; // prettier-ignore
    const events = await run([whole2(first!), { ...second!, order }, whole2(third!)]);
    assert.equal(statusesOf(events), "200 - -");
    const said = events.of("coverage").filter(({ hook }) => hook === "http.clear.out_of_order");
    assert.equal(said.length, 1);
  });
});
