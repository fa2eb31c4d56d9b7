import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { build, finish, runWatched, type Sensor, start, watch } from "./sensor.ts";

const PYTHON = "/usr/bin/python3";
const FLOOD_HEAD = "POST /flood HTTP/1.1\\r\\nContent-Length: 1\\r\\n\\r\\nx";
const FLOOD_PART = 50 * FLOOD_HEAD.replaceAll(/\\./g, "_").length;
const requests = (sensor: Sensor): string[] =>
  sensor
    .of("http")
    .filter(({ incoming, head }) => !incoming && head !== "")
    .map(({ head }) => head.split("\r\n")[0] ?? "");

describe("the sensor and what TCP flows are about", function () {
  this.timeout(60_000);
  let server: Server;
  let port: number;
  before(async () => {
    server = createServer((socket) => {
      let received = 0;
      socket
        .on("error", () => undefined)
        .on("data", (chunk: Buffer) => {
          // One byte back for each part of the flood, so that its packets stay apart.
          for (received += chunk.length; received >= FLOOD_PART; received -= FLOOD_PART) socket.write("x");
        });
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    ({ port } = server.address() as AddressInfo);
  });
  after(() => server.close());

  const client = (body: string): string[] => [
    PYTHON,
    "-c",
    `import socket, time\ns = socket.create_connection(("127.0.0.1", ${port}))\n${body}`,
  ];

  it("tells heads and no byte of a body, and nothing of flows that are neither", async () => {
    const bye = await watch(async (sensor, cgroup) => {
      await runWatched(sensor, cgroup, client(`s.sendall(b"x" * 100000 + b"GET / HTTP/1.1\\r\\n\\r\\n")`));
      assert.equal(sensor.of("http").length + sensor.of("stream").length, 0);
      const head = "POST /a HTTP/1.1\\r\\nContent-Length: 500000\\r\\n\\r\\n";
      await runWatched(
        sensor,
        cgroup,
        client(`s.sendall((b"${head}" + b"GET /body HTTP/1.1\\r\\n\\r\\n" * 25000)[:${head.length - 6} + 500000])`),
      );
      assert.deepEqual(requests(sensor), ["POST /a HTTP/1.1"]);
      const [frame] = sensor.of("http");
      assert.deepEqual([frame?.message, frame?.whole, frame?.end], [0, true, "goes_on"]);
      assert.equal(frame?.flow, sensor.of("connect").at(-1)?.flow);
    });
    assert.equal(bye.lost, 0);
  });

  it("counts exactly what a flood of requests loses, and the flood costs no process", () =>
    watch(
      async (sensor, cgroup) => {
        const body = `
head = b"${FLOOD_HEAD}"
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
for i in range(400):
    s.sendall(head * 50); s.recv(1)`;
        sensor.child.kill("SIGSTOP");
        const flood = await finish(start(client(body), cgroup));
        const processes = await finish(start([join(build(), "storm"), "exec", "", "300"], cgroup));
        sensor.child.kill("SIGCONT");
        await sensor.until("the ends of both", () =>
          [flood, processes].every((ran) => sensor.of("exit").some((exit) => exit.pid === ran.pid)),
        );
        const lost = (): number => sensor.of("loss").reduce((sum, f) => sum + (f.ring === "core" ? f.lost : 0), 0);
        await sensor.until("all losses", () => requests(sensor).length + lost() === 20_000);
        assert.ok(requests(sensor).length > 100 && lost() > 10_000, `${lost()} lost`);
        assert.equal(sensor.of("exec").filter((f) => f.argv[1] === "nop").length, 300);
      },
      ["--ring-mb", "1"],
    ).then(() => undefined));
});
