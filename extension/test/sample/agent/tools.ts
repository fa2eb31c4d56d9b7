import { chmod, mkdir, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { callMcpTool } from "./copilotApi.ts";
import type { PersistentShell } from "./shell.ts";
import type { ToolCall } from "./story.ts";

/** What a tool call is about, in one line, as the job log shows it. */
export const titleOf = (call: ToolCall): string =>
  call.tool === "bash" ? call.command : "path" in call ? call.path : `127.0.0.1:${call.port}`;

/** A tool call's arguments, as the agent's hooks are told them; paths are absolute. */
export const argumentsOf = (call: ToolCall, workspace: string): Readonly<Record<string, unknown>> => {
  switch (call.tool) {
    case "bash":
      return { command: call.command };
    case "create":
      return { path: join(workspace, call.path), file_text: call.text };
    case "str_replace":
      return { path: join(workspace, call.path), old_str: call.old, new_str: call.new };
    case "remove":
      return { path: join(workspace, call.path) };
    default:
      return {};
  }
};

/** Does a tool call in the workspace and returns its output. Throws when it fails, or does not fail where the story has it fail. */
export const perform = async (call: ToolCall, workspace: string, shell: PersistentShell): Promise<string> => {
  switch (call.tool) {
    case "bash": {
      const { output, exitCode } = await shell.run(call.command);
      const text = `${output}\n<exited with exit code ${exitCode}>`;
      const asTold = call.fails === undefined ? exitCode === 0 : exitCode !== 0 && output.includes(call.fails);
      if (!asTold) throw new Error(`unexpected end of: ${call.command}\n${text}`);
      return text;
    }
    case "create":
      await mkdir(dirname(join(workspace, call.path)), { recursive: true });
      await writeFile(join(workspace, call.path), call.text, { flag: "wx" });
      if (call.mode !== undefined) await chmod(join(workspace, call.path), call.mode);
      return `created ${call.path}`;
    case "str_replace": {
      const path = join(workspace, call.path);
      const text = await readFile(path, "utf8");
      if (!text.includes(call.old)) throw new Error(`${call.path} does not hold the text to replace`);
      // Written beside the file and renamed over it, so that nobody ever reads half of it.
      await writeFile(
        `${path}.tmp`,
        text.replace(call.old, () => call.new),
      );
      await rename(`${path}.tmp`, path);
      return `edited ${call.path}`;
    }
    case "remove":
      await unlink(join(workspace, call.path));
      return `removed ${call.path}`;
    default:
      return callMcpTool(call.port, call.tool.replace("github-mcp-server-", ""));
  }
};
