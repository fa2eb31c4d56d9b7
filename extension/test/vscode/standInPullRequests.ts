// A stand-in for the GitHub Pull Requests extension: its name, its view, a row with what commands are handed of a real one's, and
// a comparison of one file in documents that are addressed as the real one's are.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zip } from "../sample/content/zip.ts";

const manifest = {
  name: "vscode-pull-request-github",
  displayName: "Stand-in for GitHub Pull Requests",
  publisher: "GitHub",
  version: "0.0.1",
  engines: { vscode: "^1.100.0" },
  main: "./main.js",
  contributes: {
    commands: [{ command: "standIn.showChange", title: "Show the Change", category: "Stand-in" }],
    viewsContainers: {
      activitybar: [{ id: "github-pull-requests", title: "Stand-in Pull Requests", icon: "icon.svg" }],
    },
    views: { "github-pull-requests": [{ id: "pr:github", name: "Pull Requests" }] },
  },
};

export interface StandInPull {
  readonly owner: string;
  readonly name: string;
  readonly number: number;
  /** A file that it changes, as it was and is. */
  readonly change?: { readonly path: string; readonly base: string; readonly head: string };
}

/** The commits that it shows the comparison at. */
export const shownCommits = { base: "b".repeat(40), head: "a".repeat(40) };

/** The row's own form is the real one's, as far as anybody outside may know it. */
const main = (pull: StandInPull): string => `
const { commands, window, workspace, TreeItem, Uri } = require("vscode");
const change = ${JSON.stringify(pull.change ?? { path: "", base: "", head: "" })};
const address = (isBase) => Uri.from({
  scheme: "pr",
  path: "/src/" + change.path,
  query: JSON.stringify({
    baseCommit: "${shownCommits.base}", headCommit: "${shownCommits.head}", isBase, fileName: change.path,
    prNumber: ${pull.number}, status: 2, remoteName: "origin",
  }),
});
const row = { pullRequestModel: { number: ${pull.number}, remote: ${JSON.stringify({ owner: pull.owner, repositoryName: pull.name })} } };
workspace.registerTextDocumentContentProvider("pr", {
  provideTextDocumentContent: ({ query }) => (JSON.parse(query).isBase ? change.base : change.head),
});
commands.registerCommand("standIn.showChange", () =>
  commands.executeCommand("vscode.diff", address(true), address(false), change.path + " (stand-in)"));
exports.activate = () => window.createTreeView("pr:github", {
  treeDataProvider: {
    getChildren: (node) => (node === undefined ? [row] : []),
    getTreeItem: () => Object.assign(new TreeItem("The pull request"), { contextValue: "pullrequest:local:nonactive:hasHeadRef" }),
  },
});
`;

const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="9" fill="currentColor"/></svg>';

const packageManifest = `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="${manifest.name}" Version="${manifest.version}" Publisher="${manifest.publisher}"/>
    <DisplayName>${manifest.displayName}</DisplayName>
    <Description>For tests</Description>
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
  <Dependencies/>
  <Assets><Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/></Assets>
</PackageManifest>
`;

/** Writes the package of the stand-in, which shows one pull request; gives its path. */
export const writeStandIn = async (directory: string, pull: StandInPull): Promise<string> => {
  const path = join(directory, "stand-in.vsix");
  const files = {
    "extension.vsixmanifest": packageManifest,
    "extension/package.json": JSON.stringify(manifest),
    "extension/main.js": main(pull),
    "extension/icon.svg": icon,
  };
  await writeFile(path, zip(Object.entries(files).map(([name, text]) => ({ path: name, data: Buffer.from(text) }))));
  return path;
};
