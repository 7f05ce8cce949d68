// Writes vendor.json into each folder it is given: every package with its version, licence and the digest of its files.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const NAMES = { htmx: "htmx.org", lucide: "lucide-static" }; // where a folder is called otherwise than its package

function digest(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

for (const root of process.argv.slice(2)) {
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const packages = folders.map(({ name: folder }) => {
    const [, stem, version] = folder.match(/^(.+)-(\d+\.\d+\.\d+)$/);
    const name = NAMES[stem] ?? stem;
    const { license } = JSON.parse(readFileSync(join("node_modules", name, "package.json"), "utf8"));
    const files = readdirSync(join(root, folder)).sort();
    const sha256 = Object.fromEntries(files.map((file) => [file, digest(join(root, folder, file))]));
    return { name, version, licence: license, folder, sha256 };
  });
  writeFileSync(join(root, "vendor.json"), `${JSON.stringify(packages, null, 1)}\n`);
}
