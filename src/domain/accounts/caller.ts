/** Stand-in until domain/usage lands. */
export type Limits = {
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  concurrentRequests: number | null;
  tokensPerDay: number | null;
  tokensPerWeek: number | null;
  tokensPerMonth: number | null;
  costNanosPerDay: number | null;
  costNanosPerWeek: number | null;
  costNanosPerMonth: number | null;
};

export type Caller = {
  userId: string;
  keyId: string | null;
  userLimits: Limits;
  keyLimits: Limits;
  allowedModels: string[] | null;
};
