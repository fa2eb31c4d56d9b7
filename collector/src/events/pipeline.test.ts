import assert from "node:assert/strict";
import { answerTo, query } from "../../test/frames/dnsWire.ts";
import * as encode from "../../test/frames/encode.ts";
import { MemoryLog, type LoggedEvent } from "../../test/frames/memoryLog.ts";
import { FrameReader } from "../sensor/frames.ts";
import { EventLog } from "./eventLog.ts";
import { Pipeline } from "./pipeline.ts";

const shell = { pid: 100, start: 1_000_000_000 };
const child = { pid: 101, start: 2_000_000_000 };
const grandchild = { pid: 102, start: 3_000_000_000 };

/** What the log holds after the frames; `clock` moves to `later` ms before the last tick. */
const logOf = (frames: readonly Buffer[], later = 0, ending = true): MemoryLog => {
  const log = new MemoryLog();
  const events = new EventLog(log);
  let now = 0;
  const pipeline = new Pipeline(events, () => now);
  const reader = new FrameReader((frame) => pipeline.take(frame));
  reader.push(Buffer.concat([encode.hello(), ...frames]));
  now = later;
  pipeline.tick();
  if (ending) pipeline.finish();
  events.flush();
  return log;
};
const shapes = (events: readonly LoggedEvent[]): string[] =>
  events.map((event) =>
    [event.type, event["exec"]?.pid ?? event.process?.split("-")[0], event["exec"]?.forked === true ? "forked" : ""]
      .join(" ")
      .trim(),
  );

const to = (flow: number): encode.ConnectOptions => ({ flow, remote: "198.51.100.7", remotePort: 443 });

describe("the process tree", () => {
  it("says a program with its parent, and its exit", () => {
    const log = logOf([
      encode.exec(shell, { exe: "/bin/sh", argv: ["sh"] }),
      encode.fork(child, shell),
      encode.exec(
        { ...child, time: encode.TIME + 5 },
        { parent: shell, exe: "/bin/ls", argv: ["ls", "-l"], cwd: "/w", uid: 0 },
      ),
      encode.exit({ ...child, time: encode.TIME + 1500 }, 2),
    ]);
    const [first, second, exit] = log.events;
    assert.deepEqual(shapes(log.events), ["process.exec 100", "process.exec 101", "process.exit 101"]);
    assert.equal(first?.["exec"].parent, undefined);
    assert.deepEqual(second?.["exec"], {
      id: second?.process,
      pid: 101,
      ppid: 100,
      parent: first?.process,
      exe: "/bin/ls",
      argv: ["ls", "-l"],
      cwd: "/w",
      uid: 0,
      user: "root",
    });
    assert.deepEqual(exit?.["exit"], { code: 2, signal: 0, durationUs: 1500 });
  });

  it("is silent about forks that do nothing, and their exits", () => {
    const log = logOf([encode.exec(shell), encode.fork(child, shell), encode.exit(child)]);
    assert.deepEqual(shapes(log.events), ["process.exec 100"]);
  });

  it("introduces a fork that fails: by its exit code, or by a signal", () => {
    const log = logOf([
      encode.exec(shell),
      encode.fork(child, shell),
      encode.exit(child, 42),
      encode.fork(grandchild, shell),
      encode.exit(grandchild, 0, 9),
    ]);
    assert.deepEqual(shapes(log.events), [
      "process.exec 100",
      "process.exec 101 forked",
      "process.exit 101",
      "process.exec 102 forked",
      "process.exit 102",
    ]);
    assert.deepEqual(
      log.of("process.exit").map(({ exit }) => [exit.code, exit.signal]),
      [
        [42, 0],
        [0, 9],
      ],
    );
  });

  it("introduces a fork that acts, with its parent's program, and then its exit", () => {
    const log = logOf([
      encode.exec(shell, { exe: "/usr/bin/python3", argv: ["python3", "x.py"] }),
      encode.fork(child, shell),
      encode.file(child, "create", "/tmp/a"),
      encode.file(child, "write", "/tmp/b"),
      encode.exit(child, 0, 9),
    ]);
    assert.deepEqual(shapes(log.events), [
      "process.exec 100",
      "process.exec 101 forked",
      "file.write 101",
      "file.write 101",
      "process.exit 101",
    ]);
    assert.deepEqual(log.events[1]?.["exec"].argv, ["python3", "x.py"]);
    assert.equal(log.events[1]?.["exec"].parent, log.events[0]?.process);
    assert.equal(log.events[4]?.["exit"].signal, 9);
  });

  it("introduces forks above a process, the uppermost first, also when they are gone by then", () => {
    const log = logOf([
      encode.exec(shell),
      encode.fork(child, shell),
      encode.fork(grandchild, child),
      encode.exit(child),
      encode.exec(grandchild, { parent: { pid: 1, start: 1 } }),
    ]);
    assert.deepEqual(shapes(log.events), [
      "process.exec 100",
      "process.exec 101 forked",
      "process.exit 101",
      "process.exec 102",
    ]);
    assert.equal(log.events[3]?.["exec"].parent, log.events[1]?.process);
    assert.equal(log.events[3]?.["exec"].ppid, 1);
  });

  it("keeps the id over a second exec, and tells a reused pid apart", () => {
    const again = { pid: 101, start: 9_000_000_000 };
    const log = logOf([
      encode.exec(child, { argv: ["sh"] }),
      encode.exec(child, { argv: ["make"] }),
      encode.exit(child),
      encode.exec(again, { argv: ["other"] }),
      encode.close(child, 5, 1, 1),
      encode.exit(again),
    ]);
    const ids = log.events.map((event) => event.process);
    assert.equal(new Set(ids).size, 2);
    assert.equal(ids[0], ids[1]);
    assert.equal(ids[4], ids[0], "a late event belongs to the former process");
    assert.equal(ids[5], ids[3]);
  });

  it("masks secrets in argv, paths and DNS names", () => {
    const secret = `ghp_${"a1B2".repeat(9)}`;
    const log = logOf([
      encode.exec(shell, { argv: ["curl", "-H", `Authorization: token ${secret}`], cwd: `/w/${secret}` }),
      encode.file(shell, "rename", `/tmp/${secret}`, `/tmp/old-${secret}`),
    ]);
    assert.equal(JSON.stringify(log.events).includes(secret.slice(8)), false);
  });

  it("says what was there before", () => {
    const log = logOf([encode.exec(shell, { existing: true })]);
    assert.equal(log.events[0]?.["exec"].existing, true);
  });

  it("holds back what is moved into the cgroup: mostly it is about to exec", () => {
    const moved = [encode.ready(), encode.exec(shell, { existing: true, argv: ["helper"] })];
    assert.deepEqual(shapes(logOf([...moved, encode.exec(shell), encode.exit(shell)]).events), [
      "process.exec 100",
      "process.exit 100",
    ]);
    assert.equal(logOf([...moved, encode.exit(shell)]).events.length, 0);
    const [stays] = logOf(moved, 2_500).events;
    assert.deepEqual([stays?.["exec"].existing, stays?.["exec"].argv], [true, ["helper"]]);
    assert.equal(logOf(moved, 500, false).events.length, 0);
    assert.deepEqual(shapes(logOf(moved, 500).events), ["process.exec 100"], "at the end of the run all are said");
    const [acts, write] = logOf([...moved, encode.file(shell, "write", "/a")]).events;
    assert.deepEqual([acts?.["exec"].existing, write?.type], [true, "file.write"]);
  });

  it("repeats a long command line for forks only in short", () => {
    const argv = ["python3", ...Array.from({ length: 500 }, (_, i) => `argument-${i}`)];
    const log = logOf([encode.exec(shell, { argv }), encode.fork(child, shell), encode.file(child, "write", "/a")]);
    assert.equal(log.events[0]?.["exec"].argv.length, 501);
    assert.ok(log.events[1]?.["exec"].argv.length < 100);
    assert.equal(log.events[1]?.["exec"].truncated, true);
  });
});

describe("flows", () => {
  const begin = [encode.exec(shell, { argv: ["curl"] })];

  it("are written when their result is known, with the local end", () => {
    const log = logOf([
      ...begin,
      encode.connect(shell, to(1)),
      encode.result(shell, 1, 0),
      encode.close(shell, 1, 10, 20, 30),
    ]);
    const [connect, close] = log.events.slice(1);
    assert.equal(connect?.["result"], "ok");
    assert.deepEqual(connect?.["flow"].local, { ip: "192.0.2.1", port: 40000 });
    assert.deepEqual(connect?.["flow"].remote, { ip: "198.51.100.7", port: 443 });
    assert.deepEqual([close?.["bytesSent"], close?.["bytesReceived"], close?.["durationUs"]], [10, 20, 30]);
    assert.equal(close?.["flow"].id, connect?.["flow"].id);
    assert.equal(close?.["result"], undefined);
  });

  it("name the error of a failed connect, with the local end where it is known", () => {
    const log = logOf([...begin, encode.connect(shell, to(1)), encode.result(shell, 1, 111, "192.0.2.1", 0)]);
    assert.deepEqual(shapes(log.events), ["process.exec 100", "net.connect 100"]);
    assert.deepEqual(log.events[1]?.["flow"].local, { ip: "192.0.2.1", port: 0 });
    assert.equal(log.events[1]?.["result"], "ECONNREFUSED");
  });

  it("are written as EINPROGRESS after four seconds, and their end says how it went", () => {
    const log = new MemoryLog();
    const events = new EventLog(log);
    let now = 0;
    const pipeline = new Pipeline(events, () => now);
    const reader = new FrameReader((frame) => pipeline.take(frame));
    const step = (ms: number, ...frames: Buffer[]): void => {
      now += ms;
      if (frames.length > 0) reader.push(Buffer.concat(frames));
      pipeline.tick();
      events.flush();
    };
    step(0, encode.hello(), ...begin, encode.connect(shell, to(1)));
    step(3900);
    assert.equal(log.of("net.connect").length, 0);
    step(200);
    assert.equal(log.of("net.connect")[0]?.["result"], "EINPROGRESS");
    step(10, encode.result({ ...shell, time: encode.TIME + 7 }, 1, 110));
    assert.equal(log.of("net.connect").length, 1);
    assert.deepEqual([log.of("net.close")[0]?.["result"], log.of("net.close")[0]?.["durationUs"]], ["ETIMEDOUT", 7]);
    step(0, encode.connect(shell, to(2)));
    step(4100);
    step(10, encode.result(shell, 2, 0));
    assert.equal(log.of("net.close").length, 1);
    step(10, encode.close(shell, 2, 3, 4, 5));
    assert.deepEqual([log.of("net.close")[1]?.["result"], log.of("net.close")[1]?.["bytesSent"]], ["ok", 3]);
  });

  it("of UDP are written at once", () => {
    const log = logOf([...begin, encode.connect(shell, { ...to(2), udp: true })], 0, false);
    assert.equal(log.of("net.connect")[0]?.["flow"].protocol, "udp");
  });
});

describe("files", () => {
  it("say whether a path is whole", () => {
    const frames = [encode.exec(shell), encode.file(shell, "rename", "/a/b", "/a/c", 2)];
    const log = logOf([...frames, encode.file(shell, "unlink", "/deep/end", "", 1, true)]);
    const [whole, cut] = log.of("file.write");
    assert.deepEqual([whole?.["file"], whole?.["count"]], [{ op: "rename", path: "/a/b", from: "/a/c" }, 2]);
    assert.deepEqual([cut?.["file"], cut?.["count"]], [{ op: "unlink", path: "/deep/end", partial: true }, undefined]);
  });
});

describe("files that are read", () => {
  it("are told where they are secret, with what they are, and introduce nobody where they are not", () => {
    const key = "/home/runner/.ssh/id_rsa";
    const log = logOf([
      encode.exec(shell),
      encode.fork(child, shell),
      encode.file(child, "read", "/home/runner/.ssh/known_hosts"),
      encode.file(shell, "read", key, "", 3),
    ]);
    assert.deepEqual(shapes(log.events), ["process.exec 100", "file.read 100"]);
    assert.deepEqual(log.events[1]?.["file"], { path: key, kind: "ssh key" });
    assert.equal(log.events[1]?.["count"], 3);
  });

  it("are judged by the program that reads them, where that does so all the time", () => {
    const config = "/home/runner/work/r/r/.git/config";
    const byGit = [encode.exec(shell, { exe: "/usr/bin/git" }), encode.file(shell, "read", config)];
    const byOther = [encode.exec(shell, { exe: "/usr/bin/cat" }), encode.file(shell, "read", config)];
    assert.equal(logOf(byGit).of("file.read").length, 0);
    assert.equal(logOf(byOther).of("file.read")[0]?.["file"].kind, "token");
  });

  it("are not told of the ps that opens every environment and shows none", () => {
    const reads = (argv: readonly string[]): number =>
      logOf([
        encode.exec(shell, { exe: "/usr/bin/ps", argv }),
        encode.file(shell, "read", "/proc/90/environ", "", 1, false, 90),
      ]).of("file.read").length;
    assert.equal(reads(["ps", "aux"]), 0);
    assert.equal(reads(["ps", "auxe"]), 1);
  });

  it("make one finding for each who and what, where they are the runner's memory or environment", () => {
    const worker = { pid: 90, start: 9_000_000_000 };
    const log = logOf([
      encode.exec(worker, { exe: "/opt/runner/bin/Runner.Worker" }),
      encode.exec(shell),
      encode.file(shell, "read", "/proc/90/mem", "", 1, false, 90),
      encode.file(shell, "read", "/proc/90/mem", "", 2, false, 90),
      encode.file(shell, "write", "/proc/90/mem", "", 1, false, 90),
      encode.file(worker, "read", "/proc/100/environ", "", 1, false, 100),
    ]);
    const findings = log.of("finding");
    assert.deepEqual(
      findings.map((event) => [event["finding"].rule, event["finding"].severity, event.process]),
      [
        ["runner-process-read", "high", log.events[1]?.process],
        ["runner-process-write", "high", log.events[1]?.process],
      ],
    );
    const [read] = log.of("file.read");
    assert.deepEqual(findings[0]?.["finding"].evidence, [read?.seq]);
    assert.equal(read?.["file"].owner, log.events[0]?.process);
    assert.equal(log.of("file.read").length, 3);
  });
});

describe("DNS", () => {
  const begin = [encode.exec(shell, { argv: ["curl"] }), encode.exec(child, { argv: ["other"] })];
  const question = query(7, "www.example.com", "A");
  const answer = (ip: string): Buffer =>
    answerTo(question, [{ type: 1, data: Buffer.from(ip.split(".").map(Number)) }]);
  const asked = (who: encode.Who, ip: string, server?: string): Buffer[] => [
    encode.dns(who, question, false, server),
    encode.dns({ ...who, time: encode.TIME + 9 }, answer(ip), true, server),
  ];

  it("joins query and answer, and names flows by it", () => {
    const log = logOf([
      ...begin,
      ...asked(shell, "198.51.100.7"),
      encode.connect(shell, { flow: 1, remote: "198.51.100.7", remotePort: 443 }),
    ]);
    assert.deepEqual(log.of("dns.query")[0]?.["dns"], {
      name: "www.example.com",
      qtype: "A",
      transport: "udp",
      server: { ip: "192.0.2.53", port: 53 },
      rcode: "NOERROR",
      answers: ["198.51.100.7"],
    });
    assert.deepEqual(log.of("net.connect")[0]?.["host"], { name: "www.example.com", source: "dns" });
  });

  it("prefers what the process itself was told", () => {
    const other = query(8, "other.example", "A");
    const log = logOf([
      ...begin,
      ...asked(shell, "198.51.100.7"),
      encode.dns(child, other, false),
      encode.dns(child, answerTo(other, [{ type: 1, data: Buffer.from([198, 51, 100, 7]) }]), true),
      encode.connect(shell, { flow: 1, remote: "198.51.100.7", remotePort: 443 }),
      encode.connect(grandchild, { flow: 2, remote: "198.51.100.7", remotePort: 443 }),
    ]);
    assert.deepEqual(
      log.of("net.connect").map((event) => event["host"].name),
      ["www.example.com", "other.example"],
    );
  });

  it("joins them over TCP too, where a message can come in pieces", () => {
    const framed = (message: Buffer): Buffer => Buffer.concat([Buffer.from([0, message.length]), message]);
    const [asks, tells] = [framed(question), framed(answer("198.51.100.7"))];
    const log = logOf([
      ...begin,
      encode.connect(shell, { flow: 3, remote: "192.0.2.53", remotePort: 53 }),
      encode.result(shell, 3, 0),
      encode.stream(shell, 3, "dns_tcp", asks.subarray(0, 2)),
      encode.stream(shell, 3, "dns_tcp", asks.subarray(2), 2),
      encode.stream(shell, 3, "dns_tcp", tells.subarray(9), 9, true),
      encode.stream(shell, 3, "dns_tcp", tells.subarray(0, 9), 0, true),
      encode.stream(shell, 3, "dns_tcp", tells.subarray(0, 9), 0, true),
      encode.close(shell, 3, 1, 1),
      encode.connect(shell, { flow: 1, remote: "198.51.100.7", remotePort: 443 }),
    ]);
    assert.deepEqual(
      log.of("dns.query").map(({ dns }) => [dns.name, dns.transport, dns.server, dns.rcode, dns.answers]),
      [["www.example.com", "tcp", { ip: "192.0.2.53", port: 53 }, "NOERROR", ["198.51.100.7"]]],
    );
    assert.deepEqual(log.of("net.connect")[1]?.["host"], { name: "www.example.com", source: "dns" });
  });

  it("does not name flows by answers that nobody asked for", () => {
    const log = logOf([
      ...begin,
      encode.dns(shell, answer("198.51.100.7"), true),
      encode.connect(shell, { flow: 1, remote: "198.51.100.7", remotePort: 443 }),
    ]);
    assert.equal(log.of("dns.query").length, 1);
    assert.equal(log.of("net.connect")[0]?.["host"], undefined);
  });

  it("writes a query once that was answered, however long it is ago", () => {
    const log = logOf([...begin, ...asked(shell, "198.51.100.7")], 6_000);
    assert.deepEqual(
      log.of("dns.query").map(({ dns }) => dns.answers),
      [["198.51.100.7"]],
    );
  });

  it("writes a query once that is asked again, and without an answer after a while", () => {
    const frames = [...begin, encode.dns(shell, question, false), encode.dns(shell, question, false)];
    assert.equal(logOf(frames, 4_000, false).of("dns.query").length, 0);
    const [event, ...more] = logOf(frames, 6_000, false).of("dns.query");
    assert.equal(more.length, 0);
    assert.equal(event?.["dns"].rcode, undefined);
    assert.deepEqual(event?.["dns"].answers, []);
  });
});

describe("loss and coverage", () => {
  it("are said, and what only the last frame tells of too", () => {
    const log = logOf([
      encode.coverage("tcp", "off", "no BTF"),
      encode.coverage("tls", "on", "", "/lib/libssl.so"),
      encode.coverage("tls", "on", "", "/lib/libssl.so"),
      encode.loss("file", 5),
      encode.loss("core", 1),
      encode.bye(100, 8),
    ]);
    assert.deepEqual(
      log.events.map((event) => [event.type, event["source"] ?? event["hook"], event["lost"] ?? event["reason"]]),
      [
        ["coverage", "tcp", "no BTF"],
        ["coverage", "tls", undefined],
        ["loss", "file", 5],
        ["loss", "core", 1],
        ["loss", "output", 2],
      ],
    );
  });

  it("names each program once that sends through TLS which is not read, where any is", () => {
    const programs = [shell, child, grandchild].map((who, i) => encode.exec(who, { exe: `/bin/${i}`, argv: ["x"] }));
    const closes = [shell, child, shell, grandchild, grandchild].flatMap((who, flow) => [
      encode.connect(who, to(flow)),
      encode.close(who, flow, 1_000, 1_000, 0, who !== child),
    ]);
    const told = (...first: readonly Buffer[]): unknown[] =>
      logOf([...first, ...programs, ...closes])
        .of("coverage")
        .filter((event) => event["target"] !== undefined)
        .map((event) => `${String(event["hook"])} ${String(event["state"])} ${String(event["target"])}`);
    const on = encode.coverage("tls", "on", "", "");
    assert.deepEqual(told(on), ["tls unsupported /bin/0", "tls unsupported /bin/2"]);
    assert.deepEqual(told(encode.coverage("tls", "unsupported", "an old kernel", "")), []);
    const own = encode.coverage("tls", "on", "", "/bin/0");
    assert.deepEqual(told(on, own), ["tls on /bin/0", "tls.late off /bin/0", "tls unsupported /bin/2"]);
    const known = encode.coverage("tls", "unsupported", "NSS", "/bin/2");
    assert.deepEqual(told(on, known), ["tls unsupported /bin/2", "tls unsupported /bin/0"]);
  });
});
