// The documents that the client has open, as the features want them: read and judged once for each text.
import type { Position, TextDocuments } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { isConfigPath } from "../features/configFile.ts";
import { Positions } from "../lint/positions.ts";
import { monitorStepsOf, type MonitorStep } from "../model/monitorSteps.ts";
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

  constructor(documents: TextDocuments<TextDocument>, judgements: Judgements) {
    this.#documents = documents;
    this.#judgements = judgements;
  }

  /** A document of the kinds that are judged. */
  workflow(uri: string): OpenWorkflow | undefined {
    const document = this.#documents.get(uri);
    return document === undefined || kindOf(pathOf(uri)) === "other" ? undefined : this.#read(uri, document);
  }

  /** The same; an empty one in the place of a document that is not open. */
  workflowOrNothing(uri: string): OpenWorkflow {
    return this.workflow(uri) ?? this.#read(uri, undefined);
  }

  config(uri: string): OpenConfig | undefined {
    const document = this.#documents.get(uri);
    if (document === undefined || !isConfigPath(pathOf(uri))) return undefined;
    const text = document.getText();
    return { text, positions: new Positions(text), offsetAt: (position) => document.offsetAt(position) };
  }

  #read(uri: string, document: TextDocument | undefined): OpenWorkflow {
    const path = pathOf(uri);
    const judgement = this.#judgements.of(path, document?.getText() ?? "");
    const workflow = readWorkflow(path, judgement.text);
    return {
      uri,
      version: document?.version ?? null,
      workflow,
      policies: policiesOf(workflow),
      monitors: monitorStepsOf(workflow),
      judgement,
      positions: judgement.positions,
      offsetAt: (position) => document?.offsetAt(position) ?? 0,
    };
  }
}
