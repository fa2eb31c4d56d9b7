// When the language server runs: from the first workflow that is opened on, while a setting wants it. It is told of the runs
// that this window knows, so that policies can be compared with what really happened.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { extensions, workspace, type Disposable, type ExtensionContext } from "vscode";
import { settings } from "../ids.ts";
import { logDefect, type Log } from "../log.ts";
import type { RunRegistry } from "../sessions/registry.ts";
import type { LintChanged, RewriteParams } from "../../../language-server/protocol/messages.ts";
import type { LanguageService, LanguageServiceOptions, Rewritten } from "./languageClient.ts";
import { isPolicyDocument, POLICY_SCHEMES } from "./workflowDocuments.ts";

/** A run that goes on is read anew so often. */
const OBSERVE_MS = 5_000;
/** So long it stays for the next question, where the setting does not allow it. */
const IDLE_MS = 2_000;

interface Bundle {
  readonly startLanguageService: (options: LanguageServiceOptions) => Promise<LanguageService>;
}

const lintWanted = (): LintChanged => {
  const configuration = workspace.getConfiguration();
  return {
    lint: configuration.get<boolean>(settings.lintEnabled, true),
    rules: configuration.get<Readonly<Record<string, string>>>(settings.lintRules, {}),
  };
};

/** Where it is installed, it validates by the same service. */
const OTHER_EXTENSION = "github.vscode-github-actions";

const isValidationWanted = (): boolean => {
  const choice = workspace.getConfiguration().get<string>(settings.workflowValidation, "auto");
  return choice === "on" || (choice !== "off" && extensions.getExtension(OTHER_EXTENSION) === undefined);
};

/** Either of the two is reason enough to run. */
const isWanted = (): boolean => lintWanted().lint || isValidationWanted();

export class PolicyLanguage implements Disposable {
  readonly #folder: string;
  readonly #registry: RunRegistry;
  readonly #log: Log;
  readonly #subscriptions: Disposable[];
  #service: Promise<LanguageService> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(folder: string, registry: RunRegistry, log: Log) {
    this.#folder = folder;
    this.#registry = registry;
    this.#log = log;
    this.#subscriptions = [
      workspace.onDidOpenTextDocument(() => this.#startIfNeeded()),
      extensions.onDidChange(() => this.#tellValidation()),
      workspace.onDidChangeConfiguration((event) => {
        const isOfValidation = event.affectsConfiguration(settings.workflowValidation);
        const isOfLint =
          event.affectsConfiguration(settings.lintEnabled) || event.affectsConfiguration(settings.lintRules);
        if (!isOfLint && !isOfValidation) return;
        if (!isWanted()) return this.#stop();
        if (isOfValidation) this.#tellValidation();
        if (isOfLint) this.#tell((running) => running.setLint(lintWanted()));
        this.#startIfNeeded();
      }),
      { dispose: registry.onChange(() => this.#observeSoon()) },
    ];
    this.#startIfNeeded();
  }

  /** Asks the language server, which is started for it where it does not run. */
  async rewrite(params: RewriteParams): Promise<Rewritten> {
    clearTimeout(this.#idle);
    const service = (this.#service ??= this.#start());
    // What did not start is tried again; one that runs on is kept, whatever it answers.
    service.catch(() => {
      if (this.#service === service) this.#service = undefined;
    });
    try {
      return await (await service).rewrite(params);
    } finally {
      if (!isWanted()) this.#stopWhenIdle();
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#stop();
  }

  #startIfNeeded(): void {
    if (this.#service !== undefined || !isWanted()) return;
    const needed = workspace.textDocuments.some(
      ({ uri }) => (POLICY_SCHEMES as readonly string[]).includes(uri.scheme) && isPolicyDocument(uri.path),
    );
    if (!needed) return;
    this.#service = this.#start();
    this.#service.catch((error: unknown) => {
      logDefect(this.#log, "language server", error);
    });
  }

  async #start(): Promise<LanguageService> {
    const url = pathToFileURL(join(this.#folder, "dist/languageClient.cjs")).href;
    const { startLanguageService } = (await import(url)) as Bundle;
    const workflowValidation = isValidationWanted();
    return startLanguageService({
      folder: this.#folder,
      observed: this.#observed(),
      workflowValidation,
      lint: lintWanted(),
      log: this.#log,
    });
  }

  #tellValidation(): void {
    this.#tell((running) => running.setValidation(isValidationWanted()));
  }

  #tell(what: (running: LanguageService) => Promise<void>): void {
    void this.#service?.then(what).catch((error: unknown) => logDefect(this.#log, "language server", error));
  }

  /** Where it runs for what was asked alone: several questions in a row start it once. */
  #stopWhenIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (!isWanted()) this.#stop();
    }, IDLE_MS);
  }

  #stop(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const service = this.#service;
    this.#service = undefined;
    void service?.then((running) => running.stop()).catch(() => undefined);
  }

  #observed(): string[] {
    // What nobody watched may have happened all the same: it says nothing about a policy.
    return this.#registry.runs.filter(({ isUnwatched }) => isUnwatched !== true).map(({ path }) => path);
  }

  #observeSoon(): void {
    if (this.#service === undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.#observe(), OBSERVE_MS);
  }

  async #observe(): Promise<void> {
    this.#timer = undefined;
    try {
      await Promise.all(this.#registry.runs.map((run) => run.flush()));
      await (await this.#service)?.setObserved(this.#observed());
    } catch (error) {
      logDefect(this.#log, "language server", error);
    }
  }
}

export const servePolicies = (extension: ExtensionContext, registry: RunRegistry, log: Log): PolicyLanguage =>
  new PolicyLanguage(extension.extensionPath, registry, log);
