import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex, type Readable, type Writable } from 'node:stream';

/**
 * Logins at the same time: the event stream, and calls beside it. An sshd refuses more than ten that
 * have not been admitted yet.
 */
const MOST_LOGINS = 5;

/** A login costs tens of milliseconds, and the next call of a burst may have it. */
const IDLE_MS = 5_000;

/** Of what `ssh` says when it fails. */
const MOST_CHARACTERS = 1_000;

/** Never asks anybody; ten seconds for the login; a peer that vanished is noticed within a minute. */
const OPTIONS = [
  ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'],
  ...['-o', 'ServerAliveInterval=15', '-o', 'ServerAliveCountMax=3', '-T'],
];

/**
 * Reaches an engine as the docker command does: `docker system dial-stdio` over the `ssh` program, so
 * that keys, known hosts and everything in the user's ssh configuration are as he knows them.
 */
export class SshAgent extends Agent {
  readonly #args: readonly string[];

  /** A name of the ssh configuration, or a host. */
  constructor({ username, hostname, port }: URL) {
    super({ keepAlive: true, maxSockets: MOST_LOGINS });
    this.#args = [
      ...OPTIONS,
      ...(username === '' ? [] : ['-l', decodeURIComponent(username)]),
      ...(port === '' ? [] : ['-p', port]),
      // What follows is no option, whatever it begins with.
      '--',
      hostname.replace(/^\[|\]$/g, ''),
      ...['docker', 'system', 'dial-stdio'],
    ];
  }

  override createConnection(): Duplex {
    return new Login(this.#args);
  }

  override keepSocketAlive(socket: Duplex): boolean {
    if (socket instanceof Login) socket.rest();
    return true;
  }
}

/** One run of `ssh`, as a connection. It fails with what `ssh` said. */
class Login extends Duplex {
  readonly #ssh: ChildProcessByStdio<Writable, Readable, Readable>;
  #said = '';
  #idle: NodeJS.Timeout | undefined;

  constructor(args: readonly string[]) {
    super();
    const ssh = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#ssh = ssh;
    ssh.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) ssh.stdout.pause();
    });
    ssh.stderr.on('data', (chunk: Buffer) => {
      this.#said = `${this.#said}${chunk.toString()}`.slice(-MOST_CHARACTERS);
    });
    // Why it cannot be written to is said when it ends.
    ssh.stdin.on('error', () => {});
    ssh.on('error', (error: NodeJS.ErrnoException) => {
      this.destroy(error.code === 'ENOENT' ? new Error('there is no program "ssh" here') : error);
    });
    // Comes after all output has been read.
    ssh.on('close', (code) => {
      if (code === 0) this.push(null);
      else
        this.destroy(new Error(`ssh: ${this.#said.trim() || `ended with ${code ?? 'a signal'}`}`));
    });
  }

  rest(): void {
    this.#idle = setTimeout(() => this.destroy(), IDLE_MS).unref();
  }

  /** The agent's word for the end of a rest. */
  ref(): this {
    clearTimeout(this.#idle);
    return this;
  }

  override _read(): void {
    this.#ssh.stdout.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.#ssh.stdin.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.#ssh.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#idle);
    this.#ssh.kill();
    done(error);
  }
}
