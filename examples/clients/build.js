// dist/{apollo,urql,relay}.js: each client in one file; Relay's compiler and its Babel plugin know the graphql tags.
import { readFileSync } from 'node:fs';

import { transformSync } from '@babel/core';
import { build } from 'esbuild';

const relay = {
  name: 'relay',
  setup({ onLoad }) {
    onLoad({ filter: /src\/relay\/[a-z]+\.ts$/ }, ({ path }) => {
      const options = { plugins: [['relay', { eagerEsModules: true }]], parserOpts: { plugins: ['typescript'] } };
      return { contents: transformSync(readFileSync(path, 'utf8'), { ...options, filename: path }).code, loader: 'ts' };
    });
  },
};

await build({
  entryPoints: ['apollo', 'urql', 'relay'].map((name) => ({ in: `src/${name}/main.ts`, out: name })),
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  plugins: [relay],
});
