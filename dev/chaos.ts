// npm run chaos [-- application | gateway | publish] [options]: long runs that break things at random moments, and count afterwards.
const what = process.argv.slice(2).find((word) => !word.startsWith('-')) ?? 'application';

if (what === 'gateway') await import('./chaos/gateway.ts');
else if (what === 'publish') await import('./chaos/publish.ts');
else if (what === 'application') await import('./chaos/application.ts');
else {
  process.stderr.write(`There is no chaos called ${what}: application, gateway, publish.\n`);
  process.exitCode = 2;
}
