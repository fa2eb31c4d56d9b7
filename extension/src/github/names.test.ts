import assert from "node:assert/strict";
import fc from "fast-check";
import { parseFullName, parsePull, parseRemote, pullKey, pullUrl, repositoryName } from "./names.ts";
import { dotCom, parseSite } from "./site.ts";

const company = {
  web: "https://git.example.com",
  api: "https://git.example.com/api/v3",
  provider: "github-enterprise",
} as const;

describe("parseSite", () => {
  it("finds the API of github.com, of ghe.com and of a server of one's own", () => {
    for (const text of ["", "github.com", "https://github.com/", "https://api.github.com", "https://www.github.com"]) {
      assert.deepEqual(parseSite(text), { ok: true, site: dotCom }, text);
    }
    const octo = { web: "https://octo.ghe.com", api: "https://api.octo.ghe.com", provider: "github-enterprise" };
    assert.deepEqual(parseSite("https://octo.ghe.com"), { ok: true, site: octo });
    assert.deepEqual(parseSite("https://api.octo.ghe.com"), { ok: true, site: octo });
    assert.deepEqual(parseSite("https://git.example.com/api/v3"), { ok: true, site: company });
    assert.deepEqual(parseSite("http://127.0.0.1:8080"), {
      ok: true,
      site: { web: "http://127.0.0.1:8080", api: "http://127.0.0.1:8080/api/v3", provider: "github-enterprise" },
    });
  });

  it("refuses what would show the token to others", () => {
    for (const text of [
      "http://git.example.com",
      "http://github.com",
      "ftp://git.example.com",
      "https://u:p@git.example.com",
      "https://git.example.com/?x=1",
      "https://git.example.com/some/path",
      "https://",
    ]) {
      assert.equal(parseSite(text).ok, false, text);
    }
  });

  it("takes no host for GitHub's that only looks like it", () => {
    const parsed = parseSite("https://api.github.com.attacker.example");
    assert.ok(parsed.ok);
    assert.equal(parsed.site.web, "https://api.github.com.attacker.example");
    assert.equal(parsed.site.provider, "github-enterprise");
  });
});

describe("parsePull", () => {
  const name = { owner: "octo-org", name: "receipt-ocr", number: 7 };

  it("takes the address of any page of a pull request, and the short form", () => {
    for (const text of [
      "https://github.com/octo-org/receipt-ocr/pull/7",
      " https://github.com/octo-org/receipt-ocr/pull/7/files#diff-1 ",
      "https://github.com/octo-org/receipt-ocr/pull/7?notification=1",
      "octo-org/receipt-ocr#7",
    ]) {
      assert.deepEqual(parsePull(text, dotCom), { ok: true, pull: name }, text);
    }
    assert.deepEqual(parsePull(pullUrl(company, name), company), { ok: true, pull: name });
  });

  it("refuses what is none, and what is elsewhere", () => {
    for (const text of [
      "",
      "7",
      "https://github.com/octo-org/receipt-ocr/issues/7",
      "https://github.com/octo-org/receipt-ocr/pull/0",
      "https://github.com/octo-org/receipt-ocr/pull/7e1",
      "https://github.com/octo-org/../pull/7",
      "https://github.com/octo-org/%2e%2e/pull/7",
      "https://github.com.attacker.example/octo-org/receipt-ocr/pull/7",
      "http://github.com/octo-org/receipt-ocr/pull/7",
    ]) {
      assert.equal(parsePull(text, dotCom).ok, false, text);
    }
    const elsewhere = parsePull("https://git.example.com/a/b/pull/1", dotCom);
    assert.ok(!elsewhere.ok && /runglass\.github\.url/.test(elsewhere.reason));
  });

  it("makes nothing but checked names of any text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `https://github.com/${text}`),
        ),
        (text) => {
          const parsed = parsePull(text, dotCom);
          if (!parsed.ok) return;
          assert.match(`${parsed.pull.owner}/${parsed.pull.name}`, /^[A-Za-z0-9_-]+\/[A-Za-z0-9._-]+$/);
          assert.deepEqual(parsePull(pullUrl(dotCom, parsed.pull), dotCom), parsed);
        },
      ),
    );
  });
});

describe("parseRemote", () => {
  it("reads all forms that git has for a remote", () => {
    for (const text of [
      "https://github.com/octo-org/receipt-ocr.git",
      "https://github.com/octo-org/receipt-ocr/",
      "https://x-access-token:secret@github.com/octo-org/receipt-ocr.git",
      "git@github.com:octo-org/receipt-ocr.git",
      "github.com:octo-org/receipt-ocr",
      "ssh://git@github.com/octo-org/receipt-ocr.git",
      "ssh://git@ssh.github.com:443/octo-org/receipt-ocr.git",
      "git://github.com/octo-org/receipt-ocr.git",
    ]) {
      assert.deepEqual(parseRemote(text, dotCom), { owner: "octo-org", name: "receipt-ocr" }, text);
    }
  });

  it("takes none of another host, and no other path", () => {
    for (const text of [
      "https://gitlab.example.com/octo-org/receipt-ocr.git",
      "https://github.com.attacker.example/octo-org/receipt-ocr",
      "https://github.com:8443/octo-org/receipt-ocr",
      "git@github.com:octo-org/nested/receipt-ocr.git",
      "/srv/git/github.com/octo-org/receipt-ocr.git",
      "file:///srv/receipt-ocr.git",
      "https://github.com/octo-org",
      "C:\\octo-org\\receipt-ocr",
      "",
    ]) {
      assert.equal(parseRemote(text, dotCom), undefined, text);
    }
  });
});

describe("names", () => {
  it("are compared as GitHub does", () => {
    assert.equal(pullKey({ owner: "Octo-Org", name: "Receipt-OCR", number: 7 }), "octo-org/receipt-ocr#7");
    assert.deepEqual(parseFullName("octo-org/receipt-ocr"), { owner: "octo-org", name: "receipt-ocr" });
    assert.equal(parseFullName("a/b/c"), undefined);
    assert.deepEqual(repositoryName("mona_corp", ".github"), { owner: "mona_corp", name: ".github" });
    for (const [owner, name] of [
      ["a", ".."],
      ["", "b"],
      ["a/b", "c"],
      ["a", "b c"],
      ["-a", "b"],
    ] as const) {
      assert.equal(repositoryName(owner, name), undefined);
    }
  });
});
