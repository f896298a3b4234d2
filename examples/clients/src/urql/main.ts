// urql: Graphcache knows the schema, lists grow page by page, changes of others arrive as server-sent events.

import assert from 'node:assert/strict';

import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import { createClient } from 'graphql-sse';
import { filter, pipe, subscribe, take, toPromise } from 'wonka';

import {
  CreateCustomerDocument,
  CustomerChangedDocument,
  CustomersByKindDocument,
  CustomersDocument,
  UpdateCustomerDocument,
  type CustomersQuery,
} from '../__generated__/operations.js';
import { endpoint, signIn } from '../server.js';

const headers = await signIn();
const events = createClient({ url: endpoint, headers });
const client = new Client({
  url: endpoint,
  preferGetMethod: false,
  fetchOptions: { headers },
  exchanges: [
    cacheExchange({
      schema: await introspection(),
      resolvers: { Query: { customers: relayPagination() } },
      // Rows of figures are no records: they have no id, and live where they were asked for.
      keys: { CustomerAggregate: () => null, CustomerGroupKey: () => null },
    }),
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: events.subscribe({ query: query ?? '', variables: { ...variables } }, {
            next: (result) => sink.next({ ...result, extensions: result.extensions ?? {} } as never),
            error: (error) => sink.error(error),
            complete: () => sink.complete(),
          }),
        }),
      }),
    }),
  ],
});

async function introspection(): Promise<IntrospectionQuery> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: getIntrospectionQuery({ descriptions: false }) }),
  });
  return ((await response.json()) as { data: IntrospectionQuery }).data;
}

async function page(after?: string | null): Promise<NonNullable<CustomersQuery['customers']>> {
  const { data, error } = await client.query(CustomersDocument, { first: 5, after: after ?? null }).toPromise();
  assert.equal(error, undefined);
  assert.ok(data?.customers);
  return data.customers;
}

// The second page is added to the first, and no customer is in the list twice.
const first = await page();
assert.equal(first.edges.length, 5);
const both = await page(first.pageInfo.endCursor);
const ids = both.edges.map(({ node }) => node.id);
assert.equal(new Set(ids).size, 10);

// A mutation's answer changes the list in the cache.
const known = both.edges[3]!.node;
const input = { id: known.id, version: known.version, name: `${known.name} 三` };
const renamed = await client.mutation(UpdateCustomerDocument, { input }).toPromise();
assert.deepEqual(renamed.data?.updateCustomer?.userErrors, []);
assert.equal((await page(first.pageInfo.endCursor)).edges[3]!.node.name, `${known.name} 三`);

// Figures without ids are kept as well.
const figures = await client.query(CustomersByKindDocument, {}).toPromise();
assert.equal(figures.error, undefined);
assert.ok((figures.data?.customersAggregate?.length ?? 0) > 0);

// What is wrong with a request has a code.
const failed = await client.query(CustomersDocument, { first: 5, after: 'garbage' }).toPromise();
assert.equal(failed.error?.graphQLErrors[0]?.extensions['code'], 'BAD_CURSOR');

// Another's write arrives as an event.
const told = pipe(
  client.subscription(CustomerChangedDocument, {}),
  filter(({ data, error }) => data !== undefined || error !== undefined),
  take(1),
  toPromise,
);
const listening = pipe(client.subscription(CustomerChangedDocument, {}), subscribe(() => {}));
await new Promise((resolve) => setTimeout(resolve, 500));
await client.mutation(CreateCustomerDocument, { input: { name: 'An event' } }).toPromise();
assert.equal((await told).data?.customerChanged.customer?.name, 'An event');

listening.unsubscribe();
events.dispose();
console.log('urql: all as expected.');
