import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

import { sourcesList } from "../content/aptArchive.ts";
import { REPOSITORY } from "../content/gitRepository.ts";
import { run } from "../world/commands.ts";
import type { World } from "../world/worldFile.ts";

/** Where things are on the sample's runner; like /home/runner of the real one, but below the world's own directory. */
export interface RunnerHome {
  readonly home: string;
  /** RUNNER_TEMP. */
  readonly temp: string;
  /** GITHUB_WORKSPACE; the agent's clone makes it. */
  readonly workspace: string;
  /** Node and npm, before everything else on PATH. */
  readonly tools: string;
  /** The program that is the root of the story. */
  readonly worker: string;
  readonly workerScript: string;
  readonly aptConfig: string;
}

const SAMPLE = join(import.meta.dirname, "..");
const BASH = "/bin/bash";
/** The program of the agent's hooks; where it is not built, one that does nothing. */
const HOOK = join(SAMPLE, "../../../dist/runglass-hook");

/** Where everything of the runner is in a world. */
export const runnerHome = (world: World): RunnerHome => {
  const home = join(world.dir, "home/runner");
  const temp = join(home, "work/_temp");
  const bin = join(home, "runners/2.330.0/bin");
  return {
    home,
    temp,
    workspace: join(home, "work", REPOSITORY.name, REPOSITORY.name),
    tools: join(home, "hostedtoolcache/node/24/x64/bin"),
    worker: join(bin, "Runner.Worker"),
    workerScript: join(bin, "worker.sh"),
    aptConfig: join(temp, "apt/apt.conf"),
  };
};

/** Where the worker logs. */
const diagOf = (worker: string): string => join(dirname(dirname(worker)), "_diag");

/** Makes the runner's home, in place of that of an earlier session. */
export const prepareRunnerHome = (world: World): void => {
  const { home, temp, workspace, tools, worker, workerScript, aptConfig } = runnerHome(world);
  rmSync(home, { recursive: true, force: true });
  for (const dir of [temp, tools, dirname(worker), diagOf(worker), dirname(workspace)])
    mkdirSync(dir, { recursive: true });

  symlinkSync(process.execPath, join(tools, "node"));
  symlinkSync(existsSync(HOOK) ? HOOK : "/bin/true", join(tools, "runglass-hook"));
  symlinkSync(realpathSync(run("sh", ["-c", "command -v npm"]).trim()), join(tools, "npm"));

  // A program is known by the name of its file. A copy of the shell under the right name makes the tree look like the real
  // one, to the kernel and so to whoever watches it.
  const runtime = join(temp, "copilot-developer-action-main");
  cpSync(join(SAMPLE, "runner/worker"), dirname(workerScript), { recursive: true });
  cpSync(join(SAMPLE, "runner/runtime"), runtime, { recursive: true });
  for (const copy of [worker, join(runtime, "ebpf/padawan-fw")]) {
    copyFileSync(BASH, copy);
    chmodSync(copy, 0o755);
  }
  for (const step of readdirSync(join(SAMPLE, "runner/steps"))) {
    copyFileSync(join(SAMPLE, "runner/steps", step), join(temp, step));
  }
  makeProgram(join(runtime, "dist-cca-v3"), "agent/main.ts");
  makeProgram(join(runtime, "mcp/dist"), "mcp/main.ts");
  makeProgram(join(runtime, "mcp-proxy-bridge"), "mcp/main.ts");
  makeAptConfig(dirname(aptConfig), world);
  writeFileSync(join(home, FRESH), "");
};

const FRESH = ".fresh";

/** The runner's home, as no session has used it yet: the one that the world has prepared, or a new one. */
export const takeRunnerHome = (world: World): RunnerHome => {
  const home = runnerHome(world);
  if (!existsSync(join(home.home, FRESH))) prepareRunnerHome(world);
  rmSync(join(home.home, FRESH));
  return home;
};

/** A program of the runtime, at the real one's place: its index.js loads the source from this folder. */
const makeProgram = (dir: string, source: string): void => {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "index.js"), `import(${JSON.stringify(join(SAMPLE, source))});\n`);
};

/** A configuration that keeps apt from everything of this machine but its own programs. */
const makeAptConfig = (dir: string, world: World): void => {
  for (const sub of [
    "etc/apt.conf.d",
    "etc/preferences.d",
    "etc/sources.list.d",
    "etc/trusted.gpg.d",
    "state/lists/partial",
    "cache/archives/partial",
    "log",
  ]) {
    mkdirSync(join(dir, sub), { recursive: true });
  }
  writeFileSync(join(dir, "state/status"), "");
  writeFileSync(join(dir, "etc/sources.list"), sourcesList(world.archiveKey));
  const settings = {
    "Dir::Etc": join(dir, "etc"),
    "Dir::State": join(dir, "state"),
    "Dir::State::status": join(dir, "state/status"),
    "Dir::Cache": join(dir, "cache"),
    "Dir::Log": join(dir, "log"),
    "APT::Architecture": "amd64",
    // The lists lie in a directory that is root's alone, which apt's own user could not write to.
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
    "Acquire::https::CAInfo": world.ca,
  };
  writeFileSync(
    join(dir, "apt.conf"),
    Object.entries(settings)
      .map(([key, value]) => `${key} "${value}";\n`)
      .join(""),
  );
};
