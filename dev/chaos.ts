// npm run chaos [-- application | gateway] [options]: long runs that break things at random moments, and count afterwards.
const what = process.argv.slice(2).find((word) => !word.startsWith('-')) ?? 'application';

if (what === 'gateway') await import('./chaos/gateway.ts');
else if (what === 'application') await import('./chaos/application.ts');
else {
  process.stderr.write(`There is no chaos called ${what}: application, gateway.\n`);
  process.exitCode = 2;
}
