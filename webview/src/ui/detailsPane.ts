// The details of the active row. Brought up to date while the run goes on, without taking away what the user has selected
// or opened in it.
import { ROOT } from "../model/rowKinds.ts";
import type { DetailLink } from "../text/chain.ts";
import type { DetailField, Details } from "../text/describeDetails.ts";
import type { RawEvent } from "../text/copyAs.ts";
import { CELL_CAP, VALUE_CAP, visibleBlock, visibleText } from "../text/visibleText.ts";
import { el, icon, iconButton, setText, textButton } from "./dom.ts";

export interface DetailsHooks {
  readonly select: (row: number) => void;
  readonly close: () => void;
  readonly copy: (what: "row" | "commandLine" | "json" | "policyEntry") => void;
  /** Narrows the filter to what the row is about. */
  readonly filterTo: () => void;
  readonly showInProcesses: () => void;
  readonly openDiff: () => void;
  readonly allowEndpoint: () => void;
  readonly commentOnPull: () => void;
  readonly rawEvents: () => readonly RawEvent[];
}

export interface DetailsOptions {
  readonly hasCommandLine: boolean;
  readonly hasEndpoint: boolean;
  /** The policy has refused it, or would have. */
  readonly isRefused: boolean;
  /** The row can be shown in the tree of processes, and this is another view. */
  readonly hasPlace: boolean;
  /** Events stand behind the row. */
  readonly hasEvents: boolean;
}

/** Deeper processes of a chain are set in no further. */
const MAX_CHAIN_INDENT = 4;

/** The raw JSON of an event, set out over lines where it is JSON. */
const pretty = (line: string): string => {
  try {
    return JSON.stringify(JSON.parse(line), null, 2);
  } catch {
    return line;
  }
};

export class DetailsPane {
  readonly element = el("section", { class: "details", id: "details", "aria-label": "Details" });
  readonly #heading = el("h2", { tabindex: -1 });
  readonly #icon = icon("info");
  readonly #actions = el("div", { class: "details-actions" });
  readonly #fields = el("dl", { class: "fields" });
  readonly #raw = el("details", { class: "raw" }, el("summary", {}, "Raw events"));
  readonly #rawBody = el("div", {});
  readonly #empty = el("p", { class: "details-empty" }, "Select a row to see its details.");
  readonly #hooks: DetailsHooks;
  #row = 0;
  #labels = "";
  #actionKey = "";

  constructor(hooks: DetailsHooks) {
    this.#hooks = hooks;
    this.#raw.append(this.#rawBody);
    this.#raw.addEventListener("toggle", () => this.#fillRaw());
    this.element.append(
      el(
        "div",
        { class: "details-title" },
        this.#icon,
        this.#heading,
        iconButton("close", "Close the details", hooks.close),
      ),
      el("div", { class: "details-body" }, this.#empty, this.#actions, this.#fields, this.#raw),
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      hooks.close();
    });
  }

  focus(): void {
    this.#heading.focus();
  }

  /** Shows `details`, or that nothing is selected. Called again whenever they may have changed. */
  show(row: number, details: Details | undefined, options: DetailsOptions): void {
    const isOther = row !== this.#row;
    this.#row = row;
    this.#empty.hidden = details !== undefined;
    this.#actions.hidden = details === undefined;
    this.#raw.hidden = details === undefined || !options.hasEvents;
    if (details === undefined) {
      setText(this.#heading, "Details");
      this.#icon.className = "codicon codicon-info";
      this.#fields.replaceChildren();
      this.#labels = "";
      return;
    }
    setText(this.#heading, visibleText(details.title, CELL_CAP));
    this.#icon.className = `codicon codicon-${details.icon}`;
    this.#showActions(options);
    this.#showFields(details.fields);
    if (isOther) {
      this.#raw.open = false;
      this.#rawBody.replaceChildren();
    }
  }

  #showActions({ hasCommandLine, hasEndpoint, isRefused, hasPlace }: DetailsOptions): void {
    const key = `${hasCommandLine} ${hasEndpoint} ${isRefused} ${hasPlace}`;
    if (key === this.#actionKey) return;
    this.#actionKey = key;
    const copy = this.#hooks.copy;
    const buttons = [textButton("Filter to this", "secondary", this.#hooks.filterTo)];
    buttons.push(textButton("Go to the diff", "secondary", this.#hooks.openDiff, "Ctrl+Enter"));
    if (hasEndpoint && isRefused) {
      buttons.push(textButton("Allow…", "secondary", this.#hooks.allowEndpoint, "Alt+Enter"));
    }
    buttons.push(textButton("Comment…", "secondary", this.#hooks.commentOnPull, "Ctrl+Shift+Enter"));
    if (hasPlace) buttons.push(textButton("Show in Processes", "secondary", this.#hooks.showInProcesses));
    if (hasCommandLine) buttons.push(textButton("Copy command line", "secondary", () => copy("commandLine")));
    if (hasEndpoint) buttons.push(textButton("Copy policy entry", "secondary", () => copy("policyEntry")));
    buttons.push(
      textButton("Copy row", "secondary", () => copy("row")),
      textButton("Copy JSON", "secondary", () => copy("json")),
    );
    this.#actions.replaceChildren(...buttons);
  }

  #showFields(fields: readonly DetailField[]): void {
    const labels = fields.map((field) => `${field.kind} ${field.label}`).join("\n");
    const values = this.#fields.querySelectorAll(":scope > dd");
    if (labels === this.#labels && values.length === fields.length) {
      fields.forEach((field, i) => void (values[i] !== undefined && this.#patch(values[i], field)));
      return;
    }
    this.#labels = labels;
    this.#fields.replaceChildren(
      ...fields.flatMap((field) => {
        const value = el("dd", {});
        this.#patch(value, field);
        return [el("dt", {}, field.label), value];
      }),
    );
  }

  /** Writes a value; leaves it alone where it already says so, because the user may have selected in it. */
  #patch(value: Element, field: DetailField): void {
    if (field.kind === "text") {
      value.className = field.code ? "code" : "";
      setText(value, visibleText(field.value, VALUE_CAP));
      return;
    }
    const key =
      field.kind === "list"
        ? field.items.join("\0")
        : field.links.map((link) => `${link.row} ${link.what} ${link.text}`).join("\0");
    if (value instanceof HTMLElement && value.dataset["key"] === String(hash(key))) return;
    if (value instanceof HTMLElement) value.dataset["key"] = String(hash(key));
    if (field.kind === "list") {
      value.className = "code";
      value.replaceChildren(
        el(
          "ol",
          { class: "arguments", start: field.label === "Command line" ? 0 : 1 },
          ...field.items.map((item) => el("li", {}, visibleText(item, VALUE_CAP))),
        ),
      );
      return;
    }
    value.className = "";
    value.replaceChildren(el("ol", { class: "chain" }, ...this.#chainItems(field.links)));
  }

  /** Tool call and step stand in front; each process is set in below the one that started it. */
  #chainItems(links: readonly DetailLink[]): HTMLElement[] {
    let depth = 0;
    return links.map((link) => {
      const item = el("li", { "data-depth": link.what === "" ? Math.min(depth++, MAX_CHAIN_INDENT) : "origin" });
      if (link.what !== "") item.append(el("span", { class: "chain-what" }, link.what));
      const name = visibleText(link.text, 200);
      if (link.row === ROOT) {
        item.append(el("span", { class: "chain-end" }, name));
        return item;
      }
      const button = el("button", { type: "button", class: "link" }, name);
      button.addEventListener("click", () => {
        this.#hooks.select(link.row);
        // The link goes away with the row's details; what stays is the heading.
        this.focus();
      });
      item.append(button);
      return item;
    });
  }

  #fillRaw(): void {
    if (!this.#raw.open) return;
    const blocks = this.#hooks
      .rawEvents()
      .flatMap(({ seq, line }) => [
        el("h3", {}, `Event ${seq}`),
        line === undefined
          ? el("p", {}, "The monitor keeps the newest 32 MiB of the log; this line is older. The log has it.")
          : el("pre", { tabindex: 0 }, visibleBlock(pretty(line), VALUE_CAP)),
      ]);
    this.#rawBody.replaceChildren(...blocks);
  }
}

/** A short fingerprint of a text, to tell whether it changed. */
const hash = (text: string): number => {
  let value = 5381;
  for (let i = 0; i < text.length; i++) value = (Math.imul(value, 33) ^ text.charCodeAt(i)) | 0;
  return value;
};
