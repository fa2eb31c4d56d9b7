// A stand-in for the GitHub Pull Requests extension: its name, its view, and a row with what commands are handed of a real one's.
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
    viewsContainers: {
      activitybar: [{ id: "github-pull-requests", title: "Stand-in Pull Requests", icon: "icon.svg" }],
    },
    views: { "github-pull-requests": [{ id: "pr:github", name: "Pull Requests" }] },
  },
};

/** The row's own form is the real one's, as far as anybody outside may know it. */
const main = (pull: { readonly owner: string; readonly name: string; readonly number: number }): string => `
const { window, TreeItem } = require("vscode");
const row = { pullRequestModel: { number: ${pull.number}, remote: ${JSON.stringify({ owner: pull.owner, repositoryName: pull.name })} } };
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
export const writeStandIn = async (
  directory: string,
  pull: { readonly owner: string; readonly name: string; readonly number: number },
): Promise<string> => {
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
