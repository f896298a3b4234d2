// Prints the audits of the server at the address given as JSON: [[status, id, name, reason], ...].
import { auditServer } from 'graphql-http';

const results = await auditServer({ url: process.argv[2], fetchFn: fetch });
const shown = results.map(({ status, id, name, reason }) => [status, id, name, reason ?? null]);
process.stdout.write(JSON.stringify(shown));
