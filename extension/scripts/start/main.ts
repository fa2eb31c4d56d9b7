// `npm start`: a collector on this machine, something for it to watch, and VS Code to see it in. Ctrl-C ends it all.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { asRoot, isRoot } from "../setup/administrator.mjs";
import { pinnedNode } from "../setup/paths.mjs";
import { REPOSITORY } from "../../test/sample/content/gitRepository.ts";
import { ALLOWED_ENDPOINTS } from "../../test/sample/content/setupSteps.ts";
import { RESOLVER } from "../../test/sample/world/internet.ts";
import { freePort } from "../../test/vscode/freePort.ts";
import { collectorMain } from "../../test/vscode/paths.ts";
import { createCleanup } from "./cleanup.ts";
import { hasClient, health } from "./collectorClients.ts";
import { startEditor } from "./editor.ts";
import { followSteps } from "./followSteps.ts";
import { parseStartOptions } from "./options.mjs";
import { startAsRoot, type RootProcess } from "./rootProcess.ts";
import { createCountingReader } from "./runCounts.ts";
import { makeSampleCheckout } from "./sampleCheckout.ts";
import { startSampleGitHub, type SampleGitHub } from "./sampleGitHub.ts";
import { gatedSession, startSampleWorld, type GatedSession } from "./sampleSession.ts";
import { clock, createStatusLine, describeCounts } from "./status.ts";
import { userEnvironment, userOption } from "./userCommand.ts";
import { makeRunDirectory, type RunDirectory } from "./workspace.ts";

/** The story waits so long for somebody to look, then goes on without. */
const WAIT_FOR_EDITOR_MS = 60_000;

class Stopped extends Error {}

/** Carries the exit code of the collector, which says whether it was asked wrongly (2) or could not do it (3). */
class CollectorFailed extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, said: string) {
    super(`The collector did not start (exit code ${exitCode}).${said === "" ? "" : `\n${said}`}`);
    this.exitCode = exitCode;
  }
}

const status = createStatusLine(process.stdout, 10_000);
const cleanup = createCleanup((text) => status.say(text));
/** Never resolves; rejects at the first Ctrl-C. Further ones change nothing: the same one arrives by several ways. */
const stopped = new Promise<never>((_resolve, reject) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => reject(new Stopped()));
});
// Nobody may be waiting at that moment.
stopped.catch(() => undefined);
// A terminal that was closed takes no more words; what was started is ended all the same.
for (const out of [process.stdout, process.stderr]) out.on("error", () => undefined);

/** Waits for `work`, but no longer than until Ctrl-C. */
const unlessStopped = <T>(work: Promise<T>): Promise<T> => Promise.race([work, stopped]);

const untilHealthy = async (port: number, token: string, collector: RootProcess): Promise<boolean> => {
  while (collector.isRunning()) {
    if ((await health(port, token)) === 200) return true;
    await unlessStopped(sleep(100));
  }
  return false;
};

/**
 * The log was root's alone while it was written: what is watched may run as the user, and must not change it.
 * Afterwards it is the user's.
 */
const giveToUser = (path: string): void => {
  if (isRoot()) return;
  const [command, args] = asRoot("chown", ["--no-dereference", `${process.getuid?.()}:${process.getgid?.()}`, path]);
  spawnSync(command, args, { stdio: "ignore" });
};

/** What the sample's setup steps say, as the Action would hand it on; the runner's own resolver is none of this machine's. */
const samplePolicy: readonly string[] = [
  "--egress-policy=audit",
  `--allowed-endpoints=${[...ALLOWED_ENDPOINTS, `${RESOLVER}:53/udp`, `${RESOLVER}:53`].join(" ")}`,
];

/** The output of the sample session and its collector. */
const outputOf = (run: RunDirectory): string => join(run.path, "session.log");

const startCollector = async (
  run: RunDirectory,
  port: number,
  command: readonly string[],
  session: GatedSession | undefined,
): Promise<RootProcess> => {
  const isSample = session !== undefined;
  const outputPath = outputOf(run);
  const collector = startAsRoot(
    pinnedNode,
    [
      collectorMain,
      "record",
      `--listen=127.0.0.1:${port}`,
      `--token-file=${run.tokenPath}`,
      `--out=${run.logPath}`,
      `--hook-socket=${run.hookSocket}`,
      ...(isSample ? samplePolicy : userOption()),
      "--",
      ...command,
    ],
    isSample ? { file: outputPath } : "inherit",
    {
      cwd: isSample ? run.path : (process.env["INIT_CWD"] ?? process.cwd()),
      env: { ...userEnvironment(process.env), ...session?.env },
    },
  );
  cleanup.defer("end the collector", async () => {
    await collector.stop(20_000);
    giveToUser(run.logPath);
  });
  const token = (await readFile(run.tokenPath, "utf8")).trim();
  if (!(await untilHealthy(port, token, collector)) && !existsSync(run.logPath)) {
    const said = isSample ? (await readFile(outputPath, "utf8").catch(() => "")).trim() : "";
    throw new CollectorFailed(await collector.ended, said);
  }
  return collector;
};

/** Lets the session in as soon as the editor is connected. */
const startWhenWatched = async (
  session: GatedSession,
  collector: RootProcess,
  port: number,
  hasEditor: boolean,
): Promise<void> => {
  const deadline = Date.now() + (hasEditor ? WAIT_FOR_EDITOR_MS : 0);
  while (Date.now() < deadline && !(await hasClient(port))) {
    status.show(`Waiting for the editor to connect (the session starts in ${clock(deadline - Date.now())} anyhow) …`);
    await unlessStopped(sleep(250));
  }
  while (collector.isRunning() && !(await session.open())) await unlessStopped(sleep(50));
};

/** @returns the end of what the sample session and its collector said, which is shown where it says what went wrong */
const lastSaid = async (run: RunDirectory): Promise<string> =>
  (await readFile(outputOf(run), "utf8").catch(() => "")).trimEnd().split("\n").slice(-8).join("\n");

/** @returns the exit code of what was watched */
const follow = async (run: RunDirectory, collector: RootProcess, quiet: boolean): Promise<number> => {
  const reader = createCountingReader(run.logPath);
  cleanup.defer("close the run's log", () => reader.close());
  const start = Date.now();
  while (collector.isRunning()) {
    const counted = (await reader.update()) ? ` · ${describeCounts(reader.counts)}` : "";
    if (!quiet) status.show(`Live ${clock(Date.now() - start)}${counted}`);
    await unlessStopped(Promise.race([sleep(500), collector.ended]));
  }
  const code = await collector.ended;
  giveToUser(run.logPath);
  await reader.update();
  status.say(`The session has ended (exit code ${code}): ${describeCounts(reader.counts)}`);
  return code;
};

/** Lets the job on the sample's GitHub go on as the session does. */
const showSteps = async (gitHub: SampleGitHub, run: RunDirectory, port: number): Promise<void> => {
  const ending = new AbortController();
  cleanup.defer("end the steps", () => ending.abort());
  const token = (await readFile(run.tokenPath, "utf8")).trim();
  // Whether they are shown is not what the session's success depends on.
  void followSteps(port, token, ({ name, state, at }) => gitHub.step(name, state, at), ending.signal).catch(
    () => undefined,
  );
};

/** The finished run stays to be looked at, where the live one was: also a page that is loaded again finds it. */
const keepServing = (run: RunDirectory, port: number): void => {
  const args = [collectorMain, "serve", run.logPath, `--listen=127.0.0.1:${port}`, `--token-file=${run.tokenPath}`];
  const server = startAsRoot(pinnedNode, args, { file: join(run.path, "serve.log") });
  cleanup.defer("end the collector", () => server.stop(5000));
};

const main = async (options: ReturnType<typeof parseStartOptions>): Promise<number> => {
  const isSample = options.command.length === 0;
  const port = await freePort();
  const title = isSample ? "Sample agent session" : options.command.join(" ");
  const gitHub = isSample ? await startSampleGitHub() : undefined;
  cleanup.defer("end the sample's GitHub", () => gitHub?.close());
  const run = await makeRunDirectory(`http://127.0.0.1:${port}`, title, gitHub);
  cleanup.defer("remove the run's directory", () => rm(run.path, { recursive: true, force: true }));
  if (gitHub !== undefined) {
    const remote = `${gitHub.url}/${REPOSITORY.owner}/${REPOSITORY.name}.git`;
    gitHub.publish(makeSampleCheckout(run.workspace, remote));
  }

  let { command } = options;
  let session: GatedSession | undefined;
  if (isSample) {
    status.show("Making the sample session's network …");
    const starting = startSampleWorld(run.path);
    cleanup.defer("remove the sample session's network", async () => (await starting.catch(() => undefined))?.stop());
    session = await gatedSession(run.path, await unlessStopped(starting), options.pace);
    command = session.command;
  }
  const collector = await startCollector(run, port, command, session);

  if (options.editor !== "none") {
    status.show("Starting VS Code …");
    const starting = startEditor(run, {
      browser: options.editor === "browser",
      ...(options.port === undefined ? {} : { port: options.port }),
    });
    cleanup.defer("end VS Code", async () => (await starting.catch(() => undefined))?.stop());
    const editor = await unlessStopped(starting);
    status.say(`\n  ${editor.where}\n`);
  }
  status.say(`The collector listens on http://127.0.0.1:${port}; its token is in ${run.tokenPath}`);
  status.say(`The run is written to ${run.logPath}`);
  status.say("Ctrl-C ends everything.\n");
  if (session !== undefined) await startWhenWatched(session, collector, port, options.editor !== "none");
  if (gitHub !== undefined) await showSteps(gitHub, run, port);
  const code = await follow(run, collector, !isSample);
  if (isSample && code !== 0) status.say(await lastSaid(run));
  gitHub?.end(code === 0);
  process.exitCode = code;
  // Where sudo gives what it runs a terminal of its own, a Ctrl-C reaches the command and not us.
  if (!isSample && code === 130) throw new Stopped();
  if (options.editor === "none") return code;
  keepServing(run, port);
  status.say("The monitor stays open on the finished run; Ctrl-C ends it.");
  return stopped;
};

try {
  process.exitCode = await main(parseStartOptions(process.argv.slice(2)));
} catch (error) {
  if (error instanceof Stopped) {
    status.say("\nEnding …");
    // Known where what was watched has ended before.
    process.exitCode ??= 130;
  } else {
    status.say(`npm start: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = error instanceof CollectorFailed ? error.exitCode : 1;
  }
} finally {
  await cleanup.run();
}
