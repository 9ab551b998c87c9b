import { describe, expect, test } from "@jest/globals";
import { isSecret } from "@omd/schema";
import { z } from "zod";
import { openMetadataServerConfig } from "./server-config.ts";

describe("openMetadataServerConfig", () => {
  test("fills the peer's defaults", () => {
    const config = openMetadataServerConfig.parse({ hostPort: "http://localhost:8585/api" });
    expect(config).toMatchObject({
      hostPort: "http://localhost:8585/api",
      authProvider: "basic",
      verifySSL: "no-ssl",
      apiVersion: "v1",
      storeServiceConnection: true,
      forceEntityOverwriting: false,
      enableVersionValidation: true,
      limitRecords: 1000,
      includePolicy: true,
    });
  });

  test("keeps the token out of JSON", () => {
    const config = openMetadataServerConfig.parse({ hostPort: "http://x", securityConfig: { jwtToken: "eyJ-canary" } });
    expect(isSecret(config.securityConfig?.jwtToken)).toBe(true);
    expect(config.securityConfig?.jwtToken.reveal()).toBe("eyJ-canary");
    expect(JSON.stringify(config)).not.toContain("canary");
  });

  test.each([
    ["an address without http", { hostPort: "localhost:8585/api" }],
    ["an unknown key", { hostPort: "http://x", hostport: "y" }],
    ["no hostPort", {}],
    ["an empty hostPort", { hostPort: "" }],
    ["an unknown authProvider", { hostPort: "http://x", authProvider: "kerberos" }],
    ["a token beside another key", { hostPort: "http://x", securityConfig: { jwtToken: "a", secretKey: "b" } }],
    ["no token", { hostPort: "http://x", securityConfig: {} }],
    ["a wrong verifySSL", { hostPort: "http://x", verifySSL: true }],
    ["an unknown filter key", { hostPort: "http://x", tableFilterPattern: { include: ["a"] } }],
  ])("refuses %s", (_, value) => {
    expect(openMetadataServerConfig.safeParse(value).success).toBe(false);
  });

  test("describes every key", () => {
    const schema = z.toJSONSchema(openMetadataServerConfig, { io: "input", unrepresentable: "any" });
    const bare = Object.entries(schema.properties ?? {}).filter(
      ([, property]) => typeof property !== "object" || !property.description,
    );
    expect(bare.map(([key]) => key)).toEqual([]);
  });
});
