// A thread with GitHub's own language service, which is large and takes long: a bundle of its own, loaded when it is first
// needed. It gets texts and gives diagnostics; it knows nothing of files or of any network.
import { parentPort } from "node:worker_threads";
import { clearCache } from "@actions/languageservice/utils/workflow-cache";
import { validate } from "@actions/languageservice/validate";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { ValidationAnswer, ValidationRequest } from "./messages.ts";

const port = parentPort;
port?.on("message", ({ id, uri, text }: ValidationRequest) => {
  // It keeps what it has parsed by its URI, whatever the text is.
  clearCache();
  void validate(TextDocument.create(uri, "yaml", 0, text))
    .catch(() => [])
    .then((diagnostics) => port.postMessage({ id, diagnostics } satisfies ValidationAnswer));
});
