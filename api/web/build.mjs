// Bundles scripts, styles and fonts into hashed files and writes the manifest that the pages read.
// Run by scripts/build_assets.py: node build.mjs MODULES OUT
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { createRequire } from "node:module";

const [modules, out] = process.argv.slice(2).map((one) => path.resolve(one));
const here = import.meta.dirname;
const { build } = createRequire(path.join(modules, "x.js"))("esbuild");
const FONTS = ["source-sans-3", "source-serif-4"];

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const { metafile } = await build({
  entryPoints: ["page", "workbench", "review", "reader", "reader_desk", "upload", "network"].map((name) => `${here}/src/${name}.ts`)
    .concat(`${here}/src/style.css`),
  outdir: out,
  entryNames: "[name].[hash]",
  assetNames: "[name].[hash]",
  nodePaths: [modules],
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome115", "firefox115", "safari16.4"],
  loader: { ".woff2": "file" },
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
});

const files = Object.keys(metafile.outputs).map((file) => path.basename(file));
const manifest = Object.fromEntries(files.map((file) => [file.replace(/\.[A-Z0-9]{8}\./, "."), file]));
await writeFile(`${out}/manifest.json`, JSON.stringify(manifest, null, 1) + "\n");
for (const font of FONTS) await cp(`${modules}/@fontsource-variable/${font}/LICENSE`, `${out}/${font}-LICENSE.txt`);
