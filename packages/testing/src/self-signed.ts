import { generateKeyPairSync, sign } from 'node:crypto';

/** A certificate for tests that need real TLS: self-signed, for 127.0.0.1, valid for the years 2000 to 2049. */

function tlv(tag: number, ...contents: Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), content]);
}

const sequence = (...contents: Uint8Array[]): Buffer => tlv(0x30, ...contents);
const identifier = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'));
const ecdsaWithSha256 = sequence(identifier('2a8648ce3d040302'));
const name = sequence(tlv(0x31, sequence(identifier('550403'), tlv(0x0c, Buffer.from('kumiki test')))));
const validity = sequence(tlv(0x17, Buffer.from('000101000000Z')), tlv(0x17, Buffer.from('491231235959Z')));

/** X.509 v3 (RFC 5280) with an IP address as subject alternative name. */
export function selfSigned(): { readonly key: string; readonly cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const address = tlv(0x87, Buffer.from([127, 0, 0, 1]));
  const alternativeNames = sequence(identifier('551d11'), tlv(0x04, sequence(address)));
  const authority = sequence(identifier('551d13'), tlv(0x04, sequence(tlv(0x01, Buffer.from([255])))));
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(alternativeNames, authority)),
  );
  const signature = tlv(0x03, Buffer.from([0]), sign('sha256', body, privateKey));
  const certificate = sequence(body, ecdsaWithSha256, signature).toString('base64');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  };
}
