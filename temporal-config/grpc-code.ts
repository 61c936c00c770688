import { isGrpcServiceError } from '@temporalio/client';

/** Whether the server answered with one of these codes. */
export function hasGrpcCode(error: unknown, ...codes: GrpcCode[]): boolean {
  const numbers: readonly number[] = codes.map((code) => grpcCodes[code]);
  return isGrpcServiceError(error) && numbers.includes(error.code);
}

type GrpcCode = keyof typeof grpcCodes;

/** The numbers of the gRPC protocol. */
const grpcCodes = { INVALID_ARGUMENT: 3, NOT_FOUND: 5, ALREADY_EXISTS: 6 } as const;
