// Counts what a growing run log holds, for one line of status. Reads only what was added since it last looked.
import { open, type FileHandle } from "node:fs/promises";

export interface RunCounts {
  processes: number;
  connections: number;
  files: number;
  lost: number;
}

const lossOf = (line: string): number => Number(/"lost":(\d+)/.exec(line)?.[1] ?? 0);

/** @param counts changed by what `line`, one event of the log, says */
export const countLine = (counts: RunCounts, line: string): void => {
  // The collector writes its fields in a fixed order; a whole JSON parse of every line would cost more than the status is
  // worth.
  const type = /^\{"v":\d+,"seq":\d+,"t":\d+,"type":"([a-z.]+)"/.exec(line)?.[1];
  if (type === "process.exec") counts.processes += 1;
  else if (type === "net.connect") counts.connections += 1;
  else if (type === "file.write") counts.files += Number(/,"count":(\d+)\}$/.exec(line)?.[1] ?? 1);
  else if (type === "loss") counts.lost += lossOf(line);
};

export interface CountingReader {
  readonly counts: Readonly<RunCounts>;
  /** @returns whether the log could be read: while root writes it, only root can */
  update(): Promise<boolean>;
  close(): Promise<void>;
}

export const createCountingReader = (path: string): CountingReader => {
  const counts: RunCounts = { processes: 0, connections: 0, files: 0, lost: 0 };
  const buffer = Buffer.alloc(1 << 20);
  let file: FileHandle | undefined;
  let position = 0;
  let rest = "";
  return {
    counts,
    async update() {
      // The collector makes the file; until then there is nothing to count.
      file ??= await open(path, "r").catch(() => undefined);
      if (file === undefined) return false;
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
        if (bytesRead === 0) return true;
        position += bytesRead;
        // Latin-1 keeps a character that is cut at the buffer's end from becoming two; only ASCII is looked at.
        const lines = (rest + buffer.toString("latin1", 0, bytesRead)).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) countLine(counts, line);
      }
    },
    async close() {
      await file?.close();
    },
  };
};
