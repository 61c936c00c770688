import { lookup as resolveName } from 'node:dns';
import type { LookupAddress, LookupAllOptions } from 'node:dns';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { fieldError } from '../errors.ts';

export type OutboundOptions = {
  /** Whether this machine and its networks may be called: for models that run next to us. */
  allowPrivate: boolean;
  /** Whether a URL may have a query, as those of webhooks do. */
  allowQuery?: boolean;
  resolve?: Resolve;
};

type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export type OutboundPolicy = ReturnType<typeof createOutboundPolicy>;

/**
 * Which addresses a provider or a webhook may be called at, so that whoever writes a URL does not reach into our own network
 * (SSRF). Literal addresses are judged when a URL is written, names when a connection is made: what a name resolved to
 * earlier says nothing. Link-local addresses, where clouds keep their metadata, are never allowed.
 */
export function createOutboundPolicy({ allowPrivate, allowQuery, resolve = resolveName }: OutboundOptions) {
  const isAllowed = (address: string) => (allowPrivate ? !isNever(ipaddr.process(address)) : isPublic(address));

  function refusal(text: string): string | null {
    const url = URL.parse(text);
    if (!url) return 'is no URL';
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https:// or http://';
    if (url.username !== '' || url.password !== '') return 'must not hold credentials';
    if (allowQuery !== true && text.includes('?')) return 'must have neither query nor fragment';
    if (text.includes('#')) return 'must have no fragment';
    const host = url.hostname.replaceAll(/^\[|\]$|\.$/g, '');
    const isRefused = isIP(host) === 0 ? !allowPrivate && /(^|\.)localhost$/.test(host) : !isAllowed(host);
    return isRefused ? 'must not be an address of a private network' : null;
  }

  /** For `connect.lookup` of undici. One address that is not allowed is enough to refuse the name. */
  const lookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      const [first] = addresses;
      if (!first || !addresses.every(({ address }) => isAllowed(address))) return callback(notAllowed(hostname), '');
      if (options.all === true) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };

  return {
    /** What is wrong with a URL, or null. */
    refusal,
    /** @throws AppError `invalid_request` naming `field` */
    assertAllowed(url: string, field = 'url'): void {
      const message = refusal(url);
      if (message !== null) throw fieldError('invalid_request', field, message);
    },
    lookup,
  };
}

/** Global unicast is all of 2000::/3 in version 6 (RFC 4291, 2.4); an IPv4 address within one of IPv6 is not. */
function isPublic(text: string): boolean {
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(ipaddr.parseCIDR('2000::/3'));
}

/** Not even where private networks are allowed. @param address with an IPv4 address taken out of one of IPv6 */
function isNever(address: ReturnType<typeof ipaddr.process>): boolean {
  return NEVER.has(address.range()) || METADATA.has(address.toNormalizedString());
}

const NEVER: ReadonlySet<string> = new Set(['linkLocal', 'multicast', 'broadcast', 'unspecified']);
/** Of clouds that keep it elsewhere: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html, Alibaba. */
const METADATA: ReadonlySet<string> = new Set(['fd00:ec2:0:0:0:0:0:254', '100.100.100.200']);

const notAllowed = (hostname: string) =>
  Object.assign(new Error(`${hostname} must not be called`), { code: 'EADDRNOTALLOWED' });
