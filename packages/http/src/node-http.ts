/** As ES modules they would hand out all their parts at once, and one of them loads Node's fetch: 40 ms at the start of a run that uses none of it. */
export const http = process.getBuiltinModule("node:http");
export const https = process.getBuiltinModule("node:https");
