/** A request that every session makes: host and method, the path, and how often at least. */
export interface ExpectedRequest {
  readonly host: string;
  readonly method: string;
  readonly path: RegExp;
  readonly atLeast: number;
}

const expect = (host: string, method: string, path: RegExp, atLeast = 1): ExpectedRequest => ({
  host,
  method,
  path,
  atLeast,
});

/** What the servers must have been asked when a session has come to its good end; the story, seen from outside. */
export const EXPECTED_REQUESTS: readonly ExpectedRequest[] = [
  // Two MCP servers: a greeting, a notification and the list of tools each, two tool calls in all, and the stream.
  expect("api.github.copilot.com", "POST", /^\/mcp\/readonly$/, 8),
  expect("api.github.copilot.com", "GET", /^\/mcp\/readonly$/, 2),
  expect("api.github.copilot.com", "GET", /^\/models$/),
  expect("api.github.copilot.com", "PUT", /^\/agents\/sessions\/[0-9a-f-]{36}\/logs$/, 5),
  // The last curl, in "Clean Up".
  expect("api.github.copilot.com", "GET", /^\/agents\/sessions\/[0-9a-f-]{36}$/),
  expect("npm.pkg.github.com", "GET", /^\/@octo-org%2f[\w-]+$/, 10),
  expect("npm.pkg.github.com", "GET", /^\/download\/@octo-org\/[\w-]+\/1\.4\.2\/[0-9a-f]{40}$/, 10),
  expect("npm.pkg.github.com", "POST", /^\/-\/npm\/v1\/security\/advisories\/bulk$/),
  // Clone and fetch: the refs, then what git negotiates.
  expect("github.com", "GET", /^\/octo-org\/receipt-ocr\/info\/refs\?service=git-upload-pack$/, 2),
  expect("github.com", "POST", /^\/octo-org\/receipt-ocr\/git-upload-pack$/, 2),
  expect("packages.microsoft.com", "GET", /^\/ubuntu\/24\.04\/prod\/dists\/noble\/InRelease$/),
  expect("packages.microsoft.com", "GET", /^\/ubuntu\/24\.04\/prod\/dists\/noble\/main\/binary-amd64\/Packages\.gz$/),
  expect("azure.archive.ubuntu.com", "GET", /^\/ubuntu\/dists\/noble(-updates|-security)?\/InRelease$/, 3),
  expect("azure.archive.ubuntu.com", "GET", /^\/ubuntu\/dists\/noble[\w-]*\/\w+\/binary-amd64\/Packages\.gz$/, 5),
  expect("pypi.org", "GET", /^\/simple\/octo-(pgm|glyphs)\/$/, 2),
  expect("files.pythonhosted.org", "GET", /^\/packages\/.+\.whl$/, 2),
];
