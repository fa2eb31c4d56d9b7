import { makeWheels, type Wheel } from "../content/wheels.ts";
import { type Site, reply } from "./webServer.ts";

const wheelPath = (wheel: Wheel): string => {
  const hash = wheel.sha256;
  return `/packages/${hash.slice(0, 2)}/${hash.slice(2, 4)}/${hash.slice(4)}/${wheel.file}`;
};

const API = "application/vnd.pypi.simple.v1+json";

/** pypi.org's simple index, as JSON where the client takes it (pip does since 22.2), else as HTML. */
export const pythonIndex = (filesHost: string): Site => {
  const wheels = makeWheels();
  return (request, response, url) => {
    const project = /^\/simple\/([a-z0-9-]+)\/$/.exec(url.pathname)?.[1];
    const found = wheels.filter((wheel) => wheel.project === project);
    if (found.length === 0) return reply(response, 404, "Not Found", "text/plain");
    const files = found.map((wheel) => ({
      filename: wheel.file,
      url: `https://${filesHost}${wheelPath(wheel)}`,
      hashes: { sha256: wheel.sha256 },
      "requires-python": ">=3.9",
    }));
    if (request.headers.accept?.includes(API)) {
      return reply(response, 200, JSON.stringify({ meta: { "api-version": "1.0" }, name: project, files }), API);
    }
    const links = files.map((file) => `<a href="${file.url}#sha256=${file.hashes.sha256}">${file.filename}</a><br>`);
    return reply(response, 200, `<!DOCTYPE html><html><body>${links.join("\n")}</body></html>`, "text/html");
  };
};

/** files.pythonhosted.org: the wheels themselves. */
export const pythonFiles = (): Site => {
  const byPath = new Map(makeWheels().map((wheel) => [wheelPath(wheel), wheel.data]));
  return (_request, response, url) => {
    const data = byPath.get(url.pathname);
    if (data) reply(response, 200, data, "application/octet-stream");
    else reply(response, 404, "Not Found", "text/plain");
  };
};
