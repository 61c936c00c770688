import type { Database } from '../../infra/database.ts';
import { usageByModel } from './by-model.ts';
import { dailyTrend } from './daily-trend.ts';
import { usageHistory, usageRecords } from './history.ts';
import type { HistoryPage, RecordFilter } from './history.ts';
import type { DateRange, LocalDays } from './local-days.ts';
import { usageOverview } from './overview.ts';
import type { Calendar, PeriodName } from './periods.ts';
import { summarize } from './summary.ts';

export type ReportParts = { database: Database; calendar: Calendar; days: LocalDays; now: () => Date };

/** What Postgres knows of what was used; it trails the limits by the moment that an event takes to get there. */
export function createReports({ database, calendar, days, now }: ReportParts) {
  const today = () => days.dateOf(now());
  const lastDays = (count: number, { startDate, endDate = today() }: DateRange) =>
    days.span(startDate ?? days.plus(endDate, 1 - count), endDate);

  return {
    /** @throws AppError `not_found` for an unknown user */
    summary: (userId: string, period: PeriodName) =>
      summarize({ database, userId, period: { name: period, of: calendar(now())[period] } }),
    /** By public model name, most tokens first; from the start of the month unless told. */
    byModel(userId: string, { startDate = calendar(now()).month.startDate, endDate = today() }: DateRange) {
      return usageByModel(database, { userId, span: days.span(startDate, endDate) });
    },
    /** Newest first; 30 days unless told. */
    history: (userId: string, { dates, page, ...filter }: HistoryQuestion) =>
      usageHistory(database, { userId, span: lastDays(30, dates), ...filter }, page),
    /** The same, oldest first and all of it, in lots; 30 days unless told. */
    records: (userId: string, { dates, ...filter }: RecordsQuestion) =>
      usageRecords(database, { userId, span: lastDays(30, dates), ...filter }),
    /** The last days up to today, each of them. */
    dailyTrend: (userId: string, count: number) =>
      dailyTrend(database, { userId, span: lastDays(count, {}), days, count }),
    /** All users together. */
    overview: () => usageOverview(database, calendar(now())),
  };
}

type RecordsQuestion = Omit<RecordFilter, 'userId' | 'span'> & { dates: DateRange };
type HistoryQuestion = RecordsQuestion & { page: HistoryPage };
