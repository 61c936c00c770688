/** A line to a server that can be cut or go silent, as networks do, and be mended. */
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

export type Line = Awaited<ReturnType<typeof cutLine>>;

/** @param url of the server; the answer's `url` is the same through this line */
export async function cutLine(url: string) {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'silent' = 'open';

  const server = createServer((near) => {
    track(near);
    if (state === 'cut') near.destroy();
    if (state !== 'open') return;
    const far = connect(Number(target.port), target.hostname);
    track(far);
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = typeof address === 'object' ? String(address?.port) : '';

  return {
    url: through.href,
    /** Ends every connection, and those that will be tried. */
    cut() {
      state = 'cut';
      for (const socket of sockets) socket.destroy();
    },
    /** Nothing arrives any more, and nobody is told. */
    silence() {
      state = 'silent';
      for (const socket of sockets) socket.unpipe().pause();
    },
    /** What was cut or silent stays lost; new connections work. */
    mend() {
      state = 'open';
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => void server.close(resolve));
    },
  };

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  }
}
