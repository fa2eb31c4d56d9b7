import { makeNpmPackages, type NpmPackage } from "../content/npmPackages.ts";
import { type Site, bodyOf, reply } from "./webServer.ts";

const tarballPath = (one: NpmPackage): string =>
  `/download/${one.name}/${String(one.manifest["version"])}/${one.shasum}`;

const packument = (host: string, one: NpmPackage): string => {
  const version = String(one.manifest["version"]);
  const dist = { tarball: `https://${host}${tarballPath(one)}`, shasum: one.shasum, integrity: one.integrity };
  const versions = { [version]: { ...one.manifest, dist } };
  return JSON.stringify({
    name: one.name,
    "dist-tags": { latest: version },
    versions,
    modified: "2026-01-01T00:00:00.000Z",
  });
};

/** npm.pkg.github.com: documents and tarballs of the packages, and the security advisories, of which there are none. */
export const npmRegistry = (host: string): Site => {
  const documents = new Map<string, string>();
  const tarballs = new Map<string, Buffer>();
  for (const one of makeNpmPackages()) {
    documents.set(`/${one.name}`, packument(host, one));
    tarballs.set(tarballPath(one), one.tarball);
  }
  return async (request, response, url) => {
    const path = decodeURIComponent(url.pathname);
    if (request.method === "POST" && path === "/-/npm/v1/security/advisories/bulk") {
      await bodyOf(request);
      return reply(response, 200, "{}");
    }
    const document = documents.get(path);
    if (document !== undefined) return reply(response, 200, document);
    const tarball = tarballs.get(path);
    if (tarball) return reply(response, 200, tarball, "application/octet-stream");
    return reply(response, 404, `{"error":"Not Found"}`);
  };
};
