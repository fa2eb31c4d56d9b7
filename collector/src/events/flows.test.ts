import assert from "node:assert/strict";
import { answerTo, query } from "../../test/frames/dnsWire.ts";
import * as encode from "../../test/frames/encode.ts";
import { MemoryLog } from "../../test/frames/memoryLog.ts";
import { clientHello } from "../../test/frames/tlsWire.ts";
import { FrameReader } from "../sensor/frames.ts";
import { EventLog } from "./eventLog.ts";
import { Pipeline } from "./pipeline.ts";

const shell = { pid: 100, start: 1_000_000_000 };
const to = (flow: number): encode.ConnectOptions => ({ flow, remote: "198.51.100.7", remotePort: 443 });

class Run {
  readonly log = new MemoryLog();
  readonly #events = new EventLog(this.log);
  #now = 0;
  readonly #pipeline = new Pipeline(this.#events, () => this.#now);
  readonly #reader = new FrameReader((frame) => this.#pipeline.take(frame));

  constructor(...frames: readonly Buffer[]) {
    this.take(encode.hello(), ...frames);
  }
  take(...frames: readonly Buffer[]): this {
    this.#reader.push(Buffer.concat(frames));
    this.#events.flush();
    return this;
  }
  /** So many ms later, with a tick. */
  later(ms: number): this {
    this.#now += ms;
    this.#pipeline.tick();
    this.#events.flush();
    return this;
  }
  finish(): this {
    this.#pipeline.finish();
    this.#events.flush();
    return this;
  }
}
const logOf = (frames: readonly Buffer[], later = 0, ending = true): MemoryLog => {
  const run = new Run(...frames).later(later);
  return (ending ? run.finish() : run).log;
};

describe("names of flows", () => {
  const question = query(7, "dns.example.com", "A");
  const begin = [
    encode.exec(shell, { argv: ["curl"] }),
    encode.dns(shell, question, false),
    encode.dns(shell, answerTo(question, [{ type: 1, data: Buffer.from([198, 51, 100, 7]) }]), true),
  ];
  const established = [encode.connect(shell, to(1)), encode.result(shell, 1, 0)];
  const hosts = (frames: readonly Buffer[], later = 0, ending = true): unknown[] =>
    logOf([...begin, ...frames], later, ending)
      .of("net.connect")
      .map((event) => event["host"]);

  it("come from the ClientHello before DNS, in one piece or in several", () => {
    const hello = clientHello("pypi.org", 1_700);
    const [first, second] = [hello.subarray(0, 1_400), hello.subarray(1_400)];
    const sni = [{ name: "pypi.org", source: "sni" }];
    assert.deepEqual(hosts([...established, encode.stream(shell, 1, "tls_hello", hello)], 0, false), sni);
    const pieces = [encode.stream(shell, 1, "tls_hello", first), encode.stream(shell, 1, "tls_hello", second, 1_400)];
    assert.deepEqual(hosts([...established, ...pieces], 0, false), sni);
    assert.deepEqual(hosts([...established, ...pieces.toReversed()], 0, false), sni);
  });

  it("come from a ClientHello that was sent with the SYN", () => {
    const early = encode.stream(shell, 1, "tls_hello", clientHello("pypi.org"));
    const frames = [encode.connect(shell, to(1)), early, encode.result(shell, 1, 0)];
    assert.deepEqual(hosts(frames, 0, false), [{ name: "pypi.org", source: "sni" }]);
  });

  it("are waited for a tenth of a second, and then come from DNS", () => {
    const dns = [{ name: "dns.example.com", source: "dns" }];
    assert.deepEqual(hosts(established, 90, false), []);
    assert.deepEqual(hosts(established, 100, false), dns);
    assert.deepEqual(hosts(established), dns, "at the end of the run nothing is held back");
    assert.deepEqual(hosts([...established, encode.close(shell, 1, 0, 0)], 0, false), dns);
    const half = encode.stream(shell, 1, "tls_hello", clientHello("pypi.org").subarray(0, 50));
    assert.deepEqual(hosts([...established, half], 100, false), dns);
    const nonsense = encode.stream(shell, 1, "tls_hello", Buffer.from("\x16\x03\x01\x00\x04\x02\0\0\0", "latin1"));
    assert.deepEqual(hosts([...established, nonsense], 0, false), dns);
  });

  it("do not keep a connect behind the exit of its process", () => {
    const log = logOf([...begin, ...established, encode.exit(shell), encode.close(shell, 1, 1, 1)], 0, false);
    const types = log.events.map(({ type }) => type).filter((type) => type !== "dns.query");
    assert.deepEqual(types, ["process.exec", "net.connect", "process.exit", "net.close"]);
  });

  it("are not said early where a later process of the same pid ends", () => {
    const later = { pid: shell.pid, start: shell.start + 1_000_000 };
    const other = encode.exec(later, { argv: ["wget"] });
    const log = logOf([...begin, ...established, other, encode.exit(later)], 0, false);
    assert.equal(log.of("net.connect").length, 0);
    assert.equal(log.of("process.exit").length, 1);
  });

  it("that come too late are said when the flow ends", () => {
    const hello = encode.stream(shell, 1, "tls_hello", clientHello("pypi.org"));
    const run = new Run(...begin, ...established);
    run.later(200).take(hello, encode.close(shell, 1, 1, 1));
    run.take(...established, encode.close(shell, 1, 1, 1));
    const same = encode.stream(shell, 1, "tls_hello", clientHello("dns.example.com"));
    run
      .take(...established)
      .later(200)
      .take(same, encode.close(shell, 1, 1, 1));
    assert.deepEqual(
      run.log.of("net.connect").map(({ host }) => host.source),
      ["dns", "dns", "dns"],
    );
    assert.deepEqual(
      run.log.of("net.close").map(({ host }) => host),
      [{ name: "pypi.org", source: "sni" }, undefined, undefined],
    );
  });

  it("of connects that took long are said when the flow ends", () => {
    const run = new Run(...begin, encode.connect(shell, to(1))).later(4_100);
    const hello = encode.stream(shell, 1, "tls_hello", clientHello("pypi.org"));
    run.take(encode.result(shell, 1, 0), hello, encode.close(shell, 1, 1, 1));
    assert.equal(run.log.of("net.connect")[0]?.["result"], "EINPROGRESS");
    assert.deepEqual(run.log.of("net.close")[0]?.["host"], { name: "pypi.org", source: "sni" });
  });
});
