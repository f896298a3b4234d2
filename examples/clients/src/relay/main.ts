// Relay: connections that grow, fragments refetched through Query.node, mutations that change a connection.

import assert from 'node:assert/strict';

import {
  commitMutation,
  createOperationDescriptor,
  Environment,
  fetchQuery,
  getRequest,
  getSingularSelector,
  Network,
  RecordSource,
  Store,
  type GraphQLResponse,
  type GraphQLTaggedNode,
  type MutationParameters,
  type OperationType,
} from 'relay-runtime';

import { endpoint, signIn } from '../server.js';
import type { customers_details$data } from './__generated__/customers_details.graphql.js';
import detailsQuery, { type customersDetailsQuery } from './__generated__/customersDetailsQuery.graphql.js';
import type { customers_list$data } from './__generated__/customers_list.graphql.js';
import type { customersCreateMutation } from './__generated__/customersCreateMutation.graphql.js';
import type { customersListQuery } from './__generated__/customersListQuery.graphql.js';
import pageQuery, { type customersPageQuery } from './__generated__/customersPageQuery.graphql.js';
import type { customersUpdateMutation } from './__generated__/customersUpdateMutation.graphql.js';
import { createMutation, details, list, listQuery, updateMutation } from './customers.js';

const headers = await signIn();
const environment = new Environment({
  network: Network.create(async ({ text }, variables) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json', Accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: text, variables }),
    });
    return (await response.json()) as GraphQLResponse;
  }),
  store: new Store(new RecordSource()),
});

async function load<T extends OperationType>(query: GraphQLTaggedNode, variables: T['variables']): Promise<T['response']> {
  const operation = createOperationDescriptor(getRequest(query), variables);
  environment.retain(operation);
  const answer = await fetchQuery<T>(environment, query, variables, { fetchPolicy: 'network-only' }).toPromise();
  assert.ok(answer);
  return answer;
}

async function mutate<T extends MutationParameters>(mutation: GraphQLTaggedNode, variables: T['variables']): Promise<T['response']> {
  return new Promise((resolve, reject) => {
    commitMutation<T>(environment, { mutation, variables, onCompleted: (answer) => resolve(answer), onError: reject });
  });
}

/** What a fragment shows now, out of the store. */
function shown<Data>(fragment: GraphQLTaggedNode, reference: unknown): Data {
  const selector = getSingularSelector(fragment as never, reference);
  assert.ok(selector);
  return environment.lookup(selector).data as Data;
}

// The first page, then what @refetchable and @connection make of it: the same list, longer.
const root = await load<customersListQuery>(listQuery, { count: 5 });
const first = shown<customers_list$data>(list, root).customers!;
assert.equal(first.edges.length, 5);
const cursor = (first as unknown as { pageInfo: { endCursor: string } }).pageInfo.endCursor;
await load<customersPageQuery>(pageQuery, { count: 5, cursor });
const longer = shown<customers_list$data>(list, root).customers!;
assert.equal(new Set(longer.edges.map(({ node }) => node.id)).size, 10);

// A fragment on Customer is asked for again by itself, through Query.node.
const one = longer.edges[2]!.node;
await load<customersDetailsQuery>(detailsQuery, { id: one.id, interactions: 1 });
const about = shown<customers_details$data>(details, one);
assert.equal(typeof about.createdAt, 'string');
assert.ok(about.interactions.edges.length <= 2);

// A mutation's answer changes the record in every list; a refusal has a code.
const rename = { id: one.id, version: one.version, name: `${one.name} 二` };
const renamed = await mutate<customersUpdateMutation>(updateMutation, { input: rename });
assert.deepEqual(renamed.updateCustomer?.userErrors, []);
assert.equal(shown<customers_list$data>(list, root).customers!.edges[2]!.node.name, rename.name);
const refused = await mutate<customersUpdateMutation>(updateMutation, { input: rename });
assert.equal(refused.updateCustomer?.userErrors[0]?.code, 'CONFLICT');

// A new record is put into the connection, with an edge of its type.
const connections = [longer.__id];
const created = await mutate<customersCreateMutation>(createMutation, { input: { name: 'Relayed' }, connections });
assert.equal(created.createCustomer?.customer?.name, 'Relayed');
const edges = shown<customers_list$data>(list, root).customers!.edges;
assert.equal(edges.length, 11);
assert.equal(edges[0]!.node.name, 'Relayed');

console.log('Relay: all as expected.');
