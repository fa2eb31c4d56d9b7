import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readConfig, type Config } from "./config.ts";

export interface FoundConfig extends Config {
  readonly path: string;
  readonly text: string;
}

/** Larger ones are something else. */
const MOST_BYTES = 256 * 1024;

const readAt = (path: string): FoundConfig | undefined => {
  try {
    const text = readFileSync(path, "utf8");
    return text.length > MOST_BYTES ? undefined : { path, text, ...readConfig(text) };
  } catch {
    return undefined;
  }
};

/** The nearest `.github/runglass.yml` at or above each folder, read once. */
export class Configs {
  readonly #known = new Map<string, FoundConfig | undefined>();

  /** For the file at `path`; undefined where no folder above has one. */
  for(path: string): FoundConfig | undefined {
    return this.#in(dirname(resolve(path)));
  }

  forget(): void {
    this.#known.clear();
  }

  /** Those that were found so far. */
  get found(): readonly FoundConfig[] {
    return [...new Set([...this.#known.values()].filter((one) => one !== undefined))];
  }

  #in(folder: string): FoundConfig | undefined {
    if (this.#known.has(folder)) return this.#known.get(folder);
    const above = dirname(folder);
    const config = readAt(join(folder, ".github/runglass.yml")) ?? (above === folder ? undefined : this.#in(above));
    this.#known.set(folder, config);
    return config;
  }
}
