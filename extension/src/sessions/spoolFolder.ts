// The folder of live copies: names for new ones, and the removal of old ones.
import { randomUUID } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

const DAY_MS = 86_400_000;
const KEEP_MS = 7 * DAY_MS;
/** A copy that was written to this lately may be of a run that another window follows. */
const IN_USE_MS = DAY_MS / 24;

const isCopy = (name: string): boolean => /^[0-9a-f-]{36}\.ndjson$/.test(name);
/** One that a window has left that ended while it read it. */
const isArchive = (name: string): boolean => /^[0-9a-f-]{36}\.zip$/.test(name);

/** No two windows share a copy, even of the same run. */
export const newSpoolPath = (folder: string): string => join(folder, `${randomUUID()}.ndjson`);

/** Path of a copy that an earlier window made; undefined for a name that is none, as stored names are not trusted. */
export const knownSpoolPath = (folder: string, name: string): string | undefined =>
  isCopy(name) ? join(folder, name) : undefined;

/**
 * Removes copies that nobody needs: older than a week, and, while all together are larger than `maxBytes`, the oldest.
 * `keep` names the ones of this window. Archives that were being read are of no use to anybody.
 */
export const cleanSpools = async (
  folder: string,
  keep: ReadonlySet<string>,
  maxBytes: number,
  now: number,
): Promise<void> => {
  const names = (await readdir(folder).catch(() => [])).filter((name) => isCopy(name) || isArchive(name));
  const copies: { readonly name: string; readonly size: number; readonly age: number }[] = [];
  for (const name of names) {
    const info = await stat(join(folder, name)).catch(() => undefined);
    if (info !== undefined) copies.push({ name, size: info.size, age: now - info.mtimeMs });
  }
  copies.sort((a, b) => b.age - a.age);
  let total = copies.reduce((sum, copy) => sum + copy.size, 0);
  for (const { name, size, age } of copies) {
    const isWanted = !isArchive(name) && age < KEEP_MS && total <= maxBytes;
    if (keep.has(name) || age < IN_USE_MS || isWanted) continue;
    await rm(join(folder, name), { force: true });
    total -= size;
  }
};
