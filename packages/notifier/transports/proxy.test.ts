import { describe, expect, it } from "vitest";
import { findProxy } from "./proxy.ts";

const proxy = "http://proxy.example.com:3128";

describe("the proxy", () => {
  it.each([
    ["https://a.example", { HTTPS_PROXY: proxy }, proxy],
    ["https://a.example", { https_proxy: proxy, HTTPS_PROXY: "http://other:1" }, proxy],
    ["https://a.example", { https_proxy: "", HTTPS_PROXY: proxy }, proxy],
    ["https://a.example", { HTTPS_PROXY: "proxy.example.com:3128" }, proxy],
    ["https://a.example", { HTTPS_PROXY: ` ${proxy}\n` }, proxy],
    ["https://a.example", { HTTP_PROXY: proxy }, undefined],
    ["http://a.example", { http_proxy: proxy }, proxy],
    ["http://a.example", { HTTPS_PROXY: proxy }, undefined],
    ["https://a.example", {}, undefined],
    ["https://localhost:8443", { HTTPS_PROXY: proxy }, undefined],
    ["https://127.0.0.2", { HTTPS_PROXY: proxy }, undefined],
    ["https://[::1]", { HTTPS_PROXY: proxy }, undefined],
  ])("for %s with %j is %s", (url, environment, expected) => {
    expect(findProxy(new URL(url), environment)).toBe(expected);
  });

  it.each([
    ["https://a.example", "a.example"],
    ["https://a.example", "A.Example"],
    ["https://a.example.", "a.example"],
    ["https://b.a.example", "a.example"],
    ["https://b.a.example", ".a.example"],
    ["https://b.a.example", "*.a.example"],
    ["https://a.example", "other, a.example"],
    ["https://a.example", "other a.example"],
    ["https://a.example", "other,*"],
    ["https://a.example", "a.example:443"],
    ["https://a.example:8443", "a.example:8443"],
    ["https://10.1.2.3", "10.1.2.3"],
    ["https://10.1.2.3", "10.0.0.0/8"],
    ["https://10.1.2.3:8443", "10.1.2.3:8443"],
    ["https://[2001:db8::7]", "2001:db8::7"],
    ["https://[2001:db8::7]", "[2001:db8::7]:443"],
    ["https://[2001:db8::7]", "2001:db8::/32"],
  ])("is not used for %s with NO_PROXY=%s", (url, exceptions) => {
    expect(findProxy(new URL(url), { HTTPS_PROXY: proxy, NO_PROXY: exceptions })).toBeUndefined();
  });

  it.each([
    ["https://a.example", ""],
    ["https://a.example", "b.example"],
    ["https://ba.example", "a.example"],
    ["https://a.example", "a.example:80"],
    ["https://a.example:8443", "a.example:443"],
    ["https://11.1.2.3", "10.0.0.0/8"],
    ["https://10.1.2.3", "10.0.0.0/33"],
    ["https://10.1.2.3", "2.3"],
    ["https://a.example", "10.0.0.0/8,.,:443"],
    ["https://[2001:db9::7]", "2001:db8::/32"],
  ])("is used for %s with NO_PROXY=%s", (url, exceptions) => {
    expect(findProxy(new URL(url), { HTTPS_PROXY: proxy, NO_PROXY: exceptions })).toBe(proxy);
  });

  it("that is no address is told without being shown", () => {
    const find = () => findProxy(new URL("http://a.example"), { http_proxy: "::pr0xy-password" });
    expect(find).toThrow(/^the proxy in HTTP_PROXY is no address$/);
  });
});
