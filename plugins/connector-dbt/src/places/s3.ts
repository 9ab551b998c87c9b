import type { S3Client } from "@aws-sdk/client-s3";
import type { S3Objects } from "../config.ts";
import { Directories, type StoredObject } from "./directories.ts";
import { placeError, type PlaceContext, type Project } from "./project.ts";
import { byRanges, totalOf, type RangeAnswer } from "./ranges.ts";

/** Objects in S3, listed below the prefix only, 1000 a page. */
export async function* s3Projects(config: S3Objects, context: PlaceContext): AsyncGenerator<Project> {
  // Large, and needed for this place only.
  const { S3Client: Client, GetObjectCommand, paginateListObjectsV2 } = await import("@aws-sdk/client-s3");
  const { bucket = "", prefix } = config.dbtPrefixConfig;
  const client = new Client({ ...(await settings(config, context)) });
  const getPart = async (key: string, start: number, end: number): Promise<RangeAnswer> => {
    const answer = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=${start}-${end}` }),
      { abortSignal: context.signal },
    );
    const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array(0);
    return { bytes, total: totalOf(answer.ContentRange), version: answer.ETag };
  };
  const directories = new Directories<StoredObject>(({ key, bytes }) => {
    const file = `s3://${bucket}/${key}`;
    const fetchRange = (start: number, end: number): Promise<RangeAnswer> =>
      patient(file, () => getPart(key, start, end), context);
    const open = (firstBytes?: number): AsyncGenerator<Uint8Array> =>
      bytes === 0 ? nothing() : byRanges(file, fetchRange, firstBytes);
    return { file, open };
  });
  try {
    const pages = paginateListObjectsV2(
      { client, pageSize: 1000, stopOnSameToken: true },
      { Bucket: bucket, Prefix: prefix },
      { abortSignal: context.signal },
    );
    for await (const page of pages)
      for (const { Key, Size, LastModified } of page.Contents ?? [])
        if (Key !== undefined) directories.take({ key: Key, bytes: Size ?? 0, modifiedAtMs: LastModified?.getTime() });
  } catch (error) {
    throw refusal(error, `s3://${bucket}/${prefix}`);
  }
  try {
    yield* directories.projects(`s3://${bucket}`, context, prefix);
  } finally {
    client.destroy();
  }
}

type Settings = NonNullable<ConstructorParameters<typeof S3Client>[0]>;

async function settings({ dbtSecurityConfig: given }: S3Objects, context: PlaceContext): Promise<Settings> {
  const secret = given.awsSecretAccessKey?.reveal();
  const session = given.awsSessionToken?.reveal();
  for (const one of [secret, session]) if (one !== undefined) context.secret(one);
  const providers = async () => import("@aws-sdk/credential-providers");
  let credentials: Settings["credentials"];
  if (given.awsAccessKeyId !== undefined && secret !== undefined)
    credentials = {
      accessKeyId: given.awsAccessKeyId,
      secretAccessKey: secret,
      ...(session === undefined ? {} : { sessionToken: session }),
    };
  else if (given.profileName !== undefined) credentials = (await providers()).fromIni({ profile: given.profileName });
  if (given.assumeRoleArn !== undefined)
    credentials = (await providers()).fromTemporaryCredentials({
      ...(credentials === undefined ? {} : { masterCredentials: credentials }),
      params: {
        RoleArn: given.assumeRoleArn,
        RoleSessionName: given.assumeRoleSessionName,
        ...(given.assumeRoleSourceIdentity === undefined ? {} : { SourceIdentity: given.assumeRoleSourceIdentity }),
      },
      clientConfig: { region: given.awsRegion },
    });
  return {
    region: given.awsRegion,
    maxAttempts: 6,
    followRegionRedirects: true,
    ...(credentials === undefined ? {} : { credentials }),
    // Stores that speak S3 seldom have a host name for each bucket.
    ...(given.endPointURL === undefined ? {} : { endpoint: given.endPointURL, forcePathStyle: true }),
  };
}

/** The SDK tries calls again, but not the reading of a body that breaks off. */
async function patient<T>(file: string, work: () => Promise<T>, context: PlaceContext): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= 3 || context.signal.aborted || statusOf(error) !== undefined) throw refusal(error, file);
    }
  }
}

function statusOf(error: unknown): number | undefined {
  const metadata = typeof error === "object" && error !== null && "$metadata" in error ? error.$metadata : undefined;
  if (typeof metadata !== "object" || metadata === null || !("httpStatusCode" in metadata)) return undefined;
  return typeof metadata.httpStatusCode === "number" ? metadata.httpStatusCode : undefined;
}

const hints: Readonly<Record<string, string>> = {
  AccessDenied: "The credentials need s3:ListBucket on the bucket and s3:GetObject on its objects.",
  NoSuchBucket: "Check dbtPrefixConfig.dbtBucketName and awsRegion.",
  InvalidAccessKeyId: "Check awsAccessKeyId.",
  SignatureDoesNotMatch: "Check awsSecretAccessKey.",
  CredentialsProviderError:
    "Give awsAccessKeyId and awsSecretAccessKey, or profileName, or credentials of the machine.",
  PermanentRedirect: "The bucket is in another region: check awsRegion.",
};

function refusal(error: unknown, place: string): Error {
  const name = typeof error === "object" && error !== null && "name" in error ? String(error.name) : "";
  const hint = hints[name];
  return placeError(`${place}: ${String(error)}`, { ...(hint === undefined ? {} : { hint }), cause: error });
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // An empty object has no range that could be asked for.
}
