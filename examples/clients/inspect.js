// What @graphql-inspector finds: `node inspect.js diff OLD NEW` and `node inspect.js validate SCHEMA DOCUMENTS`, as JSON.
import { readFileSync } from 'node:fs';

import { diff, validate } from '@graphql-inspector/core';
import { buildSchema, Source } from 'graphql';

const [command, first, second] = process.argv.slice(2);
const schema = (file) => buildSchema(readFileSync(file, 'utf8'));

async function found() {
  if (command === 'diff') {
    const changes = await diff(schema(first), schema(second));
    return changes.map(({ criticality, message }) => [criticality.level, message]);
  }
  const wrong = await validate(schema(first), [new Source(readFileSync(second, 'utf8'), second)]);
  return wrong.flatMap(({ errors, deprecated }) => [...errors, ...deprecated].map(({ message }) => message));
}

process.stdout.write(JSON.stringify(await found()));
