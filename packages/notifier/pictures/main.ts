import { writeFileSync } from "node:fs";
import { drawPage } from "@catapullt/testkit/browser";
import { fingerprint, htmlOf, pictures } from "./list.ts";

const directory = new URL("../../../docs/pictures/", import.meta.url);

for (const picture of pictures)
  writeFileSync(new URL(picture.file, directory), await drawPage(htmlOf(picture), picture));
const fingerprints = Object.fromEntries(pictures.map((picture) => [picture.file, fingerprint(picture)]));
writeFileSync(new URL("pictures.json", directory), `${JSON.stringify(fingerprints, null, 2)}\n`);
