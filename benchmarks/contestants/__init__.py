"""Who is measured by benchmarks.graphql: servers of the same answers, each in a process of its own."""
