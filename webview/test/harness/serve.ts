// Serves the built monitor as an editor would: an outer page that plays the host, and the monitor in a frame with the
// Content Security Policy of the real one.
import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ThemeName, themeVariables } from "./themes.ts";

export interface Harness {
  readonly url: string;
  /** What the outer page gets for `/log/NAME`. */
  readonly logs: Map<string, Uint8Array>;
  readonly close: () => Promise<void>;
}

const types: Readonly<Record<string, string>> = { js: "text/javascript", css: "text/css", ttf: "font/ttf" };

const themeCss = (theme: ThemeName): string =>
  `:root{${Object.entries(themeVariables(theme))
    .map(([name, value]) => `${name}:${value}`)
    .join(";")}}`;

const bodyClasses: { readonly [T in ThemeName]: string } = {
  dark: "vscode-dark",
  light: "vscode-light",
  highContrast: "vscode-high-contrast",
};

const innerPage = (theme: ThemeName, origin: string): string => {
  const nonce = randomBytes(18).toString("base64url");
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${origin}; font-src ${origin}`;
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="/theme/${theme}.css"><link rel="stylesheet" href="/monitor/monitor.css">
<title>Runglass Monitor</title></head>
<body class="${bodyClasses[theme]}" data-vscode-context='{"preventDefaultContextMenuItems": true}'><main id="app"></main>
<script nonce="${nonce}" src="/harness/inner.js"></script>
<script nonce="${nonce}" src="/monitor/monitor.js"></script></body></html>`;
};

/** The outer page sets no limits on itself; only what is in the frame is tested. */
const outerPage = (theme: ThemeName): string => `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>Host</title><style>html,body{margin:0;height:100%}iframe{border:0;width:100%;height:100%;display:block}</style></head>
<body><script src="/harness/outer.js"></script><iframe id="monitor" src="/inner/${theme}" title="Monitor"></iframe></body></html>`;

/** Starts the server on a free loopback port. `bundle` is the folder that monitor.js and monitor.css are in. */
export const serveHarness = async (bundle: string): Promise<Harness> => {
  const logs = new Map<string, Uint8Array>();
  let origin = "";
  const answer = async (
    path: string,
  ): Promise<{ readonly type: string; readonly body: string | Uint8Array } | undefined> => {
    const [, room = "", name = ""] = path.split("/");
    if (room === "monitor" && /^[a-z]+\.[a-z]+$/.test(name)) {
      return { type: types[name.split(".")[1] ?? ""] ?? "text/plain", body: await readFile(join(bundle, name)) };
    }
    if (room === "harness" && (name === "inner.js" || name === "outer.js")) {
      return { type: "text/javascript", body: await readFile(join(import.meta.dirname, name.replace(".js", ".mjs"))) };
    }
    if (room === "theme") return { type: "text/css", body: themeCss(name.replace(".css", "") as ThemeName) };
    if (room === "inner") return { type: "text/html", body: innerPage(name as ThemeName, origin) };
    if (room === "outer") return { type: "text/html", body: outerPage(name as ThemeName) };
    const log = room === "log" ? logs.get(name) : undefined;
    return log === undefined ? undefined : { type: "application/x-ndjson", body: log };
  };
  const server: Server = createServer((request, response) => {
    answer(new URL(request.url ?? "/", "http://x").pathname).then(
      (found) => {
        if (found === undefined) response.writeHead(404).end();
        else response.writeHead(200, { "content-type": found.type, "cache-control": "no-store" }).end(found.body);
      },
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  return {
    url: origin,
    logs,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
