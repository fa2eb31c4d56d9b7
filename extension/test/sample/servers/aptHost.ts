import { type Site, reply } from "./webServer.ts";

/** A package archive: files by path, with 304 for what the client has already. */
export const aptHost = (files: ReadonlyMap<string, Buffer>, published: Date): Site => {
  const modified = published.toUTCString();
  return (request, response, url) => {
    const data = files.get(url.pathname);
    if (!data) return reply(response, 404, "Not Found", "text/plain");
    response.setHeader("last-modified", modified);
    if (request.headers["if-modified-since"] === modified) return reply(response, 304);
    return reply(response, 200, data, "application/octet-stream");
  };
};
