// What is known of each text: its diagnostics, made once for a text and a set of runs.
import { createHash } from "node:crypto";
import { lintText, type Diagnostic, type LintOptions } from "../lint/lintText.ts";
import { branchesFor } from "../lint/branches.ts";
import type { RuleChoices } from "../lint/config.ts";
import { Configs } from "../lint/findConfig.ts";
import { Positions } from "../lint/positions.ts";
import type { ObservedRun } from "../observed/observedRun.ts";

export interface Judgement {
  readonly text: string;
  /** The branch that is checked out, where that counts. */
  readonly branch: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly positions: Positions;
  /** The same for the same text, path, branch and runs. */
  readonly resultId: string;
}

export const hashOf = (text: string): string => createHash("sha1").update(text).digest("base64url");

const MOST = 2_000;

export class Judgements {
  readonly #known = new Map<string, Judgement>();
  readonly #configs = new Configs();
  #observed: readonly ObservedRun[] = [];
  #rules: RuleChoices = {};
  #generation = 0;

  get observed(): readonly ObservedRun[] {
    return this.#observed;
  }

  set observed(runs: readonly ObservedRun[]) {
    this.#observed = runs;
    this.#generation += 1;
    this.#known.clear();
  }

  /** What the user wants of the rules. */
  set rules(rules: RuleChoices) {
    this.#rules = rules;
    this.observed = this.#observed;
  }

  /** A repository's choice of rules has changed: all is judged anew. */
  forgetConfigs(): void {
    this.#configs.forget();
    this.observed = this.#observed;
  }

  /** How a file at this path is judged. */
  optionsFor(path: string): LintOptions {
    return {
      observed: this.#observed,
      rules: { ...this.#rules, ...this.#configs.for(path)?.rules },
      branch: branchesFor(path),
    };
  }

  /** The `resultId` that the judgement of a text with this hash has. */
  resultId(path: string, hash: string): string {
    return this.#idOf(hash, branchesFor(path)?.current);
  }

  #idOf(hash: string, branch: string | undefined): string {
    return `${this.#generation}-${hash}${branch === undefined ? "" : `-${branch}`}`;
  }

  of(path: string, text: string): Judgement {
    const known = this.#known.get(path);
    const options = this.optionsFor(path);
    const branch = options.branch?.current;
    if (known?.text === text && known.branch === branch) return known;
    const judgement = {
      text,
      branch,
      diagnostics: lintText(path, text, options),
      positions: new Positions(text),
      resultId: this.#idOf(hashOf(text), branch),
    };
    this.#known.delete(path);
    this.#known.set(path, judgement);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST) break;
      this.#known.delete(oldest);
    }
    return judgement;
  }
}
