// Save Run Log As…: what has come of a run, as a file of its own.
import { readFile } from "node:fs/promises";
import { ProgressLocation, Uri, window, workspace } from "vscode";
import { saveLog } from "../export/saveLog.ts";
import type { RunSession } from "../sessions/runSession.ts";
import { plainStatusText } from "../views/plainText.ts";
import { runLabel } from "../views/runText.ts";

const fileName = (run: RunSession): string =>
  `${
    runLabel(run)
      .replaceAll(/[^\p{L}\p{N}._-]+/gu, "-")
      .replaceAll(/^[-.]+|[-.]+$/g, "")
      .slice(0, 60) || "run"
  }.ndjson`;

/** Bytes of whole, checked lines: a live run goes on while it is being saved. */
const readableEnd = (run: RunSession): number =>
  run.kind === "file" ? run.store.size : (run.store.extents.at(-1)?.end ?? 0);

const copy = async (run: RunSession, target: Uri): Promise<void> => {
  const end = readableEnd(run);
  await run.flush();
  if (target.scheme === "file") await saveLog(run.path, end, target.fsPath);
  else await workspace.fs.writeFile(target, (await readFile(run.path)).subarray(0, end));
};

/** Throws a `UserError` where it can't be done. */
export const saveRunLog = async (run: RunSession): Promise<void> => {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const target = await window.showSaveDialog({
    title: "Save Run Log As",
    filters: { "Run logs": ["ndjson"] },
    ...(folder === undefined ? {} : { defaultUri: Uri.joinPath(folder, fileName(run)) }),
  });
  if (target === undefined) return;
  await window.withProgress({ location: ProgressLocation.Window, title: "Saving the run log" }, () =>
    copy(run, target),
  );
  window.setStatusBarMessage(`$(check) Saved ${plainStatusText(target.path.split("/").at(-1) ?? "")}`, 4000);
};
