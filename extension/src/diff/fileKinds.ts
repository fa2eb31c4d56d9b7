// What kind of file a path names: in which of several files a name is likeliest meant.

export type FileKind = "code" | "test" | "config" | "build" | "manifest" | "lock" | "docs" | "generated";

const LOCKS =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.ya?ml|bun\.lockb?|go\.sum|Cargo\.lock|poetry\.lock|uv\.lock|Pipfile\.lock|Gemfile\.lock|composer\.lock|packages\.lock\.json)$/;
const MANIFESTS =
  /(?:^|\/)(?:package\.json|(?:requirements|constraints)[^/]*\.(?:txt|in)|pyproject\.toml|setup\.(?:py|cfg)|Pipfile|environment\.ya?ml|go\.mod|Cargo\.toml|Gemfile|[^/]+\.(?:gemspec|csproj|fsproj)|Directory\.Packages\.props|composer\.json)$/;
const GENERATED =
  /(?:^|\/)(?:dist|vendor|node_modules|__snapshots__|third_party)\/|\.min\.(?:js|css)$|\.(?:snap|map|svg)$/;
const BUILD =
  /(?:^|\/)\.github\/.*\.ya?ml$|(?:^|\/)action\.ya?ml$|(?:^|\/)(?:GNU)?[Mm]akefile$|\.mk$|(?:^|\/)(?:[^/]*\.)?(?:Dockerfile|Containerfile)(?:\.[^/]*)?$|(?:^|\/)(?:docker-)?compose[^/]*\.ya?ml$|\.(?:sh|bash|ps1)$|(?:^|\/)(?:Justfile|justfile|Taskfile\.ya?ml|tox\.ini|noxfile\.py|\.gitlab-ci\.yml)$/;
const DOCS = /\.(?:md|mdx|rst|adoc|txt)$|(?:^|\/)(?:README|CHANGELOG|LICENSE|NOTICE)(?:\.[^/]*)?$/i;
const TESTS =
  /(?:^|\/)(?:tests?|__tests__|spec|testdata|fixtures)\/|[._-](?:test|spec)\.[^/.]+$|(?:^|\/)test_[^/]*\.py$|_test\.go$|\.Tests?\/|Tests?\.(?:cs|fs|vb|java|kt|php|swift)$/;
const CONFIG = /\.(?:json|ya?ml|toml|ini|cfg|conf|env|properties|xml|tf)$|(?:^|\/)\.env[^/]*$/;

export const fileKind = (path: string): FileKind => {
  if (LOCKS.test(path)) return "lock";
  if (MANIFESTS.test(path)) return "manifest";
  if (GENERATED.test(path)) return "generated";
  if (BUILD.test(path)) return "build";
  if (DOCS.test(path)) return "docs";
  if (TESTS.test(path)) return "test";
  return CONFIG.test(path) ? "config" : "code";
};

/** In which kind of file a name is meant sooner; smaller is sooner. */
export const kindOrder: { readonly [K in FileKind]: number } = {
  code: 0,
  build: 1,
  manifest: 2,
  config: 3,
  test: 4,
  docs: 5,
  lock: 6,
  generated: 7,
};
