// The HTML around a monitor page. Everything dynamic comes later, by messages; nothing here comes from a run.
import { randomBytes } from "node:crypto";

export interface MonitorHtmlOptions {
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
}

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Scripts only ours, by nonce; no connections, no images, no frames, no inline styles. */
export const monitorHtml = ({ cspSource, script, style }: MonitorHtmlOptions): string => {
  const nonce = randomBytes(18).toString("base64url");
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource}; font-src ${cspSource}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escape(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escape(style)}">
<title>Runglass Monitor</title>
</head>
<body data-vscode-context='{"preventDefaultContextMenuItems": true}'>
<main id="app"></main>
<script nonce="${nonce}" src="${escape(script)}"></script>
</body>
</html>`;
};

/** A page that only says something, without any script or style. */
export const noticeHtml = (title: string, sentences: readonly string[]): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<title>${escape(title)}</title>
</head>
<body>
<h1>${escape(title)}</h1>
${sentences.map((sentence) => `<p>${escape(sentence)}</p>`).join("\n")}
</body>
</html>`;
