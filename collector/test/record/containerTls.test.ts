import assert from "node:assert/strict";
import { once } from "node:events";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { IMAGE, makeRoot, Podman, withLibraries } from "./containerEngines.ts";
import { selfSigned } from "./selfSigned.ts";
import { Events, prepare, record, scratch, start, until } from "./support.ts";

const ADDRESS = "127.0.0.93";

/** What is asked with a library that a container brings is missing until that is found: see tls.test.ts. */
const FOUND_S = 2;

const childrenOf = (pid: number): number[] =>
  spawnSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" })
    .stdout.split(/\s+/)
    .filter(Boolean)
    .map(Number);

/** How many attachments of eBPF programs the processes that `pid` has started hold open. */
const linksBelow = (pid: number): number =>
  childrenOf(pid).reduce((sum, child) => {
    const folder = `/proc/${child}/fd`;
    const links = existsSync(folder) ? readdirSync(folder).filter((fd) => /bpf.link/.test(linkAt(folder, fd))) : [];
    return sum + links.length + linksBelow(child);
  }, 0);
const linkAt = (folder: string, name: string): string => {
  try {
    return readlinkSync(join(folder, name));
  } catch {
    return ""; // It was closed meanwhile.
  }
};

describe("HTTP inside TLS, with a library of their own, of what runs", function () {
  this.timeout(120_000);
  let folder: ReturnType<typeof scratch>;
  let root: string;
  let podman: Podman;
  let server: Server;
  let url: string;
  let asked: string[] = [];
  before(prepare);
  before(async () => {
    folder = scratch();
    root = join(folder.path, "root");
    makeRoot(root, withLibraries("/usr/bin/curl"));
    mkdirSync(join(folder.path, "podman"));
    podman = new Podman(join(folder.path, "podman"), root);
    server = createServer(selfSigned(), (request, response) => {
      asked.push(`${request.method} ${request.url} ${request.socket.remotePort}`);
      response.end("fine");
    });
    await once(server.listen(0, ADDRESS), "listening");
    url = `https://${ADDRESS}:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => (asked = []));
  after(() => {
    server.closeAllConnections();
    server.close();
    podman.close();
    folder.remove();
  });

  const told = (events: Events): string[] => {
    const ports = new Map(events.of("net.connect").map((event) => [event.flow.id, event.flow.local.port]));
    return events
      .of("http.request")
      .map(({ http, flow }) => `${http.method} ${http.path} ${ports.get(flow?.id ?? "")}`)
      .toSorted();
  };
  /** A first request makes the library be looked at; those behind it are told. */
  const script = (name: string): string =>
    `curl --http1.1 -sk ${url}/first; sleep ${FOUND_S}; for i in 1 2 3; do curl --http1.1 -sk ${url}/${name}-$i -d x=y; done`;
  const ofScript = (list: readonly string[]): string[] => list.filter((line) => !line.includes("/first")).toSorted();
  const inContainer = (name: string): string[] =>
    podman.run("--rm", "--network", "host", IMAGE, "/bin/sh", "-c", script(name));

  it("in a container is told, once", async () => {
    const { outcome, events } = await record(...inContainer("a"));
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.equal(asked.length, 4);
    assert.deepEqual(ofScript(told(events)), ofScript(asked));
    const library = events.of("coverage").find(({ target }) => target?.includes("libssl"));
    assert.equal(library?.state, "on");
  });

  it("in two containers of one image is told, each once", async () => {
    const { events } = await record("/bin/sh", "-c", '"$@" & "$@"; wait', "sh", ...inContainer("b"));
    assert.equal(asked.length, 8);
    assert.deepEqual(ofScript(told(events)), ofScript(asked));
  });

  it("is no burden to its container: it can be started again, and removed", async () => {
    const name = `box-${process.pid}`;
    const made = podman.run("--name", name, "--network", "host", IMAGE, "/bin/sh", "-c", script("again"));
    const again = [...podman.command, "start", "--attach", name].join(" ");
    const remove = [...podman.command, "rm", name].join(" ");
    const { outcome, events } = await record("/bin/sh", "-c", `"$@" && ${again} && ${remove}`, "sh", ...made);
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.equal(asked.length, 8);
    assert.deepEqual(ofScript(told(events)), ofScript(asked));
  });

  it("is let go of once its container has ended and another comes", async () => {
    const marks = ["one", "four"].map((name) => join(folder.path, name));
    const wait = (mark: string): string => `touch ${mark}; while [ -e ${mark} ]; do sleep 0.05; done`;
    const short = ["/bin/sh", "-c", `sleep ${FOUND_S} | curl --silent --upload-file - file:///tmp/x`];
    const command = podman.run("--rm", "--network", "none", IMAGE, ...short);
    const work = `"$@"; ${wait(marks[0]!)}; "$@"; "$@"; "$@"; ${wait(marks[1]!)}`;
    const out = join(folder.path, "let-go.ndjson");
    const running = start(["record", "--out", out, "--", "/bin/sh", "-c", work, "sh", ...command]);
    const counts: number[] = [];
    for (const mark of marks) {
      await until(() => existsSync(mark), "the containers have ended", 60_000);
      counts.push(linksBelow(running.child.pid ?? 0));
      rmSync(mark);
    }
    assert.equal((await running.outcome).code, 0);
    const attached = new Events(out)
      .of("coverage")
      .filter(({ target, state }) => target !== undefined && state === "on");
    assert.ok(attached.length >= 4, `each container's library was attached to: ${attached.length}`);
    assert.ok(
      (counts[1] ?? Infinity) <= (counts[0] ?? 0),
      `attachments after one container, and after four: ${counts.join(", ")}`,
    );
  });

  it("behind chroot, and behind unshare and pivot_root, is told", async () => {
    const pivot = `mount --bind ${root} ${root} && cd ${root} && mkdir -p old && pivot_root . old && exec /bin/sh -c '${script("pivot")}'`;
    const both = `chroot ${root} /bin/sh -c '${script("chroot")}'; unshare --mount /bin/sh -c "${pivot.replaceAll("$", "\\$")}"`;
    const { events } = await record("/bin/sh", "-c", both);
    assert.equal(asked.length, 8);
    assert.deepEqual(ofScript(told(events)), ofScript(asked));
  });
});
