import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

import { SessionLog, listModels } from "./copilotApi.ts";
import { Hooks } from "./hooks.ts";
import { PersistentShell } from "./shell.ts";
import { STORY, type Turn } from "./story.ts";
import { argumentsOf, perform, titleOf } from "./tools.ts";

// The agent: it takes its steps from a story where the real one asks a model. Started as dist-cca-v3/index.js by the runner's
// launch script; everything it needs to know is in the environment, as for the real one.

const need = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`the variable ${name} is not set`);
  return value;
};

const workspace = need("GITHUB_WORKSPACE");
const sessionId = need("COPILOT_AGENT_SESSION_ID");
const api = need("COPILOT_API_URL");
const token = need("GITHUB_TOKEN");
const pace = Number(need("SAMPLE_PACE_MS"));

const say = (text: string): void => void process.stdout.write(`[cca-engine] ${text}\n`);

const clone = async (): Promise<void> => {
  const url = `${need("GITHUB_SERVER_URL")}/${need("GITHUB_REPOSITORY")}`;
  const args = ["clone", "--quiet", "--depth", "2", "--branch", need("COPILOT_AGENT_BRANCH_NAME"), url, workspace];
  const git = spawn("git", args, { stdio: "inherit" });
  const [code] = (await once(git, "exit")) as [number | null];
  if (code !== 0) throw new Error(`git clone ended with ${code}`);
  say(`Cloned to ${workspace}`);
};

const play = async (
  number: number,
  turn: Turn,
  shell: PersistentShell,
  log: SessionLog,
  hooks: Hooks,
): Promise<void> => {
  say(`turn=${number} assistant.turn_start`);
  say(`turn=${number} assistant.message: 0 chars, ${turn.length} tool call(s)`);
  for (const call of turn) {
    say(`turn=${number} tool.execution_start: ${call.tool} — ${titleOf(call)}`);
    const about = { toolName: call.tool, toolArgs: argumentsOf(call, workspace) };
    await hooks.run("preToolUse", about);
    const output = await perform(call, workspace, shell);
    await hooks.run("postToolUse", { ...about, toolResult: { resultType: "success", textResultForLlm: output } });
    process.stdout.write(`${output}\n`);
    log.add(call.tool, JSON.stringify(call), output);
    say(`turn=${number} tool.execution_complete: ${call.tool} success=true`);
  }
  await log.upload();
  say(`turn=${number} assistant.turn_end`);
};

const paced = async (act: () => Promise<void>): Promise<void> => {
  const began = performance.now();
  await act();
  await sleep(Math.max(0, pace - (performance.now() - began)));
};

say(`Created new session ${sessionId}`);
const log = new SessionLog(api, sessionId, token);
await paced(async () => {
  say(`models: ${(await listModels(api, token)).join(", ")}`);
  await log.upload();
  await clone();
});
const hooks = new Hooks(workspace, sessionId);
await hooks.run("sessionStart", { source: "new" });
const shell = new PersistentShell(workspace);
for (const [index, turn] of STORY.entries()) await paced(() => play(index + 1, turn, shell, log, hooks));
await shell.end();
await hooks.run("sessionEnd", { reason: "complete" });
say(`turn=${STORY.length} session.idle`);
await log.upload();
