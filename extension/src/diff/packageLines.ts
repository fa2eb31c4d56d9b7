// Which packages a line of a manifest, a lock file or a build file names, as `ecosystem:name`.
import type { FileKind } from "./fileKinds.ts";
import { installOf } from "./installs.ts";
import { commandsIn } from "./shellWords.ts";
import { packageKey, type Ecosystem } from "./packageNames.ts";

type Reader = (text: string) => readonly string[];

const first =
  (ecosystem: Ecosystem, pattern: RegExp): Reader =>
  (text) => {
    const name = pattern.exec(text)?.[1];
    return name === undefined ? [] : [packageKey(ecosystem, name)];
  };

const all =
  (ecosystem: Ecosystem, ...patterns: readonly RegExp[]): Reader =>
  (text) =>
    patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => packageKey(ecosystem, match[1] ?? "")));

/** Keys of a Cargo.toml that name no package. */
const CARGO_KEYS =
  /^\s*(?!(?:name|version|edition|authors|description|license|repository|homepage|readme|path|rust-version|resolver|members|publish|default|features|debug|lto|opt-level|panic|strip)\b)([A-Za-z][\w-]*)\s*=\s*["{]/;
/** The value of a dependency: a version or a place, and no command line. */
const NPM_VERSION = `(?:[\\^~<>=*\\d]|v\\d|latest"|next"|(?:workspace|npm|file|link|portal|catalog):|git|https?:|github:)`;

/** By the file's name. */
const READERS: readonly (readonly [RegExp, Reader])[] = [
  [/^(?:requirements|constraints).*\.(?:txt|in)$/, first("pypi", /^\s*([A-Za-z0-9][\w.-]*)\s*(?:[[=<>!~;@ #]|$)/)],
  [
    /^(?:pyproject\.toml|setup\.(?:py|cfg)|Pipfile|environment\.ya?ml)$/,
    all(
      "pypi",
      /["']([A-Za-z0-9][\w.-]{0,100})\s?(?:\[[^\]"']{0,100}\])?\s?(?:[=<>!~;@][^"']{0,200})?["']/g,
      /^\s*(?:- )?([A-Za-z0-9][\w.-]*)\s*(?:[=<>!~]|$)/gm,
    ),
  ],
  [/^(?:poetry|uv)\.lock$/, first("pypi", /^name = "([^"]+)"/)],
  [/^package\.json$/, first("npm", new RegExp(`^\\s*"((?:@[\\w.-]+/)?[\\w.-]+)"\\s*:\\s*"${NPM_VERSION}`))],
  [
    /^(?:package-lock|npm-shrinkwrap)\.json$/,
    first("npm", /^\s*"(?:[^"]{0,1000}\/)?node_modules\/((?:@[\w.-]+\/)?[\w.-]+)"\s*:/),
  ],
  [/^yarn\.lock$/, first("npm", /^"?((?:@[\w.-]+\/)?[\w.-]+)@/)],
  [/^pnpm-lock\.ya?ml$/, first("npm", /^\s+'?\/?((?:@[\w.-]+\/)?[\w.-]+)@\d/)],
  [/^go\.mod$/, first("go", /^\s*(?:require\s+)?([\w.-]+\.[a-z]+(?:\/[\w.~-]+)*)\s+v\d/)],
  [/^go\.sum$/, first("go", /^([\w.-]+\.[a-z]+(?:\/[\w.~!-]+)*)\s+v\d/)],
  [/^Cargo\.toml$/, first("cargo", CARGO_KEYS)],
  [/^Cargo\.lock$/, first("cargo", /^name = "([^"]+)"/)],
  [
    /^Gemfile$|\.gemspec$/,
    first("gem", /^\s*(?:gem|[\w.]*add_(?:development_|runtime_)?dependency)[ (]+["']([\w.-]+)["']/),
  ],
  [/^Gemfile\.lock$/, first("gem", /^ {4}([\w.-]+) \(/)],
  [/\.(?:cs|fs|vb)proj$|^Directory\.Packages\.props$/, first("nuget", /\b(?:Include|Update)="([\w.-]+)"/)],
  [/^composer\.json$/, first("composer", /^\s*"([\w.-]+\/[\w.-]+)"\s*:\s*"/)],
];

const packagesOfCommands = (text: string): string[] =>
  commandsIn(text).flatMap((words) => {
    const install = installOf(words);
    return install === undefined ? [] : install.names.map((name) => packageKey(install.ecosystem, name));
  });

/** Reads the lines of one file in their order. */
export class PackageLines {
  readonly #read: Reader | undefined;
  /** The start of a command that goes on in the next line. */
  #open = "";

  constructor(path: string, kind: FileKind) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    this.#read = READERS.find(([names]) => names.test(name))?.[1] ?? (kind === "build" ? this.#inCommands : undefined);
  }

  in(text: string): readonly string[] {
    return this.#read?.(text) ?? [];
  }

  /** Of a command over several lines, each line names the packages that stand in it. */
  #inCommands: Reader = (text) => {
    const line = text.replace(/^\s*(?:- )?(?:RUN|run:)\s*[|>]?-?/, "").trimEnd();
    const goesOn = line.endsWith("\\");
    const here = goesOn ? line.slice(0, -1) : line;
    const before = new Set(this.#open === "" ? [] : packagesOfCommands(this.#open));
    const whole = packagesOfCommands(`${this.#open} ${here}`).filter((name) => !before.has(name));
    this.#open = goesOn && this.#open.length < 4000 ? `${this.#open} ${here}` : "";
    return whole;
  };
}
