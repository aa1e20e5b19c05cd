'use strict';
// An application with one thread, an event loop, and PostgreSQL behind it, asked by pg: app.js PORT DATABASE_PORT POOL
// A path names what a request does and its number, /two/17; the number is in every statement as a name, which stays when literals
// are masked.

const http = require('http');
const { Pool } = require('pg');

const [port, databasePort, max] = process.argv.slice(2).map(Number);
const pool = new Pool({ host: '127.0.0.1', port: databasePort, user: 'postgres', database: 'postgres', max, idleTimeoutMillis: 0 });

const statement = (number, milliseconds) => `SELECT pg_sleep(${milliseconds / 1000}) AS id_${number}`;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const kinds = {
  async one(number) {
    await pool.query(statement(number, 1 + (number % 4)));
  },
  async two(number) {
    await pool.query(statement(number, 1 + (number % 4)));
    await pool.query(statement(number, (number / 7) % 3));
  },
  async both(number) {
    await Promise.all([pool.query(statement(number, 1)), pool.query(statement(number, 1 + (number % 4)))]);
  },
  async transaction(number) {
    const client = await pool.connect();
    try {
      await client.query(statement(number, 1 + (number % 4)));
      await client.query(statement(number, (number / 7) % 3));
    } finally {
      client.release();
    }
  },
  async pausing(number) {
    await pool.query(statement(number, 1));
    await pause(number % 5);
  },
};

http.createServer(async (request, response) => {
  const [, kind, number] = request.url.split('/');
  await kinds[kind](Number(number));
  response.setHeader('Content-Length', 3);
  response.end('ok\n');
}).listen(port, '127.0.0.1', 511);
