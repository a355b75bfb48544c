// What every partner does here, whichever library it does it with: metadata, tokens by each way to prove oneself, a look at
// each token with the published keys and at the introspection endpoint, and its revocation. Prints a line for each step.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { calculateJwkThumbprint, createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';

/** Where the doors are, what the partner was registered as, and its keys. */
export const given = JSON.parse(readFileSync(process.argv[2], 'utf8'));
export const scope = 'system/Patient.rs system/Observation.rs';

/** What this partner registers when it proposes a client of its own (RFC 7591). */
export const proposal = {
  client_name: 'Dialysis board', software_id: 'patient-app', purpose: 'Shows results during dialysis.', owner: 'Nephrology',
  scope: 'system/Patient.rs', grant_types: ['client_credentials'], token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES384',
  jwks: given.jwks,
};

/** A fetch whose connections have the partner's certificate, for which Node's own has no option. */
export const certifiedFetch = (url, init = {}) => new Promise((resolve, reject) => {
  const headers = Object.fromEntries(new Headers(init.headers));
  const request = https.request(url, { method: init.method, headers, ...certificate() }, (answer) => {
    const body = [];
    answer.on('data', (part) => body.push(part));
    answer.on('end', () => resolve(new Response(body.length > 0 ? Buffer.concat(body) : null, { status: answer.statusCode, headers: answer.headers })));
  });
  request.on('error', reject);
  request.end(init.body?.toString());
});

export const certificate = () => ({ cert: readFileSync(given.certificate.file), key: readFileSync(given.certificate.key) });

/**
 * The library's ways: discover(issuer); token(client, how, scope); read(client, how, token, url), which gives the status;
 * introspect(client, how, token); revoke(client, how, token); register(proposal, token), which gives the new client's id; refused(error), which is the OAuth error code that it read;
 * newProofKey(), with which it proves possession, and its public JWK. With a second argument, the id of a client that somebody has
 * approved meanwhile, it only gets a token.
 */
export async function meet(library) {
  const server = await library.discover(given.issuer);
  assert.equal(server.token_endpoint, `${given.issuer}/oauth2/token`);
  assert.equal(server.mtls_endpoint_aliases.token_endpoint, `${given.certified}/oauth2/token`);
  if (process.argv[3]) {
    const answer = await library.token(process.argv[3], { alg: 'ES384', key: given.keys.ES384 }, proposal.scope);
    assert.equal(answer.scope, proposal.scope);
    done('approved');
    return;
  }

  assert.ok(server.token_endpoint_auth_methods_supported.includes('private_key_jwt'));
  await sameAsSmart(server);
  done('metadata');

  for (const client of ['direct', 'byUrl']) {
    for (const alg of ['ES384', 'RS384']) {
      const how = { alg, key: given.keys[alg] };
      await live(library, server, given.clients[client], how, { token_type: 'bearer' });
      done(`${alg} ${client}`);
    }
  }

  await live(library, server, given.clients.certified, { certified: true }, { token_type: 'bearer', cnf: { 'x5t#S256': given.certificate.thumbprint } });
  done('certificate');

  const proof = await library.newProofKey();
  const jkt = await calculateJwkThumbprint(proof.jwk, 'sha256');
  await live(library, server, given.clients.dpop, { alg: 'ES384', key: given.keys.ES384, proof }, { token_type: 'dpop', cnf: { jkt } });
  done('DPoP');

  const how = { alg: 'ES384', key: given.keys.ES384 };
  assert.equal((await fetch(`${given.issuer}/fhir/Patient/${randomUUID()}`)).status, 401);
  await refused(library, () => library.token(given.clients.direct, how, 'system/Condition.rs'), 'invalid_scope');
  await refused(library, () => library.token(given.clients.dpop, how, scope), 'invalid_dpop_proof');
  await refused(library, () => library.token('nobody', how, scope), 'invalid_client');
  await refused(library, async () => library.token(given.clients.direct, { alg: 'ES384', key: await strangeKey() }, scope), 'invalid_client');
  done('refusals');

  const desk = await library.token(given.clients.desk, how, 'client:register');
  const proposed = await library.register(proposal, desk.access_token);
  await refused(library, () => library.token(proposed, how, proposal.scope), 'invalid_client');
  await refused(library, () => library.register({ ...proposal, scope: 'system/*.cruds' }, desk.access_token), 'invalid_client_metadata');
  await refused(library, async () => library.register(proposal, (await library.token(given.clients.direct, how, scope)).access_token), 'insufficient_scope');
  done('registration');
  console.log(`proposed ${proposed}`);
}

/** A token from its birth to its end. */
async function live(library, server, client, how, expected) {
  const answer = await library.token(client, how, scope);
  assert.equal(answer.token_type.toLowerCase(), expected.token_type);
  assert.deepEqual(words(answer.scope), words(scope));
  assert.ok(answer.expires_in > 0 && answer.expires_in <= 900);

  const { payload, protectedHeader } = await jwtVerify(answer.access_token, createRemoteJWKSet(new URL(server.jwks_uri)), {
    issuer: given.issuer, typ: 'at+jwt', algorithms: ['ES256'], requiredClaims: ['aud', 'sub', 'client_id', 'iat', 'exp', 'jti', 'scope'],
  });
  assert.equal(protectedHeader.typ, 'at+jwt');
  assert.deepEqual([payload.sub, payload.client_id, words(payload.scope), payload.cnf], [client, client, words(scope), expected.cnf]);

  const told = await library.introspect(client, how, answer.access_token);
  assert.deepEqual([told.active, told.client_id, words(told.scope), told.exp, told.cnf], [true, client, words(scope), payload.exp, expected.cnf]);

  // Nobody has this id: who may ask is told so, and nobody else is.
  const url = `${how.certified ? library.certifiedAt ?? given.certified : given.issuer}/fhir/Patient/${randomUUID()}`;
  assert.equal(await library.read(client, how, answer.access_token, url), 404);
  if (expected.cnf) {
    const stolen = await fetch(url.replace(given.certified, given.issuer), { headers: { authorization: `Bearer ${answer.access_token}` } });
    assert.equal(stolen.status, 401);
  }

  await library.revoke(client, how, answer.access_token);
  await gone(async () => (await library.introspect(client, how, answer.access_token)).active);
  assert.equal(await library.read(client, how, answer.access_token, url), 401);
}

/** Not the registered key, though it says so. */
async function strangeKey() {
  const { privateKey } = await generateKeyPair('ES384', { extractable: true });
  return { ...given.keys.ES384, ...(await exportJWK(privateKey)) };
}

/** Every node knows of a revocation within a second. */
async function gone(isActive) {
  const limit = performance.now() + 5000;
  while (await isActive()) {
    assert.ok(performance.now() < limit, 'A revoked token is still active.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function refused(library, ask, error) {
  let answer;
  try {
    answer = await ask();
  } catch (thrown) {
    assert.equal(library.refused(thrown), error, thrown);
    return;
  }

  assert.fail(`${error} was expected, and a token came: ${Object.keys(answer)}`);
}

/** SMART's document says the same as RFC 8414's. */
async function sameAsSmart(server) {
  const smart = await (await fetch(`${given.issuer}/.well-known/smart-configuration`)).json();
  assert.ok(smart.capabilities.includes('client-confidential-asymmetric'));
  for (const name of ['issuer', 'token_endpoint', 'jwks_uri', 'introspection_endpoint', 'revocation_endpoint']) {
    assert.equal(server[name], smart[name]);
  }
}

/** The order of scopes says nothing. */
const words = (text) => text.split(' ').sort();

function done(step) {
  console.log(step);
}
