// A partner with openid-client.
import { importJWK, exportJWK } from 'jose';
import * as client from 'openid-client';
import { certifiedFetch, given, meet } from './partner.mjs';

let metadata;

async function configured(id, how) {
  if (how.certified) {
    const config = new client.Configuration(metadata, id, { use_mtls_endpoint_aliases: true }, client.TlsClientAuth());
    config[client.customFetch] = certifiedFetch;
    return config;
  }

  return new client.Configuration(metadata, id, undefined, client.PrivateKeyJwt({ key: await importJWK(how.key, how.alg), kid: how.key.kid }));
}

await meet({
  discover: async (issuer) => (metadata = (await client.discovery(new URL(issuer), 'anybody', undefined, client.None(), { algorithm: 'oauth2' })).serverMetadata()),
  token: async (id, how, scope) => {
    const config = await configured(id, how);
    const proof = how.proof && { DPoP: client.getDPoPHandle(config, how.proof.pair) };
    return client.clientCredentialsGrant(config, { scope }, proof);
  },
  read: async (id, how, token, url) => {
    const config = await configured(id, how);
    const proof = how.proof && { DPoP: client.getDPoPHandle(config, how.proof.pair) };
    try {
      return (await client.fetchProtectedResource(config, token, new URL(url), 'GET', undefined, undefined, proof)).status;
    } catch (thrown) {
      return thrown.status;
    }
  },
  introspect: async (id, how, token) => client.tokenIntrospection(await configured(id, how), token),
  revoke: async (id, how, token) => client.tokenRevocation(await configured(id, how), token),
  register: async (proposal, initialAccessToken) => {
    const registered = await client.dynamicClientRegistration(new URL(given.issuer), proposal, client.None(), { initialAccessToken, algorithm: 'oauth2' });
    return registered.clientMetadata().client_id;
  },
  // Some refusals are read from the challenge of WWW-Authenticate.
  refused: (thrown) => thrown.error ?? thrown.cause[0].parameters.error,
  newProofKey: async () => {
    const pair = await client.randomDPoPKeyPair('ES256', { extractable: true });
    return { pair, jwk: await exportJWK(pair.publicKey) };
  },
});
