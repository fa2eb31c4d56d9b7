// Every test file belongs to exactly one suite; a house test holds to that.

/** Checks of the source that are one program each: its exit code is the result. */
export interface Check {
  readonly name: string;
  readonly program: readonly string[];
}

/** Test files that mocha runs together in one process. */
export interface Suite {
  readonly name: string;
  /** Globs relative to the checkout. */
  readonly files: readonly string[];
  /** They load the sensor, make namespaces or write below /sys/fs/cgroup. */
  readonly asRoot: boolean;
  /** One test's time at most, in ms, where the test itself sets none. */
  readonly testTimeoutMs: number;
  /** The whole suite's: past it, it counts as hung. */
  readonly suiteTimeoutMs: number;
  /** What it tests runs in emulated machines, which takes long and one processor: it runs beside those that have no kernel. */
  readonly isEmulated?: boolean;
  /** It neither uses nor disturbs what happens in this machine's kernel. */
  readonly hasNoKernel?: boolean;
  /** Runs only where `--only` names it. */
  readonly isOnRequest?: boolean;
}

const minutes = (count: number): number => count * 60_000;

/** Paths below node_modules, run with the project's Node. */
export const checks: readonly Check[] = [
  { name: "typecheck", program: ["typescript/bin/tsc", "-b"] },
  { name: "lint", program: ["oxlint/bin/oxlint"] },
  { name: "format", program: ["prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."] },
];

export const suites: readonly Suite[] = [
  {
    name: "unit",
    files: [
      "collector/{src,protocol,policy,report}/**/*.test.ts",
      "language-server/**/*.test.ts",
      "webview/{src,protocol}/**/*.test.ts",
      "extension/{src,scripts,bench,test/diff,test/github}/**/*.test.ts",
    ],
    asRoot: false,
    hasNoKernel: true,
    testTimeoutMs: 20_000,
    suiteTimeoutMs: minutes(8),
  },
  {
    name: "house",
    files: ["extension/test/house/**/*.test.ts"],
    asRoot: false,
    hasNoKernel: true,
    testTimeoutMs: minutes(1),
    suiteTimeoutMs: minutes(5),
  },
  {
    name: "sensor",
    files: ["collector/test/sensor/**/*.test.ts"],
    asRoot: true,
    testTimeoutMs: minutes(1),
    suiteTimeoutMs: minutes(15),
  },
  {
    name: "kernels",
    files: ["collector/test/kernels/**/*.test.ts"],
    asRoot: true,
    isEmulated: true,
    testTimeoutMs: minutes(4),
    suiteTimeoutMs: minutes(20),
  },
  {
    // Emulating another processor takes minutes; and what it needs is not installed without being asked for.
    name: "arm64",
    files: ["collector/test/arm64/**/*.test.ts"],
    asRoot: true,
    testTimeoutMs: minutes(15),
    suiteTimeoutMs: minutes(40),
    isOnRequest: true,
  },
  {
    name: "http",
    files: ["collector/test/http/**/*.test.ts"],
    asRoot: false,
    testTimeoutMs: minutes(1),
    suiteTimeoutMs: minutes(10),
  },
  {
    name: "record",
    files: ["collector/test/{record,frames,runner}/**/*.test.ts"],
    asRoot: true,
    testTimeoutMs: minutes(1),
    suiteTimeoutMs: minutes(25),
  },
  {
    name: "webview",
    files: ["webview/test/**/*.test.ts"],
    asRoot: false,
    testTimeoutMs: minutes(1),
    suiteTimeoutMs: minutes(10),
  },
  {
    name: "sample",
    files: ["extension/test/sample/**/*.test.ts"],
    asRoot: true,
    testTimeoutMs: minutes(3),
    suiteTimeoutMs: minutes(10),
  },
  {
    name: "integration",
    files: ["extension/test/integration/**/*.test.ts"],
    asRoot: false,
    testTimeoutMs: minutes(2),
    suiteTimeoutMs: minutes(8),
  },
  {
    name: "e2e",
    files: ["extension/test/e2e/**/*.test.ts"],
    asRoot: true,
    testTimeoutMs: minutes(2),
    suiteTimeoutMs: minutes(20),
  },
];
