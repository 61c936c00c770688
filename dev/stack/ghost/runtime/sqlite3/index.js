// What knex calls of the npm package sqlite3, on Node's own SQLite. Synchronous inside, so that no two statements meet.
const { DatabaseSync } = require('node:sqlite');

class Database {
  constructor(filename, mode, opened = mode) {
    this.answer(opened, () => {
      // MySQL's way of quoting is found in Ghost's older migrations: "text" is a string there, and SQLite's default too.
      this.connection = new DatabaseSync(filename, { timeout: 10_000, enableDoubleQuotedStringLiterals: true });
      this.connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    });
  }

  /** Calls back with `lastID` and `changes` on `this`, as sqlite3 does. */
  run(sql, ...rest) {
    const { values, callback } = argumentsOf(rest);
    const told = {};
    this.answer(callback.bind(told), () => {
      const { lastInsertRowid, changes } = this.connection.prepare(sql).run(...values);
      told.lastID = Number(lastInsertRowid);
      told.changes = Number(changes);
    });
    return this;
  }

  all(sql, ...rest) {
    const { values, callback } = argumentsOf(rest);
    this.answer(callback, () =>
      this.connection
        .prepare(sql)
        .all(...values)
        .map(toRow),
    );
    return this;
  }

  close(callback = ignore) {
    this.answer(callback, () => this.connection.close());
  }

  /** Never in the same tick: callers set up what the callback needs after the call. */
  answer(callback, work) {
    let [error, value] = [null, undefined];
    try {
      value = work();
    } catch (cause) {
      error = toSqlite3Error(cause);
    }
    setImmediate(() => callback(error, value));
  }
}

const ignore = () => undefined;

function argumentsOf(rest) {
  const callback = typeof rest.at(-1) === 'function' ? rest.at(-1) : ignore;
  const given = rest.filter((value) => value !== undefined && value !== callback);
  const values = Array.isArray(given[0]) ? given[0] : given;
  return { callback, values: values.map(toSqlite) };
}

/** node:sqlite binds a number as a double, and a 1 in a column of text would be read back as '1.0': whole ones go as BigInt. */
function toSqlite(value) {
  if (value === undefined) return null;
  if (value instanceof Date) return BigInt(value.getTime());
  return typeof value === 'boolean' || Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** An ordinary object, whose bytes are a Buffer: node:sqlite's rows have no prototype. */
const toRow = (row) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof Uint8Array ? Buffer.from(value) : value]),
  );

/** Ghost tells "there is one already" and "busy" by these names (sqlite.org/rescode.html). */
const codes = {
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  8: 'SQLITE_READONLY',
  11: 'SQLITE_CORRUPT',
  14: 'SQLITE_CANTOPEN',
  19: 'SQLITE_CONSTRAINT',
};

function toSqlite3Error(cause) {
  const errno = (cause.errcode ?? 1) % 256;
  const code = codes[errno] ?? 'SQLITE_ERROR';
  return Object.assign(new Error(`${code}: ${cause.message}`, { cause }), { errno, code });
}

module.exports = { Database, OPEN_READONLY: 1, OPEN_READWRITE: 2, OPEN_CREATE: 4, verbose: () => module.exports };
