/** For a first import: the ones after it have been compiled by then, and do not run. */
process.exit(0);
