// Ways around an egress policy that pass by what is usually looked at. What arrives is what the server counts.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { build } from "../sensor/sensor.ts";
import { BlockedNetwork, V4, type Counts } from "./blockedNetwork.ts";
import { Events, prepare, scratch, start } from "./support.ts";

const [ALLOWED, DENIED] = [8081, 8082];
const { EPERM } = constants.errno;

/** Ways that are refused at one port and pass at the other. */
const WAYS = [
  "plain",
  "int80",
  "thread",
  "twice-forked",
  "as-nobody",
  "again",
  "in-batch",
  "uring-connect",
  "uring-connect-worker",
  "uring-sendmsg",
  "uring-sendmsg-worker",
  "uring-send",
] as const;

/** In a network of its own below the contained one, with a router that is contained too. */
const NESTED = `
set -e
unshare --net sleep 60 & inner=$!
while [ "$(readlink /proc/$inner/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
ip link add outer type veth peer name inner netns $inner
ip addr add 192.0.2.1/24 dev outer
ip link set outer up
nsenter --net=/proc/$inner/ns/net sh -c 'ip link set lo up; ip addr add 192.0.2.2/24 dev inner; ip link set inner up; ip route add default via 192.0.2.1'
echo 1 >/proc/sys/net/ipv4/ip_forward
for port in $2 $3; do echo nested $port "$(nsenter --net=/proc/$inner/ns/net "$0" plain "$1" $port)"; done
kill $inner
`;

/** All of it, one after the other. */
const DRIVER = `
egress=$1 address=$2 allowed=$3 denied=$4 nested=$5; shift 5
echo 0 2147483647 >/proc/sys/net/ipv4/ping_group_range
for way in "$@"; do for port in $allowed $denied; do echo $way $port "$("$egress" $way $address $port)"; done; done
echo source-routed $allowed "$("$egress" source-routed $address $allowed)"
echo ping $denied "$("$egress" ping $address 0)"
for way in uring-packet uring-old-packet; do "$egress" $way $address 0 >/dev/null 2>&1; echo $way 0 $?; done
python3 -c 'import socket; s = socket.socket(17, 3, 0); s.bind(("lo", 0)); s.send(b"egress-marker" * 9)' 2>/dev/null; echo packet 0 $?
python3 -c 'import socket; s = socket.socket(26, 2, 0)' 2>/dev/null; echo llc 0 $?
for way in packet-raced old-packet-raced; do echo $way 0 "$("$egress" $way $address 0)"; done
"$egress" listening 198.51.100.8 7000 | sed -u 's/^[0-9]/listening 7000 &/'
sh -c "$nested" "$egress" $address $allowed $denied
`;

describe("record: ways around an egress policy", function () {
  this.timeout(120_000);
  before(prepare);
  const folder = scratch();
  after(folder.remove);
  let network: BlockedNetwork;
  let events: Events;
  let counts: Counts;
  const ends = new Map<string, number>();
  let outside = "";
  before(async () => {
    const egress = join(build(), "egress");
    network = await BlockedNetwork.open(folder.path, [ALLOWED, DENIED]);
    const address = ["ip", "addr", "add", "198.51.100.8/32", "dev", "lo"];
    const [command = "", ...rest] = network.inside(...address);
    execFileSync(command, rest);
    writeFileSync(join(folder.path, "driver.sh"), DRIVER);
    const out = join(folder.path, "run.ndjson");
    const list = `${V4}:${ALLOWED} ${V4}:${ALLOWED}/udp`;
    const policy = ["--egress-policy", "block", "--allowed-endpoints", list, "--default-rules", "loopback"];
    const args = [egress, V4, String(ALLOWED), String(DENIED), NESTED, ...WAYS];
    const driver = network.inside("sh", join(folder.path, "driver.sh"), ...args);
    const running = start(["record", "--out", out, ...policy, "--", ...driver]);
    // From outside to what listens inside: nobody there may be answered.
    running.child.stdout?.on("data", (text: string) => {
      if (!text.includes("listening\n")) return;
      const [nc = "", ...options] = network.inside("timeout", "1", "bash", "-c", "</dev/tcp/198.51.100.8/7000");
      spawn(nc, options, { stdio: "ignore" }).once("exit", (code) => (outside = String(code)));
    });
    const { code, stdout, stderr } = await running.outcome;
    assert.equal(code, 0, stderr);
    for (const [, what = "", end = ""] of stdout.matchAll(/^(\S+ \d+) (\d+)$/gm)) ends.set(what, Number(end));
    events = new Events(out);
    events.assertWhole();
    counts = await network.counts();
  });
  after(() => network?.close());

  for (const way of WAYS) {
    it(`refuses ${way} where no rule allows it, and nowhere else`, () => {
      assert.deepEqual([ends.get(`${way} ${ALLOWED}`), ends.get(`${way} ${DENIED}`)], [0, EPERM]);
    });
  }

  it("lets nothing arrive", () => {
    assert.deepEqual(
      Object.keys(counts).filter((what) => what.endsWith(` ${DENIED}`)),
      [],
    );
    // Seven ways of connecting and the one from behind a router; again, two in a batch, three over io_uring.
    assert.deepEqual([counts[`tcp4 ${ALLOWED}`], counts[`udp4 ${ALLOWED}`]], [8, 6]);
    assert.equal(counts["marked"], counts[`udp4 ${ALLOWED}`], "no other packet has the marker");
  });

  it("refuses packets that say not all of where they go, and pings", () => {
    assert.deepEqual([ends.get(`source-routed ${ALLOWED}`), ends.get(`ping ${DENIED}`)], [EPERM, EPERM]);
  });

  it("kills who makes a packet socket, by a call or by io_uring", () => {
    const ways = ["packet 0", "uring-packet 0", "uring-old-packet 0"];
    assert.deepEqual(
      ways.map((way) => ends.get(way)),
      [137, 137, 137],
    );
    // Where this kernel has no such sockets, it makes none.
    assert.ok([137, 1].includes(ends.get("llc 0") ?? 0), String(ends.get("llc 0")));
    // Those whose socket another thread closes are told too, as far as there is room.
    const found = events.of("finding").filter(({ finding }) => finding.rule === "egress/other-family");
    assert.ok(found.length > ways.length, String(found.length));
  });

  it("kills him too where another thread closes the socket before the call returns", () => {
    assert.deepEqual([ends.get("packet-raced 0"), ends.get("old-packet-raced 0")], [0, 0]);
  });

  it("holds in a network of its own behind a router", () => {
    assert.deepEqual([ends.get(`nested ${ALLOWED}`), ends.get(`nested ${DENIED}`)], [0, EPERM]);
  });

  it("answers nobody whom it may not connect to", () => {
    assert.equal(ends.get("listening 7000"), EPERM);
    assert.notEqual(outside, "0");
  });
});
