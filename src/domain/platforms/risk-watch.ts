import type { Page, Response } from 'playwright-core';
import { AppError } from '../../errors.ts';
import type { RiskSignal } from './platform.ts';

/** Looks at a page's answers and addresses for the platform's risk signals, while a job is at work on it. */
export function watchRisks(page: Page, signals: readonly RiskSignal[]) {
  let found: RiskSignal | undefined;
  const onResponse = (response: Response) => {
    // Statistics and adverts of others slow us down as well, and mean nothing.
    const isOwn = response.request().isNavigationRequest() || hostOf(response.url()) === hostOf(page.url());
    if (isOwn) found ??= signals.find((signal) => isShownBy(signal, response.url(), response.status()));
  };
  page.on('response', onResponse);
  return {
    /** What a failed job is to be known by: the risk that was signalled meanwhile, else its own error. */
    seen(error: unknown): unknown {
      if (error instanceof AppError && error.code === 'needs_login') return error; // a person can do something about it
      const signal = found ?? signals.find((one) => isShownBy(one, page.url(), null));
      if (!signal) return error;
      const message = `The platform signals a risk: ${signal.name}.`;
      return new AppError('risk_signal', message, { cause: error, details: { signal: signal.name } });
    },
    end: () => void page.off('response', onResponse),
  };
}

function isShownBy(signal: RiskSignal, address: string, status: number | null): boolean {
  return 'address' in signal ? address.includes(signal.address) : signal.status === status;
}

const hostOf = (address: string) => URL.parse(address)?.host || null;
