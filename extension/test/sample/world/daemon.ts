import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { describe, exitCodeOf, SampleError } from "../errors.ts";
import { prepareRunnerHome } from "../session/home.ts";
import { makeCertificates } from "./certificates.ts";
import { ownNames, startTime } from "./names.ts";
import { hasIpv6, makeNamespaces } from "./namespaces.ts";
import { sweepDeadWorlds, tearDown } from "./teardown.ts";
import type { World } from "./worldFile.ts";

// The process that owns a world: it makes everything, says on stdout that it is ready (the world as one line of JSON), and
// removes everything when it is told to end: by SIGTERM, by its stdin closing (--attached), or by its owner's end (--owner PID).

const { values: options } = parseArgs({
  options: {
    attached: { type: "boolean", default: false },
    owner: { type: "string" },
    file: { type: "string" },
    truth: { type: "string" },
    "dns-over-tcp": { type: "string", default: "" },
    keep: { type: "boolean", default: false },
  },
});

const names = ownNames();
let ending: Promise<never> | undefined;

/** Removes the world and ends this process; the first call counts. */
const end = (code: number): Promise<never> => {
  ending ??= (async () => {
    await tearDown(names, options.keep);
    process.exit(code);
  })();
  return ending;
};

const watchOwner = (pid: number): void => {
  const start = startTime(pid);
  setInterval(() => {
    if (startTime(pid) === undefined || startTime(pid) !== start) void end(0);
  }, 500);
};

/** Starts the servers in their namespace and waits until they listen. */
const startServers = async (world: World, privateDir: string): Promise<void> => {
  const main = join(import.meta.dirname, "../servers/main.ts");
  const args = [
    "netns",
    "exec",
    world.net,
    process.execPath,
    main,
    privateDir,
    world.truth,
    world.archiveKey,
    `${hasIpv6()}`,
    options["dns-over-tcp"],
  ];
  const servers = spawn("ip", args, { stdio: ["pipe", "pipe", "inherit"] });
  await new Promise<void>((resolve, reject) => {
    servers.once("error", reject);
    servers.once("exit", (code) => {
      reject(new SampleError(`The sample's servers ended before they were ready (exit code ${code}).`, 3));
    });
    servers.stdout.once("data", () => resolve());
  });
  servers.once("exit", () => void end(1));
};

const main = async (): Promise<void> => {
  await sweepDeadWorlds();
  mkdirSync(names.dir, { mode: 0o700 });
  const start = startTime(process.pid) ?? 0;
  const truth = options.truth ?? join(names.dir, "truth.ndjson");
  const world: World = {
    ...names,
    pid: process.pid,
    start,
    truth,
    ca: join(names.dir, "ca.pem"),
    archiveKey: join(names.dir, "archive.gpg"),
  };
  const privateDir = join(names.dir, "private");
  makeCertificates(privateDir, world.ca);
  makeNamespaces(names);
  await startServers(world, privateDir);
  // Made here and not by the session, so that whoever watches the session sees the story only.
  prepareRunnerHome(world);
  const line = JSON.stringify(world);
  writeFileSync(options.file ?? join(names.dir, "world.json"), `${line}\n`, { mode: 0o600 });
  process.stdout.write(`${line}\n`);
};

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void end(0));
// Whoever waited for the ready line may be gone by now; that is no reason to leave a world behind.
process.stdout.on("error", () => undefined);
if (options.attached) process.stdin.on("end", () => void end(0)).resume();
if (options.owner !== undefined) watchOwner(Number(options.owner));
try {
  await main();
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  await end(exitCodeOf(error));
}
