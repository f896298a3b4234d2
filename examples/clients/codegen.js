// Typed documents for Apollo and urql in src/__generated__/operations.ts, and the whole schema in schema.ts beside it.
// A scalar without a type here is an error.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { codegen } from '@graphql-codegen/core';
import * as typedDocuments from '@graphql-codegen/typed-document-node';
import * as types from '@graphql-codegen/typescript';
import * as operations from '@graphql-codegen/typescript-operations';
import { parse } from 'graphql';

const config = {
  strictScalars: true,
  scalars: { Date: 'string', DateTime: 'string', Decimal: 'string', JSON: 'unknown', Upload: 'File', UUID: 'string' },
  enumsAsTypes: true,
  enumType: 'string-literal',
  useTypeImports: true,
};
const read = (file) => parse(readFileSync(file, 'utf8'));
const schema = read('schema.graphql');
const documents = [{ location: 'src/operations.graphql', document: read('src/operations.graphql') }];

async function write(filename, used, pluginMap) {
  const plugins = Object.keys(pluginMap).map((name) => ({ [name]: {} }));
  writeFileSync(filename, await codegen({ filename, schema, documents: used, config, plugins, pluginMap }));
}

mkdirSync('src/__generated__', { recursive: true });
await write('src/__generated__/schema.ts', [], { types });
await write('src/__generated__/operations.ts', documents, { operations, typedDocuments });
