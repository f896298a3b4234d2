// PostGraphile 5 as its documentation sets it up: the Amber preset, nothing watched, nothing explained.
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const { BENCH_HOST, BENCH_NAME, BENCH_PG_PORT, BENCH_PORT, BENCH_USER } = process.env;

const pgl = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      poolConfig: {
        host: BENCH_HOST,
        port: Number(BENCH_PG_PORT),
        database: BENCH_NAME,
        user: BENCH_USER,
        max: 10,
      },
      schemas: ["public"],
    }),
  ],
  grafserv: { graphqlPath: "/graphql", websockets: false, watch: false, graphiql: false },
  grafast: { explain: false },
});

const server = createServer();
await pgl.createServ(grafserv).addTo(server);
server.listen(Number(BENCH_PORT), "127.0.0.1");
