// The sample agent session: its small internet stands outside of what is watched; its story runs inside.
import { execFile, spawnSync } from "node:child_process";
import { constants } from "node:fs";
import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { asRoot } from "../setup/administrator.mjs";
import { pinnedNode, root } from "../setup/paths.mjs";
import { REPOSITORY } from "../../test/sample/content/gitRepository.ts";
import { SAMPLE_RUN } from "./sampleGitHub.ts";

const exec = promisify(execFile);
const script = (name: string): string => join(root, "extension/test/sample", name);

const world = async (...args: readonly string[]): Promise<void> => {
  const [command, list] = asRoot(pinnedNode, [script("world.ts"), ...args]);
  await exec(command, list, { timeout: 60_000 });
};

export interface SampleWorld {
  readonly file: string;
  /** Removes the namespaces and servers. */
  stop(): Promise<void>;
}

/** Makes the namespaces and starts the servers in them, as root; they end with us. */
export const startSampleWorld = async (directory: string): Promise<SampleWorld> => {
  const file = join(directory, "world.json");
  await world("up", "--file", file, "--owner", String(process.pid));
  return { file, stop: () => world("down", file) };
};

export interface GatedSession {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** @returns whether the session was there to be let in; try again where it was not yet */
  open(): Promise<boolean>;
}

/** What a job's variables would say on GitHub; the collector writes it into `run.start`. */
const jobVariables: Readonly<Record<string, string>> = {
  GITHUB_REPOSITORY: `${REPOSITORY.owner}/${REPOSITORY.name}`,
  GITHUB_WORKFLOW: "Running Copilot cloud agent",
  GITHUB_JOB: "copilot",
  GITHUB_ACTOR: "copilot-swe-agent[bot]",
  GITHUB_REF: `refs/heads/${REPOSITORY.branch}`,
  GITHUB_RUN_ID: String(SAMPLE_RUN),
  GITHUB_RUN_ATTEMPT: "1",
};

const shellWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * A command that waits until `open` is called, then becomes the session: the story should start when somebody watches.
 * Waiting costs no process and no event, as a shell hangs in the opening of a pipe. The command is a program with a name,
 * because a run is called after its command.
 */
export const gatedSession = async (
  directory: string,
  { file }: SampleWorld,
  pace: number | undefined,
): Promise<GatedSession> => {
  const gate = join(directory, "gate");
  const { status } = spawnSync("mkfifo", ["-m", "600", gate]);
  if (status !== 0) throw new Error(`Could not make the pipe ${gate}.`);
  const pacing = pace === undefined ? [] : ["--pace", String(pace)];
  const play = [pinnedNode, script("session.ts"), "--world", file, ...pacing];
  const bin = join(directory, "bin");
  await mkdir(bin);
  await writeFile(
    join(bin, "sample-session"),
    `#!/bin/sh\nread -r go <${shellWord(gate)}\nexec ${play.map(shellWord).join(" ")}\n`,
    { mode: 0o700 },
  );
  return {
    command: ["sample-session"],
    env: { ...jobVariables, PATH: `${bin}:${process.env["PATH"] ?? ""}` },
    async open() {
      // Without waiting for a reader: one that is gone must not hang us.
      const pipe = await open(gate, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => undefined);
      if (pipe === undefined) return false;
      await pipe.write("\n");
      await pipe.close();
      return true;
    },
  };
};
