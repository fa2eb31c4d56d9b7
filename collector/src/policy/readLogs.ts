// Run logs as a policy is made of and tried on: one after the other, each read once.
import { isKnownEvent } from "../../protocol/decode.ts";
import type { RunEvent } from "../../protocol/events.ts";
import { closeFd } from "../log/fileAccess.ts";
import { openLogFile } from "../log/openLogFile.ts";
import { scanLog } from "../log/scanLog.ts";

export interface EventSink {
  beginRun(): void;
  take(event: RunEvent): void;
}

/** Reads the logs into `sink`; returns what is to be said of their ends. Throws a `UserError` at the first bad line. */
export const readLogs = async (paths: readonly string[], sink: EventSink): Promise<readonly string[]> => {
  const notices: string[] = [];
  for (const path of paths) {
    const file = await openLogFile(path);
    try {
      sink.beginRun();
      const { notice } = await scanLog(file, {
        onEvent: (event) => {
          if (isKnownEvent(event)) sink.take(event);
        },
      });
      if (notice !== undefined) notices.push(notice);
    } finally {
      await closeFd(file.fd).catch(() => undefined);
    }
  }
  return notices;
};
