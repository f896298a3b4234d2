// The server that the clients talk to, and signing in as a program does it: the token goes into each request.

export const address = process.env['KEHU_URL'] ?? 'http://127.0.0.1:8000';
export const endpoint = `${address}/graphql`;

/** Where WebSockets of graphql-transport-ws go: the same address. */
export const socketEndpoint = endpoint.replace(/^http/, 'ws');

const SIGN_IN = `mutation SignIn($email: String!, $password: String!) {
  signIn(email: $email, password: $password) { result { token } userErrors { message } } }`;

/** The header of who signed in. Throws the first reason why not. */
export async function signIn(): Promise<{ Authorization: string }> {
  const variables = { email: process.env['KEHU_EMAIL'], password: process.env['KEHU_PASSWORD'] };
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: SIGN_IN, variables }),
  });
  const { data } = (await response.json()) as {
    data: { signIn: { result: { token: string } | null; userErrors: { message: string }[] } };
  };
  const { result, userErrors } = data.signIn;
  if (result === null) {
    throw new Error(userErrors[0]?.message ?? 'Not signed in.');
  }
  return { Authorization: `Bearer ${result.token}` };
}
