// Apollo: one normalised cache, lists that grow page by page, changes of others over graphql-transport-ws.

import assert from 'node:assert/strict';

import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { getMainDefinition, relayStylePagination } from '@apollo/client/utilities';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { BehaviorSubject, filter, firstValueFrom, timeout } from 'rxjs';
import WebSocket from 'ws';

import {
  CreateCustomerDocument,
  CustomerChangedDocument,
  CustomersDocument,
  CustomerWithInteractionsDocument,
  UpdateCustomerDocument,
  type CustomersQuery,
} from '../__generated__/operations.js';
import { endpoint, signIn, socketEndpoint } from '../server.js';

const headers = await signIn();
// A browser has a WebSocket of its own; Node 20 has none.
const socket = createClient({ url: socketEndpoint, webSocketImpl: WebSocket, connectionParams: headers });
const client = new ApolloClient({
  cache: new InMemoryCache({
    typePolicies: { Query: { fields: { customers: relayStylePagination(['filter', 'orderBy']) } } },
  }),
  link: ApolloLink.split(
    ({ query }) => {
      const definition = getMainDefinition(query);
      return 'operation' in definition && definition.operation === OperationTypeNode.SUBSCRIPTION;
    },
    new GraphQLWsLink(socket),
    new HttpLink({ uri: endpoint, headers }),
  ),
});

// A list grows by a page, and no customer is in it twice.
const list = client.watchQuery({ query: CustomersDocument, variables: { first: 5 } });
const shown = new BehaviorSubject<NonNullable<CustomersQuery['customers']>['edges']>([]);
const watching = list.subscribe(({ data, dataState }) => {
  if (dataState === 'complete') {
    shown.next(data.customers?.edges ?? []);
  }
});
const until = (holds: () => boolean) => firstValueFrom(shown.pipe(filter(holds), timeout(5000)));
await until(() => shown.value.length === 5);
await list.fetchMore({ variables: { after: shown.value[4]!.cursor } });
await until(() => shown.value.length === 10);
assert.equal(new Set(shown.value.map(({ node }) => node.id)).size, 10);

// One record is one object in the cache: a mutation's answer changes the list, which is not asked for again.
const known = shown.value[7]!.node;
const id = known.id;
const renamed = await client.mutate({
  mutation: UpdateCustomerDocument,
  variables: { input: { id, version: known.version, shortName: 'Seven', name: `${known.name} 七` } },
});
assert.deepEqual(renamed.data?.updateCustomer?.userErrors, []);
await until(() => shown.value[7]!.node.name === `${known.name} 七`);

// An outdated version is refused with a code, and nothing is lost.
const refused = await client.mutate({
  mutation: UpdateCustomerDocument,
  variables: { input: { id, version: known.version, name: 'Lost' } },
});
assert.equal(refused.data?.updateCustomer?.userErrors[0]?.code, 'CONFLICT');

// Scalars arrive as they were declared: moments and amounts are strings.
const one = await client.query({ query: CustomerWithInteractionsDocument, variables: { id } });
assert.equal(typeof one.data?.customer?.createdAt, 'string');
assert.ok((one.data?.customer?.interactions.edges.length ?? 3) <= 2);

// An error of the whole request has a code too.
const failed = await client
  .query({ query: CustomersDocument, variables: { first: 5, after: 'garbage' }, fetchPolicy: 'network-only' })
  .catch((error: unknown) => error);
assert.ok(CombinedGraphQLErrors.is(failed));
assert.equal(failed.errors[0]?.extensions?.['code'], 'BAD_CURSOR');

// Another's write is told over the WebSocket.
const told = new Promise<string | undefined>((resolve, reject) => {
  client.subscribe({ query: CustomerChangedDocument }).subscribe({
    next: ({ data }) => resolve(data?.customerChanged.customer?.name),
    error: reject,
  });
});
await new Promise((resolve) => setTimeout(resolve, 500));
await client.mutate({ mutation: CreateCustomerDocument, variables: { input: { name: 'Told of' } } });
assert.equal(await told, 'Told of');

watching.unsubscribe();
client.stop();
await socket.dispose();
console.log('Apollo: all as expected.');
