// Export Run…: a run as a report, its requests, its findings, or its log, as a file that others can read.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands as vscodeCommands, env, ProgressLocation, UIKind, Uri, window, workspace } from "vscode";
import type { Context } from "../context.ts";
import { exportEmpty, exportOntoLog, UserError } from "../errors.ts";
import { exportFormats, fileNameOf, isExportFormat, type ExportFormat } from "../export/exportFormats.ts";
import type { Exported } from "../export/exportJob.ts";
import { runExport, type ExportTask } from "../export/exportTask.ts";
import { isLoading, untilSettled } from "../export/untilSettled.ts";
import type { RunSession } from "../sessions/runSession.ts";
import { plainText } from "../views/plainText.ts";
import { runLabel } from "../views/runText.ts";
import { isSameFile } from "../export/saveLog.ts";
import { sealedText } from "../export/sealedText.ts";

const UNWATCHED =
  "No collector watched this run: these lines were made of what GitHub tells, and what is not in them may have happened.";

/** Waits for what is still being fetched; false where the user does not want to, or has removed it. What a file holds is read anyway. */
const untilLoaded = async ({ registry }: Context, run: RunSession): Promise<boolean> => {
  if (run.kind === "file" || !isLoading(run)) return true;
  const title = `Waiting for the log of “${plainText(runLabel(run), 60)}”`;
  return window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    (_progress, cancelled) => {
      const abort = new AbortController();
      cancelled.onCancellationRequested(() => abort.abort());
      return untilSettled(run, registry, abort.signal);
    },
  );
};

const chooseFormat = async (run: RunSession): Promise<ExportFormat | undefined> => {
  const items = Object.entries(exportFormats).map(([format, { label, extension, description }]) => ({
    label,
    description: `.${extension}`,
    detail: description,
    format,
  }));
  const chosen = await window.showQuickPick(items, {
    title: `Export “${plainText(runLabel(run), 60)}”`,
    placeHolder: "As what?",
  });
  return isExportFormat(chosen?.format) ? chosen.format : undefined;
};

const chooseTarget = async (run: RunSession, format: ExportFormat): Promise<Uri | undefined> => {
  const { label, extension } = exportFormats[format];
  const folder = workspace.workspaceFolders?.[0]?.uri;
  return window.showSaveDialog({
    title: `Export Run as ${label}`,
    saveLabel: "Export",
    filters: { [label]: [extension] },
    ...(folder === undefined ? {} : { defaultUri: Uri.joinPath(folder, fileNameOf(runLabel(run), format)) }),
  });
};

/** Bytes of lines: a live run goes on while it is exported. Of a file all, also what can't be read. */
const bytesOf = (run: RunSession): number =>
  run.kind === "file" ? run.store.size : (run.store.extents.at(-1)?.end ?? 0);

/** A file elsewhere is written by VS Code, and made here first. */
const writeTo = async (target: Uri, write: (path: string) => Promise<Exported>): Promise<Exported> => {
  if (target.scheme === "file") return write(target.fsPath);
  const folder = await mkdtemp(join(tmpdir(), "runglass-export-"));
  try {
    const path = join(folder, "run");
    const exported = await write(path);
    await workspace.fs.writeFile(target, await readFile(path));
    return exported;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const OPEN = "Open";
const REVEAL = "Reveal";

/** How a file can be shown where it is; undefined where nothing can. */
const revealCommand = (target: Uri): string | undefined => {
  if (workspace.getWorkspaceFolder(target) !== undefined) return "revealInExplorer";
  const isHere = env.remoteName === undefined && env.uiKind === UIKind.Desktop && target.scheme === "file";
  return isHere ? "revealFileInOS" : undefined;
};

const tellDone = async (target: Uri, format: ExportFormat, exported: Exported): Promise<void> => {
  const reveal = revealCommand(target);
  const name = plainText(target.path.split("/").at(-1) ?? "", 80);
  const chosen = await window.showInformationMessage(
    `Exported ${name}. ${sealedText(exported)}`,
    OPEN,
    ...(reveal === undefined ? [] : [REVEAL]),
  );
  if (chosen === OPEN && format === "markdown") await vscodeCommands.executeCommand("markdown.showPreview", target);
  else if (chosen === OPEN) await vscodeCommands.executeCommand("vscode.open", target);
  else if (chosen === REVEAL && reveal !== undefined) await vscodeCommands.executeCommand(reveal, target);
};

/** Throws a `UserError` where it can't be done. */
export const exportRun = async (context: Context, run: RunSession): Promise<void> => {
  const { folder, version, relatedDiffs } = context;
  if (!(await untilLoaded(context, run))) return;
  if (bytesOf(run) === 0) throw new UserError(exportEmpty(plainText(runLabel(run), 60)));
  const format = await chooseFormat(run);
  const target = format === undefined ? undefined : await chooseTarget(run, format);
  if (format === undefined || target === undefined) return;
  const targetName = target.path.split("/").at(-1) ?? "";
  if (target.scheme === "file" && (await isSameFile(target.fsPath, run.path))) {
    throw new UserError(exportOntoLog(plainText(targetName)));
  }
  const abort = new AbortController();
  const exported = await window.withProgress(
    { location: ProgressLocation.Notification, title: `Exporting ${plainText(targetName, 60)}`, cancellable: true },
    async (progress, cancelled) => {
      cancelled.onCancellationRequested(() => abort.abort());
      // What is there now: more may come while it is written.
      const bytes = bytesOf(run);
      await run.flush();
      let told = 0;
      const task: Omit<ExportTask, "target"> = {
        bundle: join(folder, "dist/exportThread.cjs"),
        format,
        source: run.path,
        bytes,
        name: fileNameOf(runLabel(run), "ndjson"),
        version,
        ...(run.isUnwatched === true ? { notice: UNWATCHED } : {}),
        onProgress: (done) => {
          const percent = Math.floor((done / bytes) * 100);
          progress.report({ increment: percent - told });
          told = percent;
        },
        places: (wanted) => relatedDiffs.places(run, wanted, abort.signal),
        signal: abort.signal,
      };
      try {
        return await writeTo(target, (path) => runExport({ ...task, target: path }));
      } catch (error) {
        if (abort.signal.aborted) return undefined;
        throw error;
      }
    },
  );
  if (exported !== undefined) void tellDone(target, format, exported);
};
