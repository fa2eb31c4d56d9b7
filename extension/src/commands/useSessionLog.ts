// A session's log, as the agent keeps it, tells what its edits wrote: so the related diff knows the very lines. It stays in memory,
// for this window.
import { stat, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { window } from "vscode";
import type { Context } from "../context.ts";
import { logNotReadable, UserError } from "../errors.ts";
import { reasonOf } from "../export/exportTask.ts";
import type { RunSession } from "../sessions/runSession.ts";
import { plainText } from "../views/plainText.ts";

const MOST_BYTES = 64_000_000;

export const useSessionLog = async (context: Context, run: RunSession): Promise<void> => {
  const [chosen] =
    (await window.showOpenDialog({
      title: "Use Session Log",
      openLabel: "Use Session Log",
      filters: { "Session logs": ["jsonl", "log", "txt", "json"], "All files": ["*"] },
    })) ?? [];
  if (chosen === undefined) return;
  const { size } = await stat(chosen.fsPath).catch((error: unknown) => {
    throw new UserError(logNotReadable(plainText(basename(chosen.fsPath)), reasonOf(error)));
  });
  if (size > MOST_BYTES) {
    void window.showInformationMessage("This file is larger than 64 MB: it is no session's log that can be used.");
    return;
  }
  const found = await context.relatedDiffs.useSessionLog(run, await readFile(chosen.fsPath, "utf8"));
  void window.showInformationMessage(
    found === 0
      ? "None of the run's tool calls is in this file. It is to be the events.jsonl of the run's own session, or the log that GitHub has of it."
      : `The log knows ${found} of the run's tool calls: the related diff goes to the lines that they wrote.`,
  );
};
