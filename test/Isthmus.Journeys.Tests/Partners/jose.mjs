// A client of a partner's own, with nothing but a library for signatures.
import { createHash, randomUUID } from 'node:crypto';
import { SignJWT, exportJWK, generateKeyPair, importJWK } from 'jose';
import { certifiedFetch, given, meet } from './partner.mjs';

let server;

class Refused extends Error {
  constructor(error) {
    super(error);
    this.error = error;
  }
}

async function assertion(client, { alg, key }) {
  return new SignJWT()
    .setProtectedHeader({ alg, kid: key.kid, typ: 'JWT' })
    .setIssuer(client).setSubject(client).setAudience(server.token_endpoint)
    .setJti(randomUUID()).setIssuedAt().setExpirationTime('2m')
    .sign(await importJWK(key, alg));
}

async function proofFor(method, url, { jwk, privateKey }, token) {
  const ath = token && createHash('sha256').update(token).digest('base64url');
  return new SignJWT({ htm: method, htu: url, ath })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
    .setJti(randomUUID()).setIssuedAt()
    .sign(privateKey);
}

async function post(endpoint, client, how, fields) {
  const form = how.certified
    ? { ...fields, client_id: client }
    : {
      ...fields,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion(client, how),
    };
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...(how.proof && { DPoP: await proofFor('POST', endpoint, how.proof) }) };
  const answer = await (how.certified ? certifiedFetch : fetch)(endpoint, { method: 'POST', headers, body: new URLSearchParams(form).toString() });
  const text = await answer.text();
  const told = text ? JSON.parse(text) : {};
  if (!answer.ok) {
    throw new Refused(told.error);
  }

  return told;
}

await meet({
  // The one door that everybody comes to; whoever has a certificate shows it there.
  certifiedAt: given.issuer,
  discover: async (issuer) => (server = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json()),
  token: (client, how, scope) => post(server.token_endpoint, client, how, { grant_type: 'client_credentials', scope }),
  read: async (client, how, token, url) => {
    const headers = how.proof
      ? { authorization: `DPoP ${token}`, DPoP: await proofFor('GET', url, how.proof, token) }
      : { authorization: `Bearer ${token}` };
    return (await (how.certified ? certifiedFetch : fetch)(url, { headers })).status;
  },
  introspect: (client, how, token) => post(server.introspection_endpoint, client, { ...how, proof: undefined }, { token }),
  revoke: (client, how, token) => post(server.revocation_endpoint, client, { ...how, proof: undefined }, { token }),
  register: async (proposal, token) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const answer = await fetch(server.registration_endpoint, { method: 'POST', headers, body: JSON.stringify(proposal) });
    const told = await answer.json();
    if (answer.status !== 201) {
      throw new Refused(told.error);
    }

    return told.client_id;
  },
  refused: (thrown) => thrown.error,
  newProofKey: async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    return { privateKey, jwk: await exportJWK(publicKey) };
  },
});
