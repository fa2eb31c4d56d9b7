import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { Events, prepare, run, scratch } from "./support.ts";

/** Connects to the firewall's server, as a redirected program does, and writes what the firewall would of it. */
const PROGRAM = `
import datetime, json, os, socket, sys
port, log = int(sys.argv[1]), sys.argv[2]
socket.create_connection(("127.0.0.1", port)).close()
now = datetime.datetime.now(datetime.timezone.utc).isoformat()
with open(log, "a") as file:
    for line in (
        {"eventType": "HTTP Redirect", "ip": "127.0.0.1", "originalIp": "198.51.100.7", "port": port, "allowed": True},
        {"because": "NotInAllowList", "blocked": True, "blockedAt": "packet", "domains": "None", "ip": "127.0.0.1",
         "port": str(port), "ruleSource": "NotInAllowList", "cmd": "python3 --token=SECRETpw1"},
    ):
        file.write(json.dumps({"time": now, "level": "INFO", "msg": "x", "pid": os.getpid(), **line}) + "\\n")
`;

describe("record: the agent's firewall", function () {
  this.timeout(60_000);
  let folder: ReturnType<typeof scratch>;
  let server: Server;
  before(prepare);
  beforeEach(async () => {
    folder = scratch();
    server = createServer((socket) => socket.on("error", () => undefined).end()).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(() => {
    server.close();
    folder.remove();
  });

  const recordProgram = async (
    log: string,
    more: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Events> => {
    const program = join(folder.path, "program.py");
    writeFileSync(program, PROGRAM);
    const out = join(folder.path, "run.ndjson");
    const { port } = server.address() as AddressInfo;
    const command = ["/usr/bin/python3", program, String(port), log];
    const outcome = await run(["record", "--out", out, ...more, "--", ...command], { env });
    assert.equal(outcome.code, 0, outcome.stderr);
    return new Events(out);
  };

  const assertJoined = (events: Events): void => {
    events.assertWhole();
    const [connect] = events.of("net.connect");
    const said = events.of("firewall");
    assert.deepEqual(
      said.map((event) => [event.process, event.flow?.id, event.about, event.firewall.verdict]),
      [
        [connect?.process, connect?.flow.id, connect?.seq, "redirected"],
        [connect?.process, connect?.flow.id, connect?.seq, "blocked"],
      ],
    );
    assert.deepEqual(
      [said[0]?.firewall.address, said[0]?.firewall.server],
      ["198.51.100.7", { ip: "127.0.0.1", port: connect?.flow.remote.port }],
    );
    assert.ok(said.every(({ step }) => step === "command"));
  };

  it("says what became of a connection that the kernel told of, by the log that is named", async () => {
    const log = join(folder.path, "fw.jsonl");
    assertJoined(await recordProgram(log, ["--firewall-log", log]));
  });

  it("is found by what the job's environment says", async () => {
    mkdirSync(join(folder.path, "runtime-logs"));
    const log = join(folder.path, "runtime-logs/fw.jsonl");
    assertJoined(await recordProgram(log, [], { RUNNER_TEMP: folder.path }));
  });

  it("is a word without a name, and masked, where nothing of ours fits", async () => {
    const log = join(folder.path, "fw.jsonl");
    const line = { blocked: true, blockedAt: "dns", domains: "evil.example", pid: 0, cmd: "x --token=SECRETpw1" };
    writeFileSync(log, `${JSON.stringify(line)}\n`);
    const events = await recordProgram(join(folder.path, "other.jsonl"), ["--firewall-log", log]);
    events.assertWhole();
    const [said, ...more] = events.of("firewall");
    assert.equal(more.length, 0);
    assert.deepEqual(
      [said?.process, said?.firewall.names, said?.firewall.command],
      [undefined, ["evil.example"], "x --token=***"],
    );
  });
});
