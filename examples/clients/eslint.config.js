// The schema has the shape that Relay's specification asks for.
import plugin from '@graphql-eslint/eslint-plugin';

export default [
  {
    files: ['**/*.graphql'],
    languageOptions: {
      parser: plugin.parser,
      parserOptions: { graphQLConfig: { schema: 'schema.graphql', documents: 'src/operations.graphql' } },
    },
    plugins: { '@graphql-eslint': plugin },
  },
  {
    files: ['*.graphql'],
    rules: {
      '@graphql-eslint/relay-arguments': 'error',
      '@graphql-eslint/relay-connection-types': 'error',
      // Short lists of values, such as userErrors, are no connections.
      '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false }],
      '@graphql-eslint/relay-page-info': 'error',
    },
  },
  {
    files: ['src/**/*.graphql'],
    rules: { ...plugin.configs['flat/operations-recommended'].rules, '@graphql-eslint/selection-set-depth': 'off' },
  },
];
