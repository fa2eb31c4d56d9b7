// The table of commands. Each is a few words here and lives in a file of its own.
import { commands as vscodeCommands, Disposable } from "vscode";
import type { PageCommand } from "../../../webview/protocol/messages.ts";
import type { Context } from "../context.ts";
import type { HostedRun } from "../hosted/hostedRun.ts";
import { commands, gitHubCommands, ownCommands, pageCommands } from "../ids.ts";
import { FileRun } from "../sessions/fileRun.ts";
import { LiveRun } from "../sessions/liveRun.ts";
import type { RunSession } from "../sessions/runSession.ts";
import { chooseRun, runOfArgument } from "./chooseRun.ts";
import { connect, reconnect } from "./connect.ts";
import { forgetToken } from "./forgetToken.ts";
import { loadRunFiles } from "./loadRunFiles.ts";
import { openMonitor, openMonitorInPanel } from "./openMonitor.ts";
import { openRunLog, reopenRunLog } from "./openRunLog.ts";
import { removeRun } from "./removeRun.ts";
import { addAllowlist, copyAllowlist, createSetupSteps, rewriteActive } from "./rewritePolicy.ts";
import { showFiltered } from "./showFiltered.ts";
import { showWhatRanHere } from "./showWhatRanHere.ts";
import { showError } from "./showFailure.ts";

const anyRun = (run: RunSession): run is RunSession => run !== undefined;
const isFile = (run: RunSession): run is FileRun => run instanceof FileRun;
/** Its class is in a bundle of its own. */
const isHosted = (run: RunSession | undefined): run is HostedRun => run?.kind === "hosted";
const isLive = (run: RunSession): run is LiveRun | HostedRun => run instanceof LiveRun || isHosted(run);
const isFollowed = (run: RunSession): run is LiveRun | HostedRun =>
  isLive(run) && ["live", "lost", "connecting", "loading"].includes(run.state.kind);
const canFollow = (run: RunSession): run is LiveRun | HostedRun =>
  isLive(run) && (run.state.kind === "failed" || run.state.kind === "lost");

/** Of the Sessions view; commands can be called by anyone with anything. */
const isSessionRow = (argument: unknown): boolean =>
  typeof argument === "object" && argument !== null && "session" in argument;

type Handler = (context: Context, argument: unknown) => unknown;
type CommandId = (typeof commands)[keyof typeof commands];

const handlers: { readonly [id in CommandId]: Handler } = {
  [commands.connect]: (context) => connect(context),
  [commands.openRunLog]: (_context, argument) => openRunLog(argument),
  [commands.reopenRunLog]: async (context, argument) => {
    const run = await chooseRun(context, argument, "reopen", isFile);
    if (run !== undefined) await reopenRunLog(run);
  },
  [commands.openMonitor]: async (context, argument) => {
    const run = runOfArgument(context, argument) ?? context.registry.current;
    await (run === undefined ? openMonitorInPanel(context, undefined) : openMonitor(context, run));
  },
  [commands.openMonitorInPanel]: (context, argument) =>
    openMonitorInPanel(context, runOfArgument(context, argument) ?? context.registry.current),
  [commands.disconnect]: async (context, argument) =>
    (await chooseRun(context, argument, "disconnect from", isFollowed))?.disconnect(),
  [commands.reconnect]: async (context, argument) => {
    const run = await chooseRun(context, argument, "reconnect to", canFollow);
    if (isHosted(run)) run.resume();
    else if (run !== undefined) await reconnect(context, run);
  },
  [commands.removeRun]: async (context, argument) => {
    const run = await chooseRun(context, argument, "remove", isLive);
    // What GitHub has can be fetched again; nothing is lost by this.
    if (isHosted(run)) await context.registry.remove(run);
    else if (run !== undefined) await removeRun(context, run);
  },
  [commands.saveRunLog]: async (context, argument) => {
    const run = await chooseRun(context, argument, "save", anyRun);
    if (run !== undefined) await (await loadRunFiles(context)).saveRunLog(run);
  },
  [commands.exportRun]: async (context, argument) => {
    const run = isSessionRow(argument)
      ? await (await context.gitHub()).runOfRow(argument)
      : await chooseRun(context, argument, "export", anyRun);
    if (run !== undefined) await (await loadRunFiles(context)).exportRun(context, run);
  },
  [commands.sendComment]: (context, argument) => context.relatedDiffs.sendComment(argument),
  [commands.forgetToken]: (context) => forgetToken(context),
  [commands.showOutput]: (context) => context.log.show(),
  [commands.insertMonitorStep]: (context) => rewriteActive(context, "insertMonitor"),
  [commands.createSetupSteps]: (context, argument) => createSetupSteps(context, argument),
  [commands.switchToBlock]: (context) => rewriteActive(context, "switchToBlock"),
  [commands.convertToRunglass]: (context) => rewriteActive(context, "toRunglass"),
  [commands.convertToHardenRunner]: (context) => rewriteActive(context, "toHardenRunner"),
  [commands.copyAllowlist]: (context) => copyAllowlist(context),
  [commands.addAllowlist]: (context) => addAllowlist(context),
  [commands.useSessionLog]: async (context, argument) => {
    const run = await chooseRun(context, argument, "use a session's log for", anyRun);
    if (run !== undefined) await (await loadRunFiles(context)).useSessionLog(context, run);
  },
  [commands.showWhatRanHere]: (context, argument) => showWhatRanHere(context, argument),
};

const guarded =
  (context: Context, id: string, handler: Handler) =>
  async (argument: unknown): Promise<void> => {
    try {
      await handler(context, argument);
    } catch (error) {
      await showError(context.log, id, error);
    }
  };

export const registerCommands = (context: Context): Disposable => {
  const own = Object.entries(handlers).map(([id, handler]) =>
    vscodeCommands.registerCommand(id, guarded(context, id, handler)),
  );
  const ofPages = Object.entries<PageCommand>(pageCommands).map(([id, command]) =>
    vscodeCommands.registerCommand(id, () => context.pages.active?.command(command)),
  );
  const ofGitHub = Object.values(gitHubCommands).map((id) =>
    vscodeCommands.registerCommand(
      id,
      guarded(context, id, async (_context, argument) => (await context.gitHub()).run(id, argument)),
    ),
  );
  const filtered = vscodeCommands.registerCommand(ownCommands.showFiltered, (key: unknown, filter: unknown) =>
    guarded(context, ownCommands.showFiltered, () => showFiltered(context, key, filter))(undefined),
  );
  return Disposable.from(filtered, ...own, ...ofPages, ...ofGitHub);
};
