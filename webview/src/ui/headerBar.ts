// The monitor's first line: which run, is it live, is a policy enforced, how long, how much, was anything lost, can
// everything be seen. Each is a word with an icon, and a button that opens its explanation.
import type { SourceState } from "../../protocol/messages.ts";
import type { RunFacts } from "../model/runFacts.ts";
import { formatCount, plural } from "../text/format.ts";
import { CELL_CAP, visibleText } from "../text/visibleText.ts";
import { el, icon, setText } from "./dom.ts";
import {
  coverageWord,
  elapsedWord,
  explainCoverage,
  explainElapsed,
  explainEvents,
  explainLost,
  explainState,
  lostTotal,
  stateWord,
} from "./facts.ts";
import { explainPolicy, policyWord } from "./policyFact.ts";
import { explainOn, type Explanation } from "./popover.ts";

export interface HeaderFacts {
  readonly title: string;
  readonly state: SourceState;
  /** See `stateWord`. */
  readonly stateMs: number;
  readonly facts: RunFacts;
  readonly rows: number;
  readonly nowT: number;
}

class Fact {
  readonly button: HTMLButtonElement;
  readonly panel: HTMLElement;
  readonly #icon = icon("circle-slash");
  readonly #word = el("span", { class: "fact-word" });
  #shown = "";

  constructor(name: string, explain: () => Explanation) {
    this.button = el("button", { type: "button", class: `fact fact-${name}` }, this.#icon, this.#word);
    this.panel = explainOn(this.button, explain);
  }

  show(iconName: string, word: string, tone: string): void {
    setText(this.#word, word);
    const shown = `${iconName} ${tone}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#icon.className = `codicon codicon-${iconName}`;
    this.button.dataset["tone"] = tone;
  }
}

export class HeaderBar {
  readonly element: HTMLElement;
  readonly #title = el("h1", { class: "title" });
  readonly #state: Fact;
  readonly #policy: Fact;
  readonly #elapsed: Fact;
  readonly #events: Fact;
  readonly #lost: Fact;
  readonly #coverage: Fact;
  #latest: HeaderFacts | undefined;

  constructor() {
    const from = (explain: (latest: HeaderFacts) => Explanation) => (): Explanation =>
      this.#latest === undefined ? { title: "", lines: [], table: [] } : explain(this.#latest);
    this.#state = new Fact(
      "state",
      from((latest) => explainState(latest.state)),
    );
    this.#policy = new Fact(
      "policy",
      from((latest) => explainPolicy(latest.facts)),
    );
    this.#elapsed = new Fact(
      "elapsed",
      from((latest) => explainElapsed(latest.facts)),
    );
    this.#events = new Fact(
      "events",
      from((latest) => explainEvents(latest.facts, latest.rows)),
    );
    this.#lost = new Fact(
      "lost",
      from((latest) => explainLost(latest.facts)),
    );
    this.#coverage = new Fact(
      "coverage",
      from((latest) => explainCoverage(latest.facts)),
    );
    const facts = [this.#state, this.#policy, this.#elapsed, this.#events, this.#lost, this.#coverage];
    this.element = el(
      "header",
      { class: "header-bar" },
      this.#title,
      el("div", { class: "facts" }, ...facts.map((fact) => fact.button)),
      ...facts.map((fact) => fact.panel),
    );
  }

  update(latest: HeaderFacts): void {
    this.#latest = latest;
    const { facts, state } = latest;
    const title = visibleText(latest.title, CELL_CAP);
    setText(this.#title, title);
    if (this.#title.title !== title) this.#title.title = title;
    const word = stateWord(state, latest.stateMs);
    this.#state.show(word.icon, word.word, word.tone);
    const policy = policyWord(facts);
    if (policy !== undefined) this.#policy.show(policy.icon, policy.word, policy.tone);
    this.#policy.button.hidden = policy === undefined;
    this.#elapsed.show("clock", elapsedWord(facts, latest.nowT), "quiet");
    this.#events.show("pulse", plural(facts.events, "event"), "quiet");
    const lost = lostTotal(facts);
    this.#lost.show(lost > 0 ? "warning" : "check", `${formatCount(lost)} lost`, lost > 0 ? "warn" : "quiet");
    const coverage = coverageWord(facts);
    this.#coverage.show(coverage.icon, coverage.word, coverage.tone);
    const hasRun = facts.events > 0 || state.kind === "live" || state.kind === "loading" || state.kind === "ended";
    for (const fact of [this.#elapsed, this.#events, this.#lost, this.#coverage]) fact.button.hidden = !hasRun;
  }
}
