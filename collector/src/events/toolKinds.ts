// What a tool of the agent can do on the machine, by its name and arguments.

/**
 * - `shell`: its command runs in a shell of the agent's
 * - `typed`: it types into a shell that is there already
 * - `files`: done by the agent's own process, no program is started
 * - `elsewhere`: done by a server that is no child of the agent, or nothing happens at all
 * - `programs`: it may start programs
 */
export type ToolKind = "shell" | "typed" | "files" | "elsewhere" | "programs";

const KINDS: readonly (readonly [RegExp, ToolKind])[] = [
  [/^(?:write|send|input)_(?:bash|shell|powershell|terminal)$/i, "typed"],
  [/^(?:read|stop|list|kill)_(?:bash|shell|powershell|terminal)s?$|^BashOutput$|^KillShell$/i, "elsewhere"],
  [/^(?:async_)?(?:bash|shell|sh|powershell|local_shell|run_command|run_in_terminal|execute_command)$/i, "shell"],
  [
    /^(?:create|edit|insert|str_replace|str_replace_editor|apply_patch|remove|delete|write|write_file|edit_file|create_file|multi_?edit|notebook_?edit|view)$/i,
    "files",
  ],
  [
    /^(?:think|report_intent|update_todo|todo_?write|ask_user|store_memory|fetch_copilot_cli_documentation)$/i,
    "elsewhere",
  ],
  [/mcp[-_]{1,2}server|^mcp__|^playwright[-_]|^web_(?:fetch|search)$/i, "elsewhere"],
];

export const toolKind = (name: string): ToolKind => KINDS.find(([names]) => names.test(name))?.[1] ?? "programs";
