// An OpenID Connect provider on a free port of this machine, for tests:
//   node server.mjs FOLDER-WITH-NODE_MODULES REDIRECT_URI CLIENT SECRET
// It says its address on standard output, signs in whoever asks, under any
// login, and ends with its standard input.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// It recommends what matters in production only, and would on standard output.
console.info = () => {};
console.warn = () => {};

const [folder, redirectUri, clientId, clientSecret] = process.argv.slice(2);
const installed = join(folder, 'node_modules/oidc-provider/lib/index.js');
const { Provider } = await import(pathToFileURL(installed));

const account = (sub) => ({
  accountId: sub,
  claims: () => ({
    sub,
    email: `${sub}@example.com`,
    email_verified: sub !== 'stranger',
    name: `The ${sub}`,
  }),
});

const settings = {
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [redirectUri],
    },
  ],
  claims: { email: ['email', 'email_verified'], profile: ['name'] },
  // Claims in the ID token, as other providers put them there.
  conformIdTokenClaims: false,
  findAccount: (_, sub) => account(sub),
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
  cookies: { keys: ['of a test'] },
};

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  server.on('request', new Provider(issuer, settings).callback());
  process.stdout.write(`${issuer}\n`);
});
process.stdin.on('end', () => process.exit()).resume();
