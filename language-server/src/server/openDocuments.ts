// The documents that the client has open, as the features want them: read and judged once for each text.
import type { Position, TextDocuments } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { isConfigPath } from "../features/configFile.ts";
import { Positions } from "../lint/positions.ts";
import { monitorStepsOf, policyOfMonitor, type MonitorStep } from "../model/monitorSteps.ts";
import { policiesOf, type Policy } from "../model/policies.ts";
import { kindOf, readWorkflow, type Workflow } from "../model/workflow.ts";
import { pathOf } from "./files.ts";
import type { Judgement, Judgements } from "./judgements.ts";

export interface OpenWorkflow {
  readonly uri: string;
  readonly version: number | null;
  readonly workflow: Workflow;
  readonly policies: readonly Policy[];
  readonly monitors: readonly MonitorStep[];
  /** Both as policies, for what compares them with recorded runs. */
  readonly compared: readonly Policy[];
  readonly judgement: Judgement;
  readonly positions: Positions;
  readonly offsetAt: (position: Position) => number;
}

/** A repository's choice of rules. */
export interface OpenConfig {
  readonly text: string;
  readonly positions: Positions;
  readonly offsetAt: (position: Position) => number;
}

export class OpenDocuments {
  readonly #documents: TextDocuments<TextDocument>;
  readonly #judgements: Judgements;
  /** Off, there is none to be judged; what is asked for by name is answered all the same. */
  isOn = true;
  /** The newest of each: editors ask many things of one text. */
  readonly #known = new Map<string, OpenWorkflow>();

  constructor(documents: TextDocuments<TextDocument>, judgements: Judgements) {
    this.#documents = documents;
    this.#judgements = judgements;
    documents.onDidClose(({ document }) => this.#known.delete(document.uri));
  }

  /** A document of the kinds that are judged. */
  workflow(uri: string): OpenWorkflow | undefined {
    return this.isOn ? this.#find(uri) : undefined;
  }

  #find(uri: string): OpenWorkflow | undefined {
    const document = this.#documents.get(uri);
    if (document === undefined || kindOf(pathOf(uri)) === "other") return undefined;
    const judgement = this.#judgements.of(pathOf(uri), document.getText());
    const known = this.#known.get(uri);
    if (known?.judgement === judgement && known.version === document.version) return known;
    const read = this.#read(uri, judgement, document);
    this.#known.set(uri, read);
    return read;
  }

  /** The same; an empty one in the place of a document that is not open. */
  workflowOrNothing(uri: string): OpenWorkflow {
    return this.#find(uri) ?? this.#read(uri, this.#judgements.of(pathOf(uri), ""), undefined);
  }

  config(uri: string): OpenConfig | undefined {
    const document = this.#documents.get(uri);
    if (document === undefined || !this.isOn || !isConfigPath(pathOf(uri))) return undefined;
    const text = document.getText();
    return { text, positions: new Positions(text), offsetAt: (position) => document.offsetAt(position) };
  }

  #read(uri: string, judgement: Judgement, document: TextDocument | undefined): OpenWorkflow {
    const workflow = readWorkflow(pathOf(uri), judgement.text);
    const policies = policiesOf(workflow);
    const monitors = monitorStepsOf(workflow);
    return {
      uri,
      version: document?.version ?? null,
      workflow,
      policies,
      monitors,
      compared: [...policies, ...monitors.flatMap((monitor) => policyOfMonitor(monitor, workflow) ?? [])],
      judgement,
      positions: judgement.positions,
      offsetAt: (position) => document?.offsetAt(position) ?? 0,
    };
  }
}
