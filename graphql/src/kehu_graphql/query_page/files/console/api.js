// Talking to the server: operations over HTTP and WebSocket, and who is signed in. All addresses are relative.

const JSON_BODY = {
  "Content-Type": "application/json",
  Accept: "application/graphql-response+json, application/json;q=0.9",
};

/** Send a query or mutation. Gives `{ok, answer, text, milliseconds, bytes}`; rejects when nobody answers. */
export async function send(operation, signal) {
  const started = performance.now();
  const response = await fetch("graphql", {
    method: "POST", headers: JSON_BODY, body: JSON.stringify(operation), credentials: "same-origin", signal,
  });
  const text = await response.text();
  const milliseconds = performance.now() - started;
  const answer = parsed(text);
  const ok = response.ok && answer !== null && !answer.errors;
  return { ok, status: response.status, answer, text, milliseconds, bytes: new Blob([text]).size };
}

/** Start a subscription over graphql-transport-ws; the function it gives ends it. */
export function subscribe(operation, { next, failed, ended }) {
  const address = new URL("graphql", document.baseURI);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address, "graphql-transport-ws");
  const say = (message) => socket.send(JSON.stringify(message));
  let open = true;
  const finish = (tell, detail) => {
    if (!open) return;
    open = false;
    socket.close(1000);
    tell(detail);
  };
  const heard = {
    connection_ack: () => say({ id: "1", type: "subscribe", payload: operation }),
    ping: () => say({ type: "pong" }),
    next: ({ payload }) => next(payload),
    error: ({ payload }) => finish(failed, { errors: payload }),
    complete: () => finish(ended),
  };
  socket.addEventListener("open", () => say({ type: "connection_init" }));
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(data);
    if (open) heard[message.type]?.(message);
  });
  socket.addEventListener("close", ({ code, reason }) => finish(failed, { reason: reason || String(code) }));
  return () => finish(() => {});
}

/** The user who is signed in, `{id, name}`, or null. */
export async function whoIsSignedIn() {
  const response = await fetch("session", { credentials: "same-origin" });
  return response.ok ? (await response.json()).user ?? null : null;
}

/** Sign in; the sentence why not, or null when it worked. */
export async function signIn(email, password) {
  const response = await fetch("session", {
    method: "POST", headers: JSON_BODY, body: JSON.stringify({ email, password }), credentials: "same-origin",
  });
  if (response.ok) return null;
  return parsed(await response.text())?.errors?.[0]?.message ?? `HTTP ${response.status}`;
}

export async function signOut() {
  await fetch("session", { method: "DELETE", credentials: "same-origin" });
}

/** The documents that this server offers to start from: `{title, document}`. */
export async function examples() {
  const response = await fetch("examples.json");
  return response.ok ? response.json() : [];
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
