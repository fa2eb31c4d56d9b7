// Client programs that run under an enforced policy in the small internet of `namedNetwork.ts`, and what came of them.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { EVIL, type NamedNetwork, OTHER_RESOLVER, RESOLVER, SHARED, type Counts } from "./namedNetwork.ts";
import { Events, scratch, start } from "./support.ts";

export interface Recorded {
  readonly stdout: string;
  readonly events: Events;
  readonly counts: Counts;
}

/** Records a command in the network with a policy, and gives what it printed and what arrived. */
export const recordIn = async (
  network: Pick<NamedNetwork, "inside" | "counts">,
  list: string,
  command: readonly string[],
  more: readonly string[] = [],
): Promise<Recorded> => {
  const { path, remove } = scratch();
  try {
    await network.counts();
    const out = join(path, "run.ndjson");
    const policy = ["--egress-policy", "block", "--allowed-endpoints", list, ...more];
    // The collector is in that network too: whom to ask it knows from the machine's settings.
    const via = network.inside(process.execPath);
    const { code, stdout, stderr } = await start(["record", "--out", out, ...policy, "--", ...command], { via })
      .outcome;
    assert.equal(code, 0, stderr);
    const events = new Events(out);
    events.assertWhole();
    return { stdout, events, counts: await network.counts() };
  } finally {
    remove();
  }
};

/** Prelude of the client programs: DNS by hand, and how each attempt ended. */
const PRELUDE = `
import errno, json, signal, socket, struct, subprocess, sys, threading, time
signal.alarm(50)
RESOLVER, OTHER, SHARED, EVIL = "${RESOLVER}", "${OTHER_RESOLVER}", "${SHARED}", "${EVIL}"
ends = {}
def attempt(what, do):
    try: ends[what] = do() or "ok"
    except socket.timeout: ends[what] = "timeout"
    except OSError as error: ends[what] = errno.errorcode.get(error.errno, str(error.errno))
def wire(name): return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\\0"
def question(name, id=7, flags=0x100, count=1): return struct.pack(">6H", id, flags, count, 0, 0, 0) + wire(name) + b"\\0\\1\\0\\1"
def connect(address, port=80):
    s = socket.create_connection((address, port), 5); s.close()
`;

/** Writes programs of Python's into a folder; each prints how its attempts ended. Gives the command that runs one. */
export const programs =
  (folder: string) =>
  (name: string, code: string): string[] => {
    const path = join(folder, name);
    writeFileSync(path, `${PRELUDE}${code}\nprint(json.dumps(ends))\n`);
    return ["python3", path];
  };

/** How the attempts of a program ended: `ok`, `timeout`, or the name of an errno. */
export const endsOf = ({ stdout }: Recorded): Record<string, string> => JSON.parse(stdout) as Record<string, string>;
