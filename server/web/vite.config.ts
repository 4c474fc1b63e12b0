// Builds the office page into `dist`: one entry, lazy screens, every text file also as `.br`.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

import optimizeLocales from "@react-aria/optimize-locales-plugin";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

export default defineConfig({
  base: "./",
  plugins: [
    react(),
    tailwindcss(),
    { ...optimizeLocales.vite({ locales: ["de-DE", "en-US", "en-GB"] }), enforce: "pre" } as Plugin,
    brotli(),
  ],
  build: {
    target: "es2022",
    // Fonts and pictures as files: `font-src 'self'` has no room for data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
});

/** Compresses from the files on disk: in `generateBundle` the preload lists are not filled in yet. */
function brotli(): Plugin {
  return {
    name: "farley-brotli",
    apply: "build",
    async writeBundle(options) {
      const dir = options.dir ?? "dist";
      for (const name of await readdir(dir, { recursive: true })) {
        if (!/\.(js|css|html|svg)$/.test(name)) continue;
        const bytes = await readFile(join(dir, name));
        await writeFile(
          join(dir, `${name}.br`),
          brotliCompressSync(bytes, {
            params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
          }),
        );
      }
    },
  };
}
