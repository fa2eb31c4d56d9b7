// What the server and the thread that validates say to each other.
import type { Diagnostic } from "vscode-languageserver/node";

export interface ValidationRequest {
  readonly id: number;
  readonly uri: string;
  readonly text: string;
}

export interface ValidationAnswer {
  readonly id: number;
  readonly diagnostics: readonly Diagnostic[];
}
