// A log in memory, for tests of what is written to it; `full` makes it refuse.
import { decodeLine } from "../../protocol/decode.ts";

export interface LoggedEvent {
  readonly seq: number;
  readonly t: number;
  readonly type: string;
  readonly process?: string;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly [field: string]: any;
}

export class MemoryLog {
  full = false;
  readonly events: LoggedEvent[] = [];

  append(lines: Uint8Array, count: number): boolean {
    if (this.full) return false;
    const all = Buffer.from(lines).toString().split("\n");
    if (all.pop() !== "" || all.length !== count) throw new Error(`${count} whole lines were promised`);
    for (const line of all) {
      const decoded = decodeLine(line);
      if (!decoded.ok || "unknown" in decoded.event) throw new Error(`not an event: ${line}`);
      if (decoded.event.seq !== this.events.length + 1) throw new Error(`seq ${decoded.event.seq} is out of order`);
      if (!line.startsWith(`{"v":1,"seq":${decoded.event.seq},"t":${decoded.event.t},"type":"${decoded.event.type}"`)) {
        throw new Error(`the fields are not in order: ${line}`);
      }
      this.events.push(decoded.event as unknown as LoggedEvent);
    }
    return true;
  }

  of(type: string): LoggedEvent[] {
    return this.events.filter((event) => event.type === type);
  }
}
