// Runs the benchmark's job: the small internet of the sample session with servers of its own, and in it, recorded, a worker
// that plays the steps.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeLine } from "../../../collector/protocol/decode.ts";
import type { RunEvent } from "../../../collector/protocol/events.ts";
import { distDir, pinnedNode } from "../../scripts/setup/paths.mjs";
import { runnerEnvironment } from "../../test/sample/session/environment.ts";
import { prepareRunnerHome, runnerHome } from "../../test/sample/session/home.ts";
import { makeCertificates } from "../../test/sample/world/certificates.ts";
import { run } from "../../test/sample/world/commands.ts";
import { ownNames, startTime } from "../../test/sample/world/names.ts";
import { hasIpv6, makeNamespaces } from "../../test/sample/world/namespaces.ts";
import { sweepDeadWorlds, tearDown } from "../../test/sample/world/teardown.ts";
import type { World } from "../../test/sample/world/worldFile.ts";
import { pollPorts, type Polled } from "./portPolling.ts";
import { readAsked, type Asked } from "./truth.ts";

/** In the order in which they are played. */
const STEPS = ["first-use", "transfers", "packages", "programs", "leaves-work", "meanwhile"];
const OTHER_NODE = "/usr/bin/node";
/** Before that the job counts as hung. */
const MOST_MS = 600_000;

const here = import.meta.dirname;

interface Job {
  readonly asked: readonly Asked[];
  readonly events: readonly RunEvent[];
  /** What polling the ports found, by connection. */
  readonly polled: ReadonlyMap<string, Polled>;
}

/** A Go program of ours, where there is a Go compiler: its path, else nothing. */
const buildGoClient = (dir: string): string => {
  if (spawnSync("go", ["version"]).status !== 0) {
    console.log("There is no Go compiler (apt-get install golang-go): no Go client.");
    return "";
  }
  const program = join(dir, "go-client");
  const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=mod", GOTOOLCHAIN: "local", GO111MODULE: "off" };
  run("go", ["build", "-o", program, join(here, "clients/requests.go")], { env });
  return program;
};

const startServers = async (world: World, privateDir: string, inside: number): Promise<ChildProcess> => {
  const args = [privateDir, world.truth, world.archiveKey, String(hasIpv6()), String(inside)];
  const servers = spawn("ip", ["netns", "exec", world.net, process.execPath, join(here, "server.ts"), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await Promise.race([
    once(servers.stdout, "data"),
    once(servers, "exit").then(() => Promise.reject(new Error("the servers ended before they were ready"))),
  ]);
  return servers;
};

/** The runner's environment as a file for a shell: nothing of this machine's own reaches the job. */
const writeEnvironment = (path: string, env: Readonly<Record<string, string>>): void => {
  const quote = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;
  const lines = Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}\n`);
  writeFileSync(path, lines.join(""), { mode: 0o600 });
};

const recordJob = async (world: World, log: string, goClient: string): Promise<void> => {
  const home = runnerHome(world);
  const [worker, script, environment] = ["Runner.Worker", "worker.sh", "environment"].map((name) =>
    join(world.dir, "job", name),
  ) as [string, string, string];
  cpSync(join(here, "job"), join(world.dir, "job"), { recursive: true });
  copyFileSync("/bin/bash", worker);
  const other = spawnSync(OTHER_NODE, ["--version"], { encoding: "utf8" }).stdout;
  writeEnvironment(environment, {
    ...runnerEnvironment(world, home, 0),
    BENCH_CLIENTS: join(here, "clients"),
    BENCH_GO: goClient,
    BENCH_OTHER_NODE: other !== null && other.trim() !== process.version ? OTHER_NODE : "",
    BENCH_LEFT: join(world.dir, "job/left"),
  });
  const enter = '. "$0"; exec ip netns exec "$@"';
  const command = ["env", "-i", "bash", "-c", enter, environment, world.runner, worker, script, ...STEPS];
  const recording = spawn(pinnedNode, [join(distDir, "runglass.js"), "record", "--out", log, "--", ...command], {
    env: { ...process.env, GITHUB_RUN_ID: "", GITHUB_ACTION: "" },
    stdio: ["ignore", "inherit", "inherit"],
    timeout: MOST_MS,
  });
  const [code] = (await once(recording, "exit")) as [number | null];
  if (code !== 0) throw new Error(`the recorded job ended with ${code}`);
};

const readLog = (path: string): RunEvent[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const decoded = decodeLine(line);
      if (!decoded.ok || "unknown" in decoded.event) throw new Error(`not an event: ${line}`);
      return decoded.event;
    });

/**
 * Plays and records the job; with BENCH_KEEP in the environment its files are kept (see `keptDir`). Throws where it fails, where something of it was lost, and where `record` is
 * not built.
 */
export const runJob = async (): Promise<Job> => {
  if (!existsSync(join(distDir, "runglass.js"))) throw new Error("dist/runglass.js is not built: npm run build");
  await sweepDeadWorlds();
  const names = ownNames();
  const at = (name: string): string => join(names.dir, name);
  const world: World = {
    ...names,
    pid: process.pid,
    start: startTime(process.pid) ?? 0,
    truth: at("asked.ndjson"),
    ca: at("ca.pem"),
    archiveKey: at("archive.gpg"),
  };
  mkdirSync(names.dir, { mode: 0o700 });
  let servers: ChildProcess | undefined;
  try {
    makeCertificates(at("private"), world.ca);
    makeNamespaces(names);
    const inside = spawn("ip", ["netns", "exec", world.runner, "sleep", "infinity"], { stdio: "ignore" });
    prepareRunnerHome(world);
    const goClient = buildGoClient(names.dir);
    servers = await startServers(world, at("private"), inside.pid ?? 0);
    const polling = pollPorts(world.runner);
    await recordJob(world, at("run.ndjson"), goClient).finally(() => polling.stop());
    const polled = await polling.stop();
    servers.stdin?.end();
    await once(servers, "exit");
    const events = readLog(at("run.ndjson"));
    const end = events.at(-1);
    if (end?.type !== "run.end" || end.lost > 0) throw new Error(`not a whole log: ${JSON.stringify(end)}`);
    return { asked: readAsked(world.truth), events, polled };
  } finally {
    servers?.kill();
    await tearDown(names, process.env["BENCH_KEEP"] !== undefined);
  }
};
