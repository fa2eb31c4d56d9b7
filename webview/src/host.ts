// The one place that talks to the host. Nothing else in the page calls acquireVsCodeApi or listens to messages.
import type { FromPage, ToPage } from "../protocol/messages.ts";

interface VsCodeApi {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare const acquireVsCodeApi: () => VsCodeApi;

export interface Host {
  readonly send: (message: FromPage) => void;
  /** What `save` was given last, whatever that was: it may be of another version. */
  readonly saved: () => unknown;
  readonly save: (state: object) => void;
}

const isMessage = (data: unknown): data is ToPage =>
  typeof data === "object" && data !== null && "kind" in data && typeof data.kind === "string";

/** Connects to the host; `receive` gets its messages. */
export const connectHost = (receive: (message: ToPage) => void): Host => {
  const api = acquireVsCodeApi();
  window.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (isMessage(event.data)) receive(event.data);
  });
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window: the editor's own API
    send: (message) => api.postMessage(message),
    saved: () => api.getState(),
    save: (state) => api.setState(state),
  };
};
