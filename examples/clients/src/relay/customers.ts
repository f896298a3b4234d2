// What the Relay client asks; relay-compiler checks it against the schema and makes the artefacts beside it.

import { graphql } from 'relay-runtime';

export const listQuery = graphql`
  query customersListQuery($count: Int!) {
    ...customers_list @arguments(count: $count)
  }
`;

export const list = graphql`
  fragment customers_list on Query
  @refetchable(queryName: "customersPageQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" }) {
    customers(first: $count, after: $cursor, orderBy: [{ field: NAME }]) @connection(key: "list_customers") {
      __id
      edges {
        node {
          id
          version
          name
          ...customers_details
        }
      }
    }
  }
`;

// Refetched by itself through Query.node.
export const details = graphql`
  fragment customers_details on Customer
  @refetchable(queryName: "customersDetailsQuery")
  @argumentDefinitions(interactions: { type: "Int", defaultValue: 2 }, cursor: { type: "String" }) {
    kind
    createdAt
    interactions(first: $interactions, after: $cursor) @connection(key: "details_interactions") {
      edges {
        node {
          subject
          startedAt
        }
      }
    }
  }
`;

export const createMutation = graphql`
  mutation customersCreateMutation($input: CreateCustomerInput!, $connections: [ID!]!) {
    createCustomer(input: $input) {
      customer @prependNode(connections: $connections, edgeTypeName: "CustomerEdge") {
        id
        version
        name
      }
      userErrors {
        code
        field
      }
    }
  }
`;

export const updateMutation = graphql`
  mutation customersUpdateMutation($input: UpdateCustomerInput!) {
    updateCustomer(input: $input) {
      customer {
        version
        name
      }
      userErrors {
        code
        field
      }
    }
  }
`;
