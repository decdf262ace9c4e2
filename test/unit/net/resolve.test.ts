import assert from 'node:assert/strict';
import test from 'node:test';
import { Resolver, type Resolved } from '../../../src/net/resolve.js';
import { ManualTimers } from '../../support/manual-timers.js';

const notFound = () => Object.assign(new Error('gone'), { code: 'ENOTFOUND' });

/** A name server whose answers come when the test says so. */
class NameServer {
  readonly timers = new ManualTimers();
  readonly asked: string[] = [];
  readonly #open: { name: string; callback: Parameters<Query>[1] }[] = [];
  readonly resolver = new Resolver(this.timers, (name, callback) => {
    this.asked.push(name);
    this.#open.push({ name, callback });
  });

  /** Answers the oldest open query of that name: with addresses, or that there is none. */
  answer(name: string, addresses?: readonly string[]): void {
    const at = this.#open.findIndex((query) => query.name === name);
    const [query] = this.#open.splice(at, 1);
    assert.ok(query, `${name} is not asked`);
    query.callback(addresses ? null : notFound(), addresses ?? []);
  }

  /** What a dial gets, once it has got it. */
  resolve(host: string): () => readonly string[] | string | undefined {
    let got: Resolved | undefined;
    this.resolver.resolve(host, (resolved) => {
      assert.equal(got, undefined, 'it is called back once');
      got = resolved;
    });
    return () => (got?.ok === true ? got.addresses : got?.error.code);
  }
}

type Query = NonNullable<ConstructorParameters<typeof Resolver>[1]>;

test('an address is its own answer, and no host is this machine', () => {
  const server = new NameServer();
  assert.deepEqual(server.resolve('192.0.2.1')(), ['192.0.2.1']);
  assert.deepEqual(server.resolve('2001:db8::1')(), ['2001:db8::1']);
  assert.deepEqual(server.resolve('')(), ['127.0.0.1', '::1']);
  assert.deepEqual(server.asked, []);
});

test('dials that want one name at the same time share one query', () => {
  const server = new NameServer();
  const got = [server.resolve('db'), server.resolve('db'), server.resolve('db')];
  assert.deepEqual(server.asked, ['db']);
  server.answer('db', ['192.0.2.1']);
  for (const one of got) assert.deepEqual(one(), ['192.0.2.1']);
});

test('an answer is kept for a second, and then asked for again', () => {
  const server = new NameServer();
  server.resolve('db');
  server.answer('db', ['192.0.2.1']);
  server.timers.pass(999);
  assert.deepEqual(server.resolve('db')(), ['192.0.2.1']);
  assert.equal(server.asked.length, 1);
  server.timers.pass(1);
  const got = server.resolve('db');
  assert.equal(server.asked.length, 2);
  server.answer('db', ['192.0.2.2']);
  assert.deepEqual(got(), ['192.0.2.2']);
});

test('when a query fails the last good answer is used, and without one the failure is told', () => {
  const server = new NameServer();
  const failed = server.resolve('db');
  server.answer('db');
  assert.equal(failed(), 'ENOTFOUND');
  server.resolve('db');
  server.answer('db', ['192.0.2.1']);
  server.timers.pass(60_000);
  const stale = server.resolve('db');
  server.answer('db');
  assert.deepEqual(stale(), ['192.0.2.1']);
  server.resolve('db');
  assert.equal(server.asked.length, 4, 'a failure is not kept');
});

test('who has had a good answer waits for a second for the next one at most, and the late one counts', () => {
  const server = new NameServer();
  server.resolve('db');
  server.answer('db', ['192.0.2.1']);
  server.timers.pass(5_000);
  const got = server.resolve('db');
  server.timers.pass(999);
  assert.equal(got(), undefined);
  server.timers.pass(1);
  assert.deepEqual(got(), ['192.0.2.1']);
  server.answer('db', ['192.0.2.2']);
  assert.deepEqual(server.resolve('db')(), ['192.0.2.2']);
  assert.equal(server.asked.length, 2);
});

test('three names are asked for at a time, so that files need not wait; the others follow', () => {
  const server = new NameServer();
  const fifth = ['a', 'b', 'c', 'd', 'e'].map((name) => server.resolve(name)).at(-1);
  assert.deepEqual(server.asked, ['a', 'b', 'c']);
  server.answer('b');
  server.answer('a', ['192.0.2.1']);
  assert.deepEqual(server.asked, ['a', 'b', 'c', 'd', 'e']);
  server.answer('e', ['192.0.2.5']);
  assert.deepEqual(fifth?.(), ['192.0.2.5']);
});

test('the families take turns, beginning with the one that the system prefers', () => {
  const server = new NameServer();
  const got = server.resolve('db');
  server.answer('db', ['2001:db8::1', '2001:db8::2', '192.0.2.1', '2001:db8::3', '192.0.2.2']);
  assert.deepEqual(got(), ['2001:db8::1', '192.0.2.1', '2001:db8::2', '192.0.2.2', '2001:db8::3']);
});

test('no number of addresses and no number of names grows the process', () => {
  const server = new NameServer();
  const many = server.resolve('many');
  const addresses = Array.from({ length: 200 }, (_, n) => `192.0.2.${n}`);
  server.answer('many', addresses);
  assert.deepEqual(many(), addresses.slice(0, 16));
  for (let n = 0; n < 5_000; n += 1) {
    server.resolve(`name${n}`);
    server.answer(`name${n}`, ['192.0.2.1']);
  }
  const asked = server.asked.length;
  server.resolve('name4999');
  assert.equal(server.asked.length, asked, 'the newest are known');
  server.resolve('many');
  assert.equal(server.asked.length, asked + 1, 'the oldest are forgotten');
});
