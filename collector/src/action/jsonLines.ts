// JSON messages over a pipe or a socket, one a line.
import type { Readable } from "node:stream";

const MOST_BYTES = 64 << 20;

/** Calls `onMessage` with the value of each line; what is no JSON is left out. The other side is a part of Runglass. */
export const readJsonLines = (stream: Readable, onMessage: (message: unknown) => void): void => {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MOST_BYTES) rest = "";
    for (const line of lines) {
      let message: unknown;
      try {
        message = JSON.parse(line);
      } catch {
        continue;
      }
      onMessage(message);
    }
  });
};

export const jsonLine = (message: unknown): string => `${JSON.stringify(message)}\n`;
