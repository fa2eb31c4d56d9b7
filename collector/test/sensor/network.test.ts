import assert from "node:assert/strict";
import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { CAP } from "../../src/sensor/layout.ts";
import type { FrameOf } from "./decode.ts";
import { build, runWatched, type Sensor, watch } from "./sensor.ts";

const TCP = 6;

interface Flow {
  readonly connect: FrameOf<"connect">;
  readonly results: FrameOf<"result">[];
  readonly closes: FrameOf<"close">[];
}

/** All flows of a process, in the order of their beginning. */
const flows = (sensor: Sensor, pid: number): Flow[] =>
  sensor
    .of("connect")
    .filter((f) => f.pid === pid)
    .map((connect) => ({
      connect,
      results: sensor.of("result").filter((f) => f.flow === connect.flow),
      closes: sensor.of("close").filter((f) => f.flow === connect.flow),
    }));

/** `6 127.0.0.1 PORT: 0, sent 5, received 7`: protocol, peer, results, bytes; with the ports of `ports` as P0, P1, … */
const describeFlow = ({ connect, results, closes }: Flow, ports: readonly string[]): string => {
  const [address = "", port = ""] = connect.remote.split(" ");
  const at = ports.indexOf(port);
  const ends = [...results.map((f) => String(f.error)), ...closes.map((f) => `sent ${f.sent}, received ${f.received}`)];
  return `${connect.protocol} ${address} ${at < 0 ? port : `P${at}`}: ${ends.join(", ")}`;
};

const run = async (
  args: readonly string[],
  body: (described: string[], found: Flow[], sensor: Sensor, pid: number) => void,
): Promise<void> => {
  await watch(async (sensor, cgroup) => {
    const { pid, lines } = await runWatched(sensor, cgroup, [join(build(), "network"), ...args]);
    /* The sockets that the end of the process closes are told after it. */
    await sensor.until("the end of all flows", () =>
      flows(sensor, pid).every((f) => f.closes.length > 0 || f.results.some((result) => result.error !== 0)),
    );
    const found = flows(sensor, pid);
    body(
      found.map((flow) => describeFlow(flow, lines)),
      found,
      sensor,
      pid,
    );
    for (const { connect, results, closes } of found) {
      assert.equal(results.length, connect.protocol === TCP ? 1 : 0, "one result for each TCP flow");
      for (const end of [...results, ...closes]) {
        assert.equal(end.process, connect.process, "one owner for all of a flow");
        assert.ok(end.time >= connect.time);
      }
    }
    assert.equal(new Set(found.map((f) => f.connect.flow)).size, found.length, "each flow has its own number");
  });
};

describe("the sensor on the network", function () {
  this.timeout(60_000);

  it("tells a TCP connection over IPv4: both ends, the result, the bytes", () =>
    run(["tcp4"], (described, found) => {
      assert.deepEqual(described, ["6 127.0.0.1 P0: 0, sent 100000, received 3000"]);
      assert.match(found[0]?.results[0]?.local ?? "", /^127\.0\.0\.1 [1-9]\d+$/);
      assert.ok((found[0]?.closes[0]?.duration ?? 0) > 0);
    }));

  it("tells one over IPv6", () =>
    run(["tcp6"], (described, found) => {
      assert.deepEqual(described, ["6 0:0:0:0:0:0:0:1 P0: 0, sent 7, received 200000"]);
      assert.match(found[0]?.results[0]?.local ?? "", /^0:0:0:0:0:0:0:1 [1-9]\d+$/);
    }));

  it("tells an IPv4-mapped address as the IPv4 address that it reaches", () =>
    run(["mapped"], (described, found) => {
      assert.deepEqual(described, ["17 127.0.0.1 P0: sent 6, received 0", "6 127.0.0.1 P1: 0, sent 10, received 20"]);
      assert.match(found[1]?.results[0]?.local ?? "", /^127\.0\.0\.1 [1-9]\d+$/);
    }));

  for (const [server, to, reached] of [
    ["127.0.0.1", "0.0.0.0", "127.0.0.1"],
    ["127.0.0.1", "::ffff:0.0.0.0", "127.0.0.1"],
    ["::1", "::", "0:0:0:0:0:0:0:1"],
  ] as const) {
    it(`tells a connect to ${to} as one to the address that it reaches`, () =>
      run(["any", server, to], (described) => {
        assert.deepEqual(described, [`6 ${reached} P0: 0, sent 1, received 2`]);
      }));
  }

  it("tells MPTCP once, not for each of its subflows", () =>
    run(["mptcp"], (described) => {
      assert.deepEqual(described, ["6 127.0.0.1 P0: 0, sent 5000, received 6000"]);
    }));

  it("tells why a connect failed, and a second try of the same socket as a flow of its own", () =>
    run(["refused"], (described) => {
      assert.deepEqual(described, ["6 127.0.0.1 9: 111", "6 127.0.0.1 P0: 0, sent 0, received 0"]);
    }));

  it("tells failures that only the call itself returns", () =>
    run(["unreachable"], (described) => {
      assert.deepEqual(described, [
        "6 192.0.2.1 80: 101",
        "6 2001:db8:0:0:0:0:0:1 80: 101",
        "6 127.0.0.1 P0: 0, sent 0, received 0",
        "6 127.0.0.1 P0: 99",
      ]);
    }));

  it("does not take the failure of another socket for that of a send that connects", () =>
    run(["failed-send"], (described) => {
      assert.deepEqual(described, ["6 192.0.2.1 80: 103"]);
    }));

  it("tells why a connect by MPTCP failed at once", () =>
    run(["failed-mptcp"], (described) => {
      assert.deepEqual(described, ["6 192.0.2.1 81: 101"]);
    }));

  it("tells that a send that connects failed, though no call says why", () =>
    run(["no-port-left"], (described) => {
      assert.deepEqual(described, ["6 127.0.0.1 9: 103", "6 127.0.0.1 9: 103"]);
    }));

  it("tells a connect that does not block", () =>
    run(["nonblocking"], (described) => {
      assert.deepEqual(described, ["6 127.0.0.1 P0: 0, sent 0, received 0"]);
    }));

  it("tells a connect that was given up before its answer", () =>
    run(["given-up"], (described) => {
      assert.equal(described.length, 3);
      assert.equal(described[0], "6 127.0.0.1 P0: 0, sent 0, received 0");
      assert.equal(described[2], "6 127.0.0.1 P0: 103");
    }));

  it("tells TCP fast open, which connects without connect()", () =>
    run(["fast-open"], (described) => {
      assert.deepEqual(described, ["6 127.0.0.1 P0: 0, sent 5, received 0"]);
    }));

  for (const [name, ip] of [
    ["udp4", "127.0.0.1"],
    ["udp6", "0:0:0:0:0:0:0:1"],
  ]) {
    it(`tells a UDP flow from its first datagram to the end of its socket (${name})`, () =>
      run([name ?? ""], (described, found) => {
        const client = described.filter((line) => line.includes("P0"));
        assert.deepEqual(client, [`17 ${ip} P0: sent 15, received 4`]);
        assert.match(found[0]?.connect.local ?? "", /[1-9]\d+$/);
        /* The server's answer goes out too. */
        assert.deepEqual(
          described.filter((line) => !line.includes("P0")).map((line) => line.replace(/ \d+: sent/, " N: sent")),
          [`17 ${ip} N: sent 4, received 0`],
        );
      }));
  }

  it("tells a datagram that nobody takes", () =>
    run(["udp-nobody"], (described) => {
      assert.deepEqual(described, ["17 127.0.0.1 9: sent 13, received 0"]);
    }));

  it("tells a datagram behind extension headers of IPv6", () =>
    run(["extension"], (described) => {
      assert.deepEqual(described, ["17 0:0:0:0:0:0:0:1 9: sent 6, received 0"]);
    }));

  it("keeps the peers of one UDP socket apart", () =>
    run(["udp-peers", "8", "5"], (described) => {
      assert.deepEqual(
        described,
        Array.from({ length: 8 }, (_, i) => `17 127.0.0.1 P${i}: sent 50, received 0`),
      );
    }));

  it("stays bounded with more peers than it remembers, and loses none of their bytes", () =>
    run(["udp-peers", "20", "10"], (_described, found) => {
      assert.equal(found.length, 200);
      const sent = found.reduce((sum, flow) => sum + (flow.closes[0]?.sent ?? 0), 0);
      assert.equal(sent, 2000);
    }));

  for (const [ip, name] of [
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "0:0:0:0:0:0:0:1"],
  ]) {
    it(`tells DNS messages both ways, with the process that asked (${ip})`, () =>
      run(["dns", ip ?? "", "100"], (_described, _found, sensor, pid) => {
        const messages = sensor.of("dns");
        assert.deepEqual(
          messages.map((f) => [f.pid, f.answer, f.server, f.message.toString(), f.truncated]),
          [
            [pid, false, `${name} 53`, "question", false],
            [pid, true, `${name} 53`, "r".repeat(100), false],
          ],
        );
        assert.equal(messages[0]?.localPort, messages[1]?.localPort);
      }));
  }

  it("cuts a DNS message at its cap, and says so", () =>
    run(["dns", "127.0.0.1", "2000"], (_described, _found, sensor) => {
      const answer = sensor.of("dns")[1];
      assert.equal(answer?.message.length, CAP.dns);
      assert.equal(answer.truncated, true);
    }));

  it("gives each connect of a socket an id of its own, also past 65,536 of them", () =>
    watch(async (sensor, cgroup) => {
      const times = 70_000;
      const { pid } = await runWatched(sensor, cgroup, [join(build(), "network"), "refused-often", String(times)]);
      const ids = sensor.of("connect").flatMap((f) => (f.pid === pid ? [f.flow] : []));
      const lost = sensor.of("loss").reduce((sum, f) => sum + f.lost, 0);
      assert.ok(ids.length > 66_000 && ids.length + lost >= times, `${ids.length} told, ${lost} lost`);
      assert.equal(new Set(ids).size, ids.length);
    }).then(() => undefined));

  for (const way of ["uring-connect", "int80-connect"]) {
    it(`sees ${way}, which no common tracing of system calls does`, () =>
      watch(async (sensor, cgroup) => {
        const server = createServer((socket) => socket.on("error", () => undefined).end());
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        const { port } = server.address() as AddressInfo;
        const { pid } = await runWatched(sensor, cgroup, [join(build(), "evasion"), way, String(port)]);
        const found = flows(sensor, pid);
        assert.deepEqual(
          found.map((f) => [f.connect.protocol, f.connect.remote, f.results.map((result) => result.error)]),
          [[TCP, `127.0.0.1 ${port}`, [0]]],
        );
        server.close();
      }).then(() => undefined));
  }
});
