// An agent for the tests: does the steps of the plan in its first argument, one after the other, and tells its hooks of
// its tool calls as a real one does. Run as a program of its own; HOOK is the path of the hook program.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createInterface } from "node:readline";

type Arguments = Readonly<Record<string, unknown>>;
export type Step =
  | { readonly do: "pre" | "post" | "failed"; readonly tool: string; readonly args: Arguments }
  | { readonly do: "hook"; readonly event: string; readonly input: Arguments }
  /** In the persistent shell of that name, which the first such step starts; waits for its end. */
  | { readonly do: "shell"; readonly shell: string; readonly command: string }
  /** The same, and goes on at once. */
  | { readonly do: "type"; readonly shell: string; readonly command: string }
  /** In a shell of its own. */
  | { readonly do: "exec"; readonly command: string; readonly wait?: boolean }
  | { readonly do: "program"; readonly argv: readonly string[] }
  | { readonly do: "write"; readonly path: string; readonly beside?: string }
  /** So many calls, their hooks so many at a time; each has arguments of its own. */
  | { readonly do: "storm"; readonly tools: number; readonly atATime: number; readonly path: string }
  /** Waits until a file is there. */
  | { readonly do: "await"; readonly path: string }
  | { readonly do: "sleep"; readonly ms: number };

const hook = process.env["HOOK"] ?? "";

const tell = async (event: string, input: object): Promise<void> => {
  const child = spawn("bash", ["-c", `${hook} ${event}`], { stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (text: Buffer) => (said += text.toString()));
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify({ sessionId: "s-1", timestamp: Date.now(), cwd: process.cwd(), ...input }, null, 2));
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0 || said !== "") throw new Error(`the hook stands in the way: ${code} ${said}`);
};

const shells = new Map<string, ChildProcess>();

const shell = (name: string): ChildProcess => {
  let child = shells.get(name);
  if (child === undefined) {
    child = spawn("bash", ["--noprofile", "--norc"], { stdio: ["pipe", "pipe", "inherit"] });
    shells.set(name, child);
  }
  return child;
};

const typeInto = async (name: string, command: string, wait: boolean): Promise<void> => {
  const { stdin, stdout } = shell(name);
  if (stdin === null || stdout === null) throw new Error("the shell has no pipes");
  if (!wait) {
    stdin.write(`${command}\n`);
    return;
  }
  const lines = createInterface(stdout);
  stdin.write(`{ ${command}\n} </dev/null\necho; echo --done--\n`);
  for await (const line of lines) if (line === "--done--") break;
};

const act = async (step: Step): Promise<void> => {
  switch (step.do) {
    case "pre":
      return tell("preToolUse", { toolName: step.tool, toolArgs: step.args });
    case "post":
      return tell("postToolUse", { toolName: step.tool, toolArgs: step.args, toolResult: { resultType: "success" } });
    case "failed":
      return tell("postToolUseFailure", { toolName: step.tool, toolArgs: step.args, error: "no" });
    case "hook":
      return tell(step.event, step.input);
    case "shell":
      return typeInto(step.shell, step.command, true);
    case "type":
      return typeInto(step.shell, step.command, false);
    case "exec": {
      const child = spawn("bash", ["-c", step.command], { stdio: ["ignore", "ignore", "inherit"] });
      if (step.wait !== false) await once(child, "exit");
      return;
    }
    case "program":
      await once(spawn(step.argv[0] ?? "", step.argv.slice(1), { stdio: "ignore" }), "exit");
      return;
    case "write":
      if (step.beside === undefined) return writeFileSync(step.path, "text\n");
      appendFileSync(step.beside, "text\n");
      return renameSync(step.beside, step.path);
    case "storm": {
      let next = 0;
      const worker = async (): Promise<void> => {
        for (let n = next++; n < step.tools; n = next++) {
          const about = { toolName: "edit", toolArgs: { path: `${step.path}${n}` } };
          await tell("preToolUse", about);
          await tell("postToolUse", about);
        }
      };
      await Promise.all(Array.from({ length: step.atATime }, worker));
      return;
    }
    case "await":
      while (!existsSync(step.path)) await sleep(20);
      return;
    case "sleep":
      await sleep(step.ms);
  }
};

for (const step of JSON.parse(process.argv[2] ?? "[]") as Step[]) await act(step);
for (const child of shells.values()) {
  child.stdin?.end("exit\n");
  if (child.exitCode === null) await once(child, "exit");
}
process.exit(0);
