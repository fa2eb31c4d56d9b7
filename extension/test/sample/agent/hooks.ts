import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

interface HookFile {
  readonly hooks: Readonly<Record<string, readonly { readonly type: string; readonly bash?: string }[]>>;
}

/** The hooks that the repository brings in .github/hooks, run as the real agent does. */
export class Hooks {
  readonly #commands = new Map<string, string[]>();
  readonly #workspace: string;
  readonly #sessionId: string;

  constructor(workspace: string, sessionId: string) {
    this.#workspace = workspace;
    this.#sessionId = sessionId;
    const folder = join(workspace, ".github/hooks");
    for (const name of readdirSync(folder).filter((file) => file.endsWith(".json"))) {
      const { hooks } = JSON.parse(readFileSync(join(folder, name), "utf8")) as HookFile;
      for (const [event, entries] of Object.entries(hooks)) {
        const commands = entries.flatMap(({ type, bash }) => (type === "command" && bash !== undefined ? [bash] : []));
        this.#commands.set(event, [...(this.#commands.get(event) ?? []), ...commands]);
      }
    }
  }

  /** Runs the hooks of an event and waits for them. Throws where one fails: the real agent would not do the tool call then. */
  async run(event: string, about: object): Promise<void> {
    const input = { sessionId: this.#sessionId, timestamp: Date.now(), cwd: this.#workspace, ...about };
    for (const command of this.#commands.get(event) ?? []) {
      const hook = spawn("bash", ["-c", command], { cwd: this.#workspace, stdio: ["pipe", "inherit", "inherit"] });
      hook.stdin.on("error", () => undefined); // It may end without reading.
      hook.stdin.end(JSON.stringify(input));
      const [code] = (await once(hook, "exit")) as [number | null];
      if (code !== 0) throw new Error(`the hook "${command}" ended with ${code}`);
    }
  }
}
