import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, onTestFinished, test } from "vitest";
import type { Depot, DepotPart } from "../remote/depot.ts";
import { filesBelow, permissions } from "./backup-host.ts";

const content = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251));
const file = { application: "wiki", name: "archive" };

/** What every kind of depot must do, whatever it is made of. `open` opens one for a directory. */
export function depotConformance(open: (directory: string) => Promise<Depot>): void {
  const setUp = async () => {
    const directory = temporaryDirectory("depot");
    const depot = await open(directory);
    onTestFinished(() => depot.close());
    const place = (name: string) => join(directory, "wiki", name);
    return { directory, depot, place };
  };
  const openPart = async (depot: Depot, resume = false): Promise<DepotPart> => {
    const part = await depot.openPart(file, { resume });
    onTestFinished(() => part.close());
    return part;
  };

  test("makes an application's directory once, and only that one", async () => {
    const { directory, depot } = await setUp();
    await depot.makeDirectory("wiki");
    await depot.makeDirectory("wiki");
    expect(permissions(join(directory, "wiki"))).toBe("750");

    const absent = await open(join(directory, "absent"));
    onTestFinished(() => absent.close());
    await expect(absent.list()).rejects.toMatchObject({
      code: "destination-unusable",
      message: expect.stringContaining(join(directory, "absent")),
    });
    await expect(absent.makeDirectory("wiki")).rejects.toMatchObject({ name: "OperationError" });
    expect(filesBelow(directory)).toEqual([]);
  });

  test("writes a part from memory that is used again, completes it and gives it its name", async () => {
    const { depot, place, directory } = await setUp();
    await depot.makeDirectory("wiki");
    const part = await openPart(depot);
    const memory = Buffer.alloc(700_001);
    for (let at = 0; at < content.length; at += memory.length) {
      const chunk = memory.subarray(0, content.copy(memory, 0, at));
      await part.write(chunk);
    }
    await part.complete(content.length);
    expect(filesBelow(directory)).toEqual(["wiki/.archive.part"]);
    await part.publish();
    await part.close();
    await part.close();
    expect(readFileSync(place("archive")).equals(content)).toBe(true);
    expect([filesBelow(directory), permissions(place("archive"))]).toEqual([["wiki/archive"], "640"]);
  });

  test("goes on with a part, and shows what is in it", async () => {
    const { depot, place } = await setUp();
    await depot.makeDirectory("wiki");
    writeFileSync(place(".archive.part"), content.subarray(0, 2_000_000));
    const part = await openPart(depot, true);
    expect(part.resumedFrom).toBe(2_000_000);
    const chunks: Buffer[] = [];
    for await (const chunk of part.read()) chunks.push(Buffer.from(chunk));
    expect(Buffer.concat(chunks).equals(content.subarray(0, 2_000_000))).toBe(true);
    await part.write(content.subarray(2_000_000));
    await part.complete(content.length);
    await part.publish();
    expect(readFileSync(place("archive")).equals(content)).toBe(true);
  });

  test("begins anew without being told to go on, and where there is nothing to go on with", async () => {
    const { depot, place } = await setUp();
    await depot.makeDirectory("wiki");
    writeFileSync(place(".archive.part"), "something longer");
    const part = await openPart(depot);
    expect(part.resumedFrom).toBe(0);
    await part.write(Buffer.from("short"));
    await part.complete(5);
    expect(readFileSync(place(".archive.part"), "utf8")).toBe("short");
    await part.close();
    await depot.removePart(file);
    await depot.removePart(file);
    expect((await openPart(depot, true)).resumedFrom).toBe(0);
  });

  test("does not touch another file that the part's name is a hard link of", async () => {
    const { depot, place, directory } = await setUp();
    await depot.makeDirectory("wiki");
    writeFileSync(join(directory, "precious"), "precious");
    linkSync(join(directory, "precious"), place(".archive.part"));
    const part = await openPart(depot);
    await part.write(Buffer.from("other"));
    await part.complete(5);
    expect(readFileSync(join(directory, "precious"), "utf8")).toBe("precious");
  });

  test("finds that a part has another size than what was written", async () => {
    const { depot } = await setUp();
    await depot.makeDirectory("wiki");
    const part = await openPart(depot);
    await part.write(content);
    await expect(part.complete(content.length + 1)).rejects.toMatchObject({ code: "transfer-failed" });
  });

  test("never replaces what has the name already", async () => {
    const { depot, place } = await setUp();
    await depot.makeDirectory("wiki");
    const part = await openPart(depot);
    await part.write(Buffer.from("new"));
    await part.complete(3);
    writeFileSync(place("archive"), "old");
    await expect(part.publish()).rejects.toMatchObject({ code: "transfer-failed" });
    expect(readFileSync(place("archive"), "utf8")).toBe("old");
  });

  test("follows no link: neither a part nor a directory", async () => {
    const { depot, place, directory } = await setUp();
    await depot.makeDirectory("wiki");
    writeFileSync(join(directory, "secret"), "secret");
    symlinkSync(join(directory, "secret"), place(".archive.part"));
    for (const resume of [true, false])
      await expect(depot.openPart(file, { resume })).rejects.toMatchObject({ code: "destination-unusable" });
    await expect(depot.removePart(file)).rejects.toMatchObject({ code: "destination-unusable" });
    expect(readFileSync(join(directory, "secret"), "utf8")).toBe("secret");

    symlinkSync(join(directory, "wiki"), join(directory, "linked"));
    await expect(depot.makeDirectory("linked")).rejects.toMatchObject({ code: "destination-unusable" });
    mkdirSync(join(directory, "files"));
    writeFileSync(join(directory, "jira"), "");
    await expect(depot.makeDirectory("jira")).rejects.toMatchObject({ code: "destination-unusable" });
  });
}
